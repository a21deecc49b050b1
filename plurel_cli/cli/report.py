"""The command that makes reports."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plurel_cli.cli.console import is_talkative, note, progress
from plurel_cli.cli.make import ForceOption, QuietOption

if TYPE_CHECKING:
    from plurel_cli.pipeline import Report


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
    each: Annotated[
        bool,
        typer.Option(
            "--each",
            help="Of a corpus, also write a report of every database, to a folder beside FILE.",
        ),
    ] = False,
    no_measure: Annotated[
        bool,
        typer.Option("--no-measure", help="Leave out statistics of a corpus, which take longest."),
    ] = False,
    dependence: Annotated[
        bool,
        typer.Option(
            "--dependence",
            help="Of a database, also measure what can be learned of columns; "
            "needs plurel-cli[measure].",
        ),
    ] = False,
    open_it: Annotated[
        bool, typer.Option("--open", help="Show it in the browser when it is there.")
    ] = False,
    force: ForceOption = False,
    quiet: QuietOption = False,
) -> None:
    """Show a database or a corpus as a page for the browser.

    Writes one HTML file. Of a database, it draws the schema, the distribution of every column, who
    refers to whom, how rows lie in time, which columns cause which, statistics beside real
    databases, tasks and the config. It holds figures alone, so that it is small whatever the rows,
    and needs no network. Of a corpus, it draws how its databases are spread, and each of them.

    An earlier report is replaced; any other file only with --force.

    Example: plurel report my-database --out my-database.html
    """
    from plurel_cli.corpus.check import is_corpus
    from plurel_cli.errors import UsageError
    from plurel_cli.export.places import local
    from plurel_cli.storage.place import place_of

    began = time.monotonic()
    target, of_corpus = local(out), is_corpus(place_of(folder))
    for option, is_given in (("--each", each), ("--no-measure", no_measure)):
        if is_given and not of_corpus:
            raise UsageError(option, "is of use for a corpus alone", remedy="leave it out")
    if dependence and of_corpus:
        remedy = "leave it out, or name one of the databases"
        raise UsageError("--dependence", "is of use for a database alone", remedy=remedy)
    if dependence:
        from plurel_cli.measure.dependence.skill import lightgbm

        lightgbm()  # say so before anything is read
    with progress(quiet) as rows_done:
        if of_corpus:
            _of_corpus(folder, target, rows_done, each=each, measured=not no_measure, force=force)
        else:
            _of_database(folder, target, rows_done, force=force, dependence=dependence)
    if is_talkative(quiet):
        size = target.stat().st_size / 1e6
        note(f"{out}: {size:.2f} MB ({time.monotonic() - began:.2f} s)")
    if open_it:
        import webbrowser

        webbrowser.open(target.as_uri())


def _of_database(
    folder: str, target: Path, report: Report, *, force: bool, dependence: bool = False
) -> None:
    from plurel_cli.export.places import file_in_place
    from plurel_cli.page.database import database_report
    from plurel_cli.page.html import is_report, page

    with file_in_place(target, replace=force or is_report(target)) as file:
        data = database_report(folder, report, dependence=dependence)
        file.write_text(page(data), encoding="utf-8")


def _of_corpus(
    folder: str, target: Path, report: Report, *, each: bool, measured: bool, force: bool
) -> None:
    from plurel_cli.export.places import file_in_place
    from plurel_cli.page.corpus import corpus_report
    from plurel_cli.page.html import is_report, page

    inner = target.with_name(f"{target.stem}-databases")
    with file_in_place(target, replace=force or is_report(target)) as file:
        data = corpus_report(
            folder,
            report,
            measured=measured,
            href=(lambda name: f"{inner.name}/{name}.html") if each else None,
        )
        for one in data["databases"] if each else ():
            member = f"{folder.rstrip('/')}/{one['name']}"
            _of_database(member, inner / f"{one['name']}.html", report, force=force)
        file.write_text(page(data), encoding="utf-8")


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(report)
