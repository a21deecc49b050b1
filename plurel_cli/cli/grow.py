"""The command that lets a database go on: grow."""

from __future__ import annotations

import datetime as dt
import time
from typing import Annotated

import typer

from plurel_cli.cli.console import done, progress
from plurel_cli.cli.make import FolderArgument, ForceOption, QuietOption, StageOutOption


def grow(
    folder: FolderArgument,
    until: Annotated[
        str | None,
        typer.Option(
            "--until",
            metavar="DATE",
            help="Last day that it is to reach, as in 2026-12-31: tables with times go on at their "
            "rate.",
        ),
    ] = None,
    rows: Annotated[
        list[str] | None,
        typer.Option(
            "--rows",
            metavar="N | TABLE=N",
            help="How many rows it is to have in all, or one table, as in orders=5000; the latter "
            "can be repeated.",
        ),
    ] = None,
    out: StageOutOption = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Let a finished database go on: new rows after those it has.

    Times, keys and causes go on as they were: a new row refers to rows that are there by its time,
    no unique value comes twice, and what acts on a column acts on it still.

    Example: plurel grow my-database --until 2026-12-31 --out my-database-2026
    """
    from plurel_cli.growth.grow import grow as grown

    began = time.monotonic()
    with progress(quiet) as report:
        made = grown(
            folder, out, until=_day(until), rows=_rows(rows or []), force=force, report=report
        )
    done(made, out or folder, time.monotonic() - began, quiet)


def _day(text: str | None) -> dt.date | None:
    from plurel_cli.errors import UsageError

    if text is None:
        return None
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise UsageError("--until", "must be a day, as in 2026-12-31", text) from None


def _rows(texts: list[str]) -> int | dict[str, int] | None:
    """The rows of the database, or of tables by name."""
    from plurel_cli.errors import UsageError

    tables: dict[str, int] = {}
    for text in texts:
        name, _, number = text.rpartition("=")
        if not number.isascii() or not number.isdigit():
            raise UsageError("--rows", "must be a number, or a table and a number", text)
        if not name and len(texts) > 1:
            remedy = "say the rows of tables, as in --rows orders=5000"
            raise UsageError("--rows", "can say the rows of the database only once", text, remedy)
        if not name:
            return int(number)
        tables[name] = int(number)
    return tables or None


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(grow)
