"""The command that exports databases."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from plurel_cli.cli.console import is_talkative, note, progress
from plurel_cli.cli.make import FolderArgument, ForceOption, QuietOption
from plurel_cli.errors import UsageError


def export(
    folder: FolderArgument,
    to: Annotated[str, typer.Option("--to", "-t", metavar="TARGET", help="What to make of it.")],
    out: Annotated[
        str,
        typer.Option(
            "--out",
            "-o",
            metavar="PATH",
            help="File or folder to write, or the URL of a server's database.",
            path_type=str,
        ),
    ],
    no_constraints: Annotated[
        bool, typer.Option("--no-constraints", help="Declare no keys and no checks.")
    ] = False,
    compress: Annotated[
        str | None, typer.Option("--compress", help="Pack files: gzip or zstd.")
    ] = None,
    dialect: Annotated[
        str | None,
        typer.Option("--dialect", help="Of SQL: ansi, sqlite, duckdb, postgres or mysql."),
    ] = None,
    schema_only: Annotated[bool, typer.Option("--schema-only", help="Leave out the rows.")] = False,
    resume: Annotated[
        bool,
        typer.Option(
            "--resume",
            help="Keep each table that a server has, so that the same command goes on after an "
            "interruption; of a corpus, pass over databases that are there.",
        ),
    ] = False,
    append: Annotated[
        bool,
        typer.Option(
            "--append",
            help="Add the rows to tables that are there with columns, keys and defaults of their "
            "own: postgres, mysql, sqlite.",
        ),
    ] = False,
    rename: Annotated[
        list[str] | None,
        typer.Option(
            "--rename",
            metavar="OURS=THEIRS",
            help="With --append: what a table, or a column as table.column, is called there. Can "
            "be repeated.",
        ),
    ] = None,
    licence: Annotated[
        str | None,
        typer.Option("--licence", metavar="NAME", help="Licence to state on a card, as cc0-1.0."),
    ] = None,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Export a finished database to a file, a folder or a server.

    DIR may also be a corpus: then each of its databases gets a file, a folder or a schema of its
    own.

    What is written appears when all of it is there; a server gets it in one transaction.

    Example: plurel export my-database --to duckdb --out my.duckdb
    """
    from plurel_cli.export.run import export_database

    began = time.monotonic()
    with progress(quiet, "") as report:
        export_database(
            folder,
            to,
            out,
            force=force,
            constraints=not no_constraints,
            compress=compress,
            dialect=dialect,
            schema_only=schema_only,
            resume=resume,
            append=append,
            rename=dict(map(_pair, rename or ())),
            licence=licence,
            report=report,
        )
    if is_talkative(quiet):
        note(f"{folder}: exported ({time.monotonic() - began:.2f} s)")


def _pair(text: str) -> tuple[str, str]:
    """A name of ours, and what that is called elsewhere."""
    ours, sign, theirs = text.partition("=")
    if not (ours and sign and theirs):
        raise UsageError("--rename", "must be OURS=THEIRS", text)
    return ours, theirs


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(export)
