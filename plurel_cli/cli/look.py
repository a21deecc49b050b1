"""Commands that look at databases: validate, describe, explain, diff."""

from __future__ import annotations

import json
import shutil
from typing import Annotated

import typer

from plurel_cli.cli.console import data, is_talkative, note, text
from plurel_cli.cli.make import FolderArgument, QuietOption
from plurel_cli.errors import one_line


def validate(folder: FolderArgument, quiet: QuietOption = False) -> None:
    """Check a folder against its schema.json.

    Prints one line for every fault, and exits with 1 if there are any. For a corpus, it checks
    every database and the index.

    Example: plurel validate my-database
    """
    from plurel_cli.corpus.check import is_corpus, validate_corpus
    from plurel_cli.storage.document import read_document
    from plurel_cli.storage.place import place_of
    from plurel_cli.storage.validate import validate as faults_of

    where = place_of(folder)
    of_corpus = is_corpus(where)
    faults = validate_corpus(where) if of_corpus else ((where, fault) for fault in faults_of(where))
    is_sound = True
    for place, fault in faults:
        is_sound = False
        text(f"{one_line(f'{place}: {fault}')}\n")
    if not is_sound:
        raise typer.Exit(1)
    if not of_corpus and read_document(where).digests is None and not quiet:
        note(f"warning: {where}: of version 1, without digests: what keeps all rules is not seen")
    if is_talkative(quiet):
        note(f"{where}: no faults")


def describe(
    folder: FolderArgument,
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="PLACE",
            help="TABLE or TABLE.COLUMN, to show that alone.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    causal: Annotated[
        bool, typer.Option("--causal", help="Show which columns cause which instead.")
    ] = False,
    brief: Annotated[
        bool,
        typer.Option("--brief", help="Leave out the columns, whose values have to be counted."),
    ] = False,
) -> None:
    """Show what is in a database or a corpus.

    Prints the size, graph and window of a database, its tables, the fan-out and clusters (parent ×
    child) of every foreign key, and the columns of each table: nulls, different values, the range
    or the most frequent values, and a sparkline of the distribution. With output.layout relbench,
    it also prints the share of columns that the Relational Transformer's pretraining predicts, by
    its own rule. Of a corpus it prints a line for each database.

    Example: plurel describe my-database --json
    """
    if causal:
        _describe_causes(folder, place, as_json)
        return
    if place is not None:
        _describe_columns(folder, place, as_json)
        return
    from plurel_cli.corpus.check import is_corpus

    if is_corpus(folder):
        _describe_corpus(folder, as_json)
        return
    from plurel_cli.report.describe import describe as description_of

    description = description_of(folder, columns=not brief)
    if as_json:
        data(json.dumps(description.as_dict(), indent=1) + "\n")
        return
    from plurel_cli.report.text import render

    text(render(description, _width()))


def explain(
    folder: FolderArgument,
    place: Annotated[
        str | None,
        typer.Argument(
            metavar="PLACE",
            help="TABLE or TABLE.COLUMN, to tell of that alone.",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Tell what was drawn, and why it came out so.

    Tells the story of one database in plain words: how its schema came about, how the rows of each
    table refer to others and when they come, what every column holds, what it depends on and how
    much, where it is null, and what its tasks ask.

    Example: plurel explain my-database
    """
    from plurel_cli.report.explain import explained, only, render
    from plurel_cli.storage.document import read_schema
    from plurel_cli.storage.place import place_of

    chapters = only(explained(read_schema(place_of(folder))), place)
    if as_json:
        data(json.dumps([chapter.as_dict() for chapter in chapters], indent=1) + "\n")
    else:
        text(render(chapters, _width()))


def diff(
    first: FolderArgument,
    second: Annotated[str, typer.Argument(metavar="OTHER", help="The database to compare with.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
) -> None:
    """Compare two databases: schemas, settings, statistics and values.

    Values are compared row by row where a table has as many rows in both. Exits with 0 if the
    databases differ in nothing, and with 1 if they do.

    Example: plurel diff my-database other-database
    """
    from plurel_cli.report.difference import differences

    compared = differences(first, second)
    if as_json:
        data(json.dumps(compared.as_dict(), indent=1) + "\n")
    else:
        from plurel_cli.report.difference_text import render

        text(render(compared))
    if not compared.is_none:
        raise typer.Exit(1)


def _width() -> int:
    """Columns of the terminal, or of a page where there is none."""
    from plurel_cli.report.grid import WIDTH

    return shutil.get_terminal_size((WIDTH, 0)).columns


def _describe_corpus(folder: str, as_json: bool) -> None:
    from plurel_cli.report.corpus import describe_corpus, render

    description = describe_corpus(folder)
    if as_json:
        data(json.dumps(description.as_dict(), indent=1) + "\n")
    else:
        text(render(description, _width()))


def _describe_columns(folder: str, place: str, as_json: bool) -> None:
    from plurel_cli.report.columns import columns_of
    from plurel_cli.storage.document import read_schema
    from plurel_cli.storage.place import place_of
    from plurel_cli.summary.rows import StoredRows

    root = place_of(folder)
    schema = read_schema(root)
    columns = columns_of(schema, place, StoredRows(root, schema))
    if as_json:
        data(json.dumps([column.as_dict() for column in columns], indent=1) + "\n")
    else:
        from plurel_cli.report.column_text import render

        text(render(columns, _width()))


def _describe_causes(folder: str, place: str | None, as_json: bool) -> None:
    from plurel_cli.report.causal import as_dicts, causes_of, only
    from plurel_cli.report.causal_tree import render, render_column
    from plurel_cli.storage.document import read_schema
    from plurel_cli.storage.place import place_of

    every = causes_of(read_schema(place_of(folder)))
    causes = only(every, place)
    if as_json:
        data(json.dumps(as_dicts(causes), indent=1) + "\n")
    elif place is not None and "." in place:
        text(render_column(every, place))
    else:
        text(render(causes))


def add_to(app: typer.Typer) -> None:
    """Register the commands."""
    for command in (validate, describe, explain, diff):
        app.command()(command)
