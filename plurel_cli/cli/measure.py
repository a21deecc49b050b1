"""The command that measures databases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plurel_cli.cli.console import data, progress, text
from plurel_cli.cli.make import QuietOption

if TYPE_CHECKING:
    from plurel_cli.measure.databases import Result
    from plurel_cli.measure.saved import Saved
    from plurel_cli.storage.place import Place

_SAVED = ".json"


def measure(
    folders: Annotated[
        list[str],
        typer.Argument(
            metavar="DIR...",
            help="Databases, or folders that contain such as db-000042; also RelBench folders, "
            "DuckDB or SQLite files, and Parquet folders with a keys.yaml.",
            show_default=False,
            path_type=str,
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    against: Annotated[
        str,
        typer.Option(
            "--against",
            metavar="REF",
            help="What to compare with: reference, which is real databases, a folder as DIR, or "
            "a file of --save.",
        ),
    ] = "reference",
    apart: Annotated[
        bool,
        typer.Option(
            "--apart",
            help="Ask a classifier to tell them from the others; needs plurel-cli[measure].",
        ),
    ] = False,
    save: Annotated[
        Path | None,
        typer.Option(
            "--save", metavar="FILE", help="Keep the statistics, without values, as FILE.json."
        ),
    ] = None,
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
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", metavar="N", help="Databases to measure at once; by default one a core."
        ),
    ] = None,
    quiet: QuietOption = False,
) -> None:
    """Measure databases, and compare them with real ones.

    Prints statistics of times, fan-outs, references, schema and columns: the values of a single
    database, or the quartiles of several. Next to them are the quartiles of real databases, whether
    the median lies inside these, and whether the quartiles overlap at least half of them (spread).

    With --dependence, the statistics say what predicts a column: its row, referenced rows, children
    and the past. This takes some tens of seconds per database.

    With --apart, boosted trees try to tell the columns, the foreign keys and the tables from those
    of the others: an AUC of 0.5 means that they cannot, 1 that they always can. Below each are the
    statistics that tell most.

    Example: plurel measure my-database --json
    """
    from plurel_cli.measure.corpus import REFERENCE, compare, summed_up
    from plurel_cli.measure.databases import Asked, family_of, measure_all

    family = _family(dependence, floor, apart)
    ours, others = list(_databases(folders)), []
    saved = _saved(against, family) if against.endswith(_SAVED) else None
    if against != REFERENCE and saved is None:
        others = list(_databases([against]))
    asked = Asked(None if apart and save is None else family, apart or save is not None)
    asked_of_others = Asked(None if apart else family.removesuffix(" floor"), apart)
    with progress(quiet) as report:
        results = measure_all(ours, asked, report, jobs)
        theirs = measure_all(others, asked_of_others, report, jobs)
    if save is not None:
        _save(save, family, results)
    if apart:
        _tell_apart(results, against, theirs, saved, as_json)
        return
    measured = saved.measured if saved else [result.measured for result in theirs]
    comparison = compare(
        family_of(family),
        [result.measured for result in results],
        against,
        summed_up(family_of(family), measured) if measured else None,
    )
    if as_json:
        data(json.dumps(comparison.as_dict(), indent=1) + "\n")
        return
    from plurel_cli.measure.text import render

    text(render(comparison, _width()))


def _width() -> int:
    from plurel_cli.report.grid import WIDTH

    return shutil.get_terminal_size((WIDTH, 0)).columns


def _family(dependence: bool, floor: bool, apart: bool) -> str:
    """Name of the family of statistics that is asked for."""
    from plurel_cli.errors import UsageError

    if apart and dependence:
        rule, remedy = "is of no use beside --dependence", "leave one of them out"
        raise UsageError("--apart", rule, remedy=remedy)
    if floor and not dependence:
        raise UsageError("--floor", "is of what depends on what", remedy="add --dependence")
    if dependence or apart:
        from plurel_cli.measure.dependence.skill import lightgbm

        lightgbm("--dependence" if dependence else "--apart")  # say so before anything is read
    if not dependence:
        return "realism"
    return "dependence floor" if floor else "dependence"


def _saved(file: str, family: str) -> Saved:
    """Statistics that another run has kept."""
    from plurel_cli.errors import UsageError, storage_error
    from plurel_cli.measure.saved import parse_saved

    try:
        saved = parse_saved(file, Path(file).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        if isinstance(error, OSError):
            raise storage_error(file, error) from None
        raise UsageError(file, "is no text") from None
    if saved.family != family.removesuffix(" floor"):
        remedy = "measure and save them in the same way"
        raise UsageError(file, f"has statistics of {saved.family} alone", remedy=remedy)
    return saved


def _save(file: Path, family: str, results: Sequence[Result]) -> None:
    from plurel_cli.errors import UsageError, storage_error
    from plurel_cli.measure.saved import saved_text

    if file.suffix != _SAVED:
        raise UsageError("--save", f"must end in {_SAVED}, so that --against knows it", str(file))
    try:
        file.write_text(saved_text(family, results), encoding="utf-8")
    except OSError as error:
        raise storage_error(file, error) from None


def _tell_apart(
    results: Sequence[Result],
    against: str,
    others: Sequence[Result],
    saved: Saved | None,
    as_json: bool,
) -> None:
    from plurel_cli.measure.apart.judge import verdicts
    from plurel_cli.measure.apart.population import check_sizes, population, real
    from plurel_cli.measure.corpus import REFERENCE

    ours = [result.rows for result in results if result.rows is not None]
    if saved is not None:
        theirs = list(saved.rows)
    elif against == REFERENCE:
        theirs = [member["rows"] for member in real()]
    else:
        theirs = [result.rows for result in others if result.rows is not None]
    check_sizes(ours, theirs)
    judged = verdicts(population(ours), population(theirs))
    if as_json:
        levels: list[dict[str, Any]] = [asdict(verdict) for verdict in judged]
        sides = {"databases": len(ours), "others": len(theirs), "against": against}
        data(json.dumps({**sides, "levels": levels}, indent=1) + "\n")
        return
    from plurel_cli.measure.apart.text import render

    text(render(judged, "real" if against == REFERENCE else "other", _width()))


def _databases(folders: Sequence[str]) -> Iterator[Place]:
    """Folders of databases: those given, and in place of one that is none, those it holds."""
    from plurel_cli.errors import FolderError
    from plurel_cli.storage.layout import SCHEMA_FILE
    from plurel_cli.storage.naming import parsed_name
    from plurel_cli.storage.place import names_in, place_of

    for folder in folders:
        place = place_of(folder)
        if isinstance(place, Path) and place.exists() and not (place / SCHEMA_FILE).exists():
            several = _sources(place)
            if several:
                yield from several
                continue
        if not place.is_dir():
            raise FolderError(place, "is no folder" if place.exists() else "no such folder")
        names = names_in(place)
        members = [name for name in names if parsed_name(name) is not None]
        if SCHEMA_FILE in names:
            yield place
        elif members:
            yield from (place / name for name in members)
        else:
            rule = f"is no database, as it holds no {SCHEMA_FILE}, and none such as db-000042"
            raise FolderError(place, rule, remedy="`plurel generate` makes one")


def _sources(place: Path) -> list[Path]:
    """A database that plurel did not make, or those in a folder."""
    from plurel_cli.measure.sources import reader_of
    from plurel_cli.storage.naming import parsed_name

    if reader_of(place) is not None:
        return [place]
    within = sorted(place.iterdir()) if place.is_dir() else []
    members = [each for each in within if parsed_name(each.name) is not None]
    return [] if members else [each for each in within if reader_of(each) is not None]


def add_to(app: typer.Typer) -> None:
    """Register the command."""
    app.command()(measure)
