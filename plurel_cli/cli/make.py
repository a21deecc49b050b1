"""Commands that make databases: schema, fk, temporal, features, generate."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Annotated

import typer

from plurel_cli.cli.beforehand import AnywayOption, before
from plurel_cli.cli.console import data, done, is_talkative, note, progress
from plurel_cli.cli.settings import ConfigOption, ScaleOption, SetOption, config_of
from plurel_cli.cli.signals import ended_by_signals

if TYPE_CHECKING:
    from plurel_cli.schema.stages import StageName

SeedOption = Annotated[int, typer.Option("--seed", "-s", help="Seed of the database.")]
ForceOption = Annotated[bool, typer.Option("--force", help="Replace an existing database.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.")]
FolderArgument = Annotated[
    str,
    typer.Argument(
        metavar="DIR",
        help="Folder of a database, or s3://bucket/prefix.",
        show_default=False,
        path_type=str,
    ),
]
StageOutOption = Annotated[
    str | None,
    typer.Option(
        "--out",
        "-o",
        metavar="DIR",
        help="Folder to write, or s3://bucket/prefix; by default DIR itself, if it is a folder.",
        path_type=str,
    ),
]


def generate(
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Folder to write, or s3://bucket/prefix.",
            show_default=False,
            path_type=str,
        ),
    ] = None,
    config: ConfigOption = None,
    sets: SetOption = None,
    scale: ScaleOption = None,
    seed: SeedOption = 0,
    parts: Annotated[
        str | None,
        typer.Option(
            "--parts",
            metavar="K/N",
            help="Make every N-th file of the tables from the K-th on, K from 0; others make the "
            "rest.",
        ),
    ] = None,
    merge: Annotated[
        str | None,
        typer.Option(
            "--merge",
            metavar="DIR",
            help="Make a database of all its --parts in a folder.",
            path_type=str,
        ),
    ] = None,
    force: ForceOption = False,
    anyway: AnywayOption = False,
    quiet: QuietOption = False,
) -> None:
    """Make a database: all stages at once.

    The folder contains one Parquet file per table and schema.json. It appears when everything is
    written. The same config and seed give the same values on any machine.

    If it will take over a minute, the command says so before it begins, and it refuses what the
    disk cannot hold; plurel estimate says more.

    Several machines can make one database together: give them the same arguments and --parts 0/3,
    1/3 and 2/3, and then run --merge. A run that was interrupted continues where it stopped;
    --force makes its files again.

    Example: plurel generate --seed 1 --out my-database
    """
    from plurel_cli.errors import UsageError

    began = time.monotonic()
    if merge is not None:
        others = {"--out": out, "--config": config, "--set": sets, "--scale": scale}
        others |= {"--seed": seed, "--parts": parts}
        for option, value in (others | {"--force": force, "--anyway": anyway}).items():
            if value:
                raise UsageError(option, "is of no use beside --merge", remedy="leave it out")
        _merge(merge, quiet)
        return
    if out is None:
        raise UsageError("--out", "is missing", remedy="name a folder to write")
    settings = config_of(config, sets, quiet, scale)
    if parts is None:
        from plurel_cli.pipeline import generate_to

        taken = before(out, settings, seed, anyway=anyway, quiet=quiet)
        with progress(quiet, taken=taken) as report:
            schema = generate_to(out, settings, seed, force=force, report=report)
        done(schema, out, time.monotonic() - began, quiet)
        return
    from plurel_cli.corpus.portions import generate_portion
    from plurel_cli.storage.turn import parse_turn

    portion = parse_turn(parts, "--parts")
    before(out, settings, seed, anyway=anyway, quiet=quiet, share=1 / portion.of)
    with progress(quiet, "the same command goes on with it") as report:
        generate_portion(out, settings, seed, portion=portion, force=force, report=report)
    if is_talkative(quiet):
        note(f"{out}: portion {portion} is there ({time.monotonic() - began:.2f} s)")


def _merge(folder: str, quiet: bool) -> None:
    from plurel_cli.corpus.portions import merge_portions

    began = time.monotonic()
    with ended_by_signals("--merge goes on with it"):
        merged = merge_portions(folder)
    if not quiet:
        for warning in merged.warnings:
            note(f"warning: {warning}")
    done(merged.schema, folder, time.monotonic() - began, quiet)


def schema(
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Folder to write schema.json to, or s3://bucket/prefix.",
            path_type=str,
        ),
    ] = None,
    config: ConfigOption = None,
    sets: SetOption = None,
    scale: ScaleOption = None,
    seed: SeedOption = 0,
    format_: Annotated[
        str | None,
        typer.Option(
            "--format",
            "-f",
            help="Print the schema instead: as json, mermaid, dot, sql, dbml or svg.",
        ),
    ] = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Draw a schema (stage 1): write a folder with it, or print it.

    Without --out, the schema is printed, as JSON unless --format says otherwise.

    Example: plurel schema --seed 1 --format dot | dot -Tsvg > schema.svg
    """
    from plurel_cli.errors import UsageError
    from plurel_cli.export import export
    from plurel_cli.pipeline import schema_to
    from plurel_cli.plan import Plan

    if out is not None and format_ is not None:
        remedy = "give one of them"
        raise UsageError("--format", "prints the schema, and --out writes it", remedy=remedy)
    settings = config_of(config, sets, quiet, scale)
    if out is None:
        data(export(Plan.drawn(settings, seed).schema, format_ or "json"))
        return
    began = time.monotonic()
    with ended_by_signals():
        made = schema_to(out, settings, seed, force=force)
    done(made, out, time.monotonic() - began, quiet)


def _stage(stage: StageName, folder: str, out: str | None, force: bool, quiet: bool) -> None:
    from plurel_cli.pipeline import run_stage

    began = time.monotonic()
    with progress(quiet) as report:
        made = run_stage(stage, folder, out, force=force, report=report)
    done(made, out or folder, time.monotonic() - began, quiet)


def fk(
    folder: FolderArgument,
    out: StageOutOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Add primary and foreign keys to every table (stage 2).

    Needs the schema stage. With --force, the stage runs again and later stages are dropped.

    Example: plurel fk my-database
    """
    _stage("fk", folder, out, force, quiet)


def temporal(
    folder: FolderArgument,
    out: StageOutOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Add dates and split timestamps (stage 3).

    With `features.model: series`, it also adds the feature columns. Needs the fk stage.
    With --force, the stage runs again and later stages are dropped.

    Example: plurel temporal my-database
    """
    _stage("temporal", folder, out, force, quiet)


def features(
    folder: FolderArgument,
    out: StageOutOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Add feature columns from structural causal models (stage 4).

    Needs the temporal stage, and `features.model: scm` in the config to add any.
    With --force, the stage runs again.

    Example: plurel features my-database
    """
    _stage("features", folder, out, force, quiet)


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (generate, schema, fk, temporal, features):
        app.command()(command)
