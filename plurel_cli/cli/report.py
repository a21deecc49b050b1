"""The command that makes reports."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from plurel_cli.cli.console import is_talkative, note, progress
from plurel_cli.cli.make import ForceOption, QuietOption


def report(
    folder: Annotated[
        str,
        typer.Argument(
            metavar="DIR",
            help="Folder of a database or a corpus, or s3://bucket/prefix.",
            show_default=False,
            path_type=str,
        ),
    ],
    out: Annotated[
        str,
        typer.Option("--out", "-o", metavar="FILE", help="HTML file to write.", path_type=str),
    ] = "report.html",
    open_it: Annotated[
        bool, typer.Option("--open", help="Show it in the browser when it is there.")
    ] = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show what is in a database, as a page for the browser.

    Writes one HTML file. It draws the schema, the distribution of every column, who refers to whom,
    how rows lie in time, which columns cause which, statistics beside real databases, tasks and the
    config. It holds figures alone, so that it is small whatever the rows, and needs no network.

    An earlier report is replaced; any other file only with --force.

    Example: plurel report my-database --open
    """
    from plurel_cli.export.places import file_in_place, local
    from plurel_cli.page.database import database_report
    from plurel_cli.page.html import is_report, page

    began = time.monotonic()
    target = local(out)
    with (
        progress(quiet) as rows_done,
        file_in_place(target, replace=force or is_report(target)) as file,
    ):
        file.write_text(page(database_report(folder, rows_done)), encoding="utf-8")
    if is_talkative(quiet):
        size = target.stat().st_size / 1e6
        note(f"{out}: {size:.2f} MB ({time.monotonic() - began:.2f} s)")
    if open_it:
        import webbrowser

        webbrowser.open(target.as_uri())


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(report)
