"""Databases measured one after another, or by several processes at once.

What is asked of each is an `Asked`: a family of statistics by its name, statistics of every column,
key and table for the classifier, or both. Results come in the order of the databases, and are the
same whoever measures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from plurel_cli.errors import UsageError
from plurel_cli.measure.apart.population import Rows, statistics_of
from plurel_cli.measure.corpus import Measured
from plurel_cli.measure.family import Family
from plurel_cli.measure.view import View
from plurel_cli.storage.layout import SCHEMA_FILE
from plurel_cli.storage.place import Place

_LEAST_EACH = 4
"""Databases for which it is worth to start a process."""

Report = Callable[[str, int], None]
"""Told of each database that is measured: a name, and its rows."""


@dataclass(frozen=True)
class Asked:
    """What is to be measured.

    Attributes
    ----------
    family
        Name of the family of statistics, None for none.
    apart
        Whether statistics of every column, key and table are wanted.
    """

    family: str | None
    apart: bool


@dataclass(frozen=True)
class Result:
    """What was measured of one database.

    Attributes
    ----------
    measured
        Statistics of the family; without values where none was asked for.
    rows
        Statistics of every column, key and table, None where they were not asked for.
    n_rows
        Rows of all tables.
    """

    measured: Measured
    rows: Rows | None
    n_rows: int


def family_of(name: str) -> Family:
    """The family of a name: realism, dependence, or dependence floor."""
    if name == "realism":
        from plurel_cli.measure.realism import FAMILY as REALISM

        return REALISM
    from plurel_cli.measure.dependence.family import FAMILY as DEPENDENCE
    from plurel_cli.measure.dependence.family import FLOOR

    return {"dependence": DEPENDENCE, "dependence floor": FLOOR}[name]


def measure_one(folder: Place, asked: Asked) -> Result:
    """Measure one database.

    Parameters
    ----------
    folder
        Where it is.
    asked
        What to measure.

    Returns
    -------
    Result

    Raises
    ------
    FolderError, StorageError, StageError
        If it cannot be read, or has no rows.
    """
    view, seed = _seen(folder)
    values = {} if asked.family is None else family_of(asked.family).measure(view)
    rows = statistics_of(view) if asked.apart else None
    return Result(Measured(str(folder), seed, values), rows, sum(view.tables.values()))


def _seen(folder: Place) -> tuple[View, int | None]:
    """A database as arrays, and its seed if plurel made it."""
    from plurel_cli.database import load
    from plurel_cli.measure.sources import reader_of
    from plurel_cli.measure.view import view_of

    if isinstance(folder, Path) and not _is_own(folder):
        read = reader_of(folder)
        if read is not None:
            from plurel_cli.measure.sources.view import view_of_source

            return view_of_source(read(folder)), None
    database = load(folder)
    return view_of(database), database.schema.seed


def _is_own(folder: Path) -> bool:
    return (folder / SCHEMA_FILE).exists()


def measure_all(
    folders: Sequence[Place], asked: Asked, report: Report, jobs: int | None = None
) -> list[Result]:
    """Measure several databases.

    Parameters
    ----------
    folders
        Where they are.
    asked
        What to measure of each.
    report
        Told of each.
    jobs
        How many processes measure at once; one per core by default, but none for a few databases.

    Returns
    -------
    list
        In the order of the folders.

    Raises
    ------
    UsageError
        If there are to be fewer than one process.
    PlaceError
        For the first database that cannot be measured.
    """
    if jobs is not None and jobs < 1:
        raise UsageError("--jobs", "must be at least 1", jobs)
    results = []
    for result in _results(folders, asked, jobs):
        report(result.measured.folder.rpartition("/")[2], result.n_rows)
        results.append(result)
    return results


def _results(folders: Sequence[Place], asked: Asked, jobs: int | None) -> Iterator[Result]:
    from plurel_cli.measure.workers import cores, measured_by

    few = cores() if jobs is None else jobs
    each = _LEAST_EACH if jobs is None and asked.family != "dependence" else 1
    n_workers = min(few, len(folders) // each)
    if n_workers < 2:
        return (measure_one(folder, asked) for folder in folders)
    return measured_by(n_workers, folders, asked)
