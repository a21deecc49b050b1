"""The command that measures databases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from plurel_cli.cli.console import data, progress, text
from plurel_cli.cli.make import QuietOption

if TYPE_CHECKING:
    from plurel_cli.measure.corpus import Measured
    from plurel_cli.measure.family import Family
    from plurel_cli.pipeline import Report
    from plurel_cli.storage.place import Place

_MEMBERS = "db-"


def measure(
    folders: Annotated[
        list[str],
        typer.Argument(
            metavar="DIR...",
            help="Folders of databases, or folders that contain such as db-000042.",
            show_default=False,
            path_type=str,
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    against: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="DIR",
            help="What to compare with: reference, which is real databases, or a folder as DIR.",
        ),
    ] = "reference",
    dependence: Annotated[
        bool,
        typer.Option(
            "--dependence", help="Measure what depends on what instead; needs plurel-cli[measure]."
        ),
    ] = False,
    floor: Annotated[
        bool,
        typer.Option("--floor", help="With --dependence: permute every feature column first."),
    ] = False,
    quiet: QuietOption = False,
) -> None:
    """Measure databases, and compare them with real ones.

    Prints statistics of times, fan-outs, references, schema and columns: the values of a single
    database, or the quartiles of several. Next to them are the quartiles of real databases, whether
    the median lies inside these, and whether the quartiles overlap at least half of them (spread).

    With --dependence, the statistics say what predicts a column: its row, referenced rows, children
    and the past. This takes some tens of seconds per database.

    Example: plurel measure my-database --json
    """
    from plurel_cli.measure.corpus import REFERENCE, compare, summed_up

    family, other_family = _families(dependence, floor)
    ours = list(_databases(folders))
    others = [] if against == REFERENCE else list(_databases([against]))
    with progress(quiet) as report:
        measured = _measured(family, ours, report)
        theirs = summed_up(family, _measured(other_family, others, report)) if others else None
    comparison = compare(family, measured, against, theirs)
    if as_json:
        data(json.dumps(comparison.as_dict(), indent=1) + "\n")
        return
    from plurel_cli.measure.text import render
    from plurel_cli.report.grid import WIDTH

    width = shutil.get_terminal_size((WIDTH, 0)).columns
    text(render(comparison, width))


def _families(dependence: bool, floor: bool) -> tuple[Family, Family]:
    """What to measure, and what to measure of the databases that are compared with."""
    if dependence:
        from plurel_cli.measure.dependence.family import FAMILY as DEPENDENCE
        from plurel_cli.measure.dependence.family import FLOOR
        from plurel_cli.measure.dependence.skill import lightgbm

        lightgbm()  # say so before anything is read
        return (FLOOR if floor else DEPENDENCE), DEPENDENCE
    if floor:
        from plurel_cli.errors import UsageError

        raise UsageError("--floor", "is of what depends on what", remedy="add --dependence")
    from plurel_cli.measure.realism import FAMILY as REALISM

    return REALISM, REALISM


def _databases(folders: Sequence[str]) -> Iterator[Place]:
    """Folders of databases: those given, and in place of one that is none, those it holds."""
    from plurel_cli.errors import FolderError
    from plurel_cli.storage.layout import SCHEMA_FILE
    from plurel_cli.storage.place import names_in, place_of

    for folder in folders:
        place = place_of(folder)
        if not place.is_dir():
            raise FolderError(place, "is no folder" if place.exists() else "no such folder")
        names = names_in(place)
        members = [name for name in names if name.startswith(_MEMBERS)]
        if SCHEMA_FILE in names:
            yield place
        elif members:
            yield from (place / name for name in members)
        else:
            rule = f"is no database, as it holds no {SCHEMA_FILE}, and holds none named {_MEMBERS}*"
            raise FolderError(place, rule, remedy="`plurel generate` makes one")


def _measured(family: Family, folders: Sequence[Place], report: Report) -> list[Measured]:
    from plurel_cli.database import load
    from plurel_cli.measure.corpus import Measured
    from plurel_cli.measure.view import view_of

    measured = []
    for folder in folders:
        database = load(folder)
        values = family.measure(view_of(database))
        measured.append(Measured(str(folder), database.schema.seed, values))
        report(folder.name, sum(table.rows for table in database.schema.tables))
    return measured


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(measure)
