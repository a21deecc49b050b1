"""The command that makes a config of a schema: init."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from plurel_cli.cli.console import data, is_talkative, note, text
from plurel_cli.cli.make import QuietOption


def init(
    source: Annotated[
        str | None,
        typer.Argument(
            metavar="SOURCE",
            help="A file of SQL, a SQLite or DuckDB file, a DBML or Prisma file, a folder of "
            "Parquet or CSV files, or the URL of a database.",
            show_default=False,
        ),
    ] = None,
    preset: Annotated[
        str | None,
        typer.Option(
            "--preset",
            metavar="NAME",
            help="Without a source: bank, forum, hospital, saas, shop or university.",
        ),
    ] = None,
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Config to write; without it, the config is printed.",
            path_type=str,
        ),
    ] = None,
    dialect: Annotated[
        str | None,
        typer.Option("--dialect", metavar="NAME", help="Dialect of SQL, if the guess is wrong."),
    ] = None,
    scale: Annotated[
        float,
        typer.Option("--scale", metavar="X", help="Multiply the rows of all tables but lists."),
    ] = 1.0,
    like: Annotated[
        bool,
        typer.Option(
            "--like",
            help="Also look at the rows of the source: how many are null, how numbers, labels and "
            "keys are distributed. No value of a row gets into the config.",
        ),
    ] = False,
    keep_labels: Annotated[
        bool, typer.Option("--keep-labels", help="With --like: labels stay as they are.")
    ] = False,
    anyway: Annotated[
        bool,
        typer.Option(
            "--anyway", help="Also write a config whose rows may break the source's rules."
        ),
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Print the rules by which columns are guessed.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", "-f", help="Replace an existing file.")] = False,
    quiet: QuietOption = False,
) -> None:
    """Make a config of a schema that is there already.

    Tables, keys, unique sets and conditions are those of the source. What a column is, is guessed
    from its name and type, and stands in the config for you to edit. What cannot be held is named
    with its line and refused, unless you say --anyway. Without a source, --preset names a schema to
    begin with, and a terminal is asked.

    Example: plurel init shop.sql --out shop.yaml
    """
    from pathlib import Path

    from plurel_cli.errors import UsageError
    from plurel_cli.intake.dialects import DIALECTS
    from plurel_cli.intake.guesses import explained
    from plurel_cli.intake.sources import read_source
    from plurel_cli.intake.sources.starters import read_starter
    from plurel_cli.intake.writer import checked

    if explain:
        text(explained())
        return
    if source is not None and preset is not None:
        raise UsageError("--preset", "does not go with a SOURCE")
    if source is None and preset is None:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise UsageError("SOURCE", "must be given", remedy="or say --preset shop, or --explain")
        preset, scale, out = _asked(scale, out)
    if preset is not None and like:
        raise UsageError("--like", "needs a SOURCE that has rows")
    if dialect is not None and dialect not in DIALECTS:
        raise UsageError("--dialect", f"must be one of {', '.join(DIALECTS)}", dialect)
    if not 0 < scale <= 1e6:
        raise UsageError("--scale", "must be above 0, and at most a million", scale)
    if out is not None and Path(out).exists() and not force:
        raise UsageError(out, "exists already", remedy="choose another --out, or say --force")
    if keep_labels and not like:
        raise UsageError("--keep-labels", "only goes with --like")
    picture = read_source(source, dialect) if source is not None else read_starter(preset or "")
    source = source or picture.source
    likeness = None
    if like:
        from plurel_cli.intake.likeness.rows import likeness_of
        from plurel_cli.intake.sources.rows import rows_of

        likeness = likeness_of(picture, rows_of(source, picture), keep_labels=keep_labels)
    result = checked(picture, scale, likeness)
    for one in () if quiet and not result.lost else result.notes:
        if not quiet or one.is_lost:
            note(f"{'error' if one.is_lost and not anyway else 'note'}: {source}: {one}")
    if result.lost and not anyway:
        n = len(result.lost)
        times = {1: "once", 2: "twice"}.get(n, f"{n} times")
        rule = f"demands what rows might break, {times}"
        raise UsageError(source, rule, remedy="say --anyway to make the config nevertheless")
    if out is None:
        data(result.text)
        return
    try:
        Path(out).write_text(result.text, encoding="utf-8")
    except OSError as error:
        raise UsageError(out, "cannot be written", remedy=str(error.strerror).lower()) from None
    if is_talkative(quiet):
        note(f"{out}: edit what you like; then plurel generate --config {out} --seed 1 --out data")


def _asked(scale: float, out: str | None) -> tuple[str, float, str]:
    """What a person wants who comes with nothing: a preset, its size, and where the config goes."""
    from plurel_cli.intake.sources.starters import starters

    for name, what in starters().items():
        note(f"{name:12}{what}")
    preset = ""
    while preset not in starters():
        preset = typer.prompt("What is it to be like?", default="shop", err=True)
    scale = typer.prompt("How many times as many rows?", default=scale, type=float, err=True)
    if out is None:
        out = typer.prompt("Which file is the config?", default=f"{preset}.yaml", err=True)
    return preset, scale, out


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(init)
