"""The command that intervenes in a database: do."""

from __future__ import annotations

import json
import time
from typing import Annotated

import typer

from plurel_cli.cli.console import data, done, text
from plurel_cli.cli.make import FolderArgument, ForceOption, QuietOption
from plurel_cli.cli.signals import ended_by_signals


def do(
    folder: FolderArgument,
    table: Annotated[
        list[str], typer.Option("--table", "-t", metavar="NAME", help="Table of the column.")
    ],
    column: Annotated[
        list[str], typer.Option("--column", metavar="NAME", help="Feature column to hold.")
    ],
    value: Annotated[
        list[str],
        typer.Option(
            "--value",
            metavar="VALUE",
            help="What every row holds: a number, a category's number or label, true or false.",
        ),
    ],
    out: Annotated[
        str | None,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            help="Folder to write the changed database to, or s3://bucket/prefix; without it, "
            "only the summary is printed.",
            path_type=str,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Hold a column at a value, and show what changes.

    All that depends on the column is made anew by the same mechanisms; all else stays as it is.

    Prints which columns changed, and in how many rows. For several columns, repeat --table,
    --column and --value together; they are held one after another.

    Example: plurel do my-database --table users --column feature_0 --value 1 --out held
    """
    from plurel_cli.database import load
    from plurel_cli.errors import UsageError
    from plurel_cli.pipeline import do as held
    from plurel_cli.report.changes import changes, render
    from plurel_cli.storage.obstacles import check_target
    from plurel_cli.storage.place import place_of

    if not len(table) == len(column) == len(value):
        counts = f"{len(table)}, {len(column)} and {len(value)}"
        raise UsageError("--table, --column and --value", "must be given equally often", counts)
    began = time.monotonic()
    if out is not None:
        check_target(place_of(out), replace=force)
    before = load(folder)
    after = before
    for name, feature, word in zip(table, column, value, strict=True):
        after = held(after, name, feature, _parsed(word))
    changed = changes(before, after)
    if as_json:
        data(json.dumps([change.as_dict() for change in changed], indent=1) + "\n")
    else:
        text(render(changed, len(before.schema.tables)))
    if out is not None:
        with ended_by_signals():
            after.save(out, force=force)
        done(after.schema, out, time.monotonic() - began, quiet)


def _parsed(text: str) -> float | str | bool:
    """A value as a user types it: true, false, a number, or else a label."""
    if text in ("true", "false"):
        return text == "true"
    for number in (int, float):
        try:
            return number(text)
        except ValueError:
            continue
    return text


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(do)
