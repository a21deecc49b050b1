"""Statistics of every column, foreign key and table of several databases.

A population holds numbers alone, no values and no names: a database and a table only group. That
of real databases comes with the package (`real_columns.csv`, `real_keys.csv`, `real_tables.csv`):
644 columns, 168 foreign keys and 103 tables of the 11 databases of `measure.reference`, which are
public; they were measured once by the definitions of these modules.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from plurel_cli.errors import UsageError
from plurel_cli.measure.apart import columns, keys, tables
from plurel_cli.measure.apart.columns import Statistics, column_statistics
from plurel_cli.measure.apart.keys import key_statistics
from plurel_cli.measure.apart.tables import LEAST_ROWS, table_statistics
from plurel_cli.measure.view import View

LEVELS: Mapping[str, tuple[str, ...]] = {
    "columns": columns.STATISTICS,
    "keys": keys.STATISTICS,
    "tables": tables.STATISTICS,
}
"""Names of the statistics of each level, in order."""

N_DIGITS = 5
"""Digits after the point, as those of real databases have: more would tell the sides apart."""

Rows = dict[str, list[list[float | None]]]
"""Statistics of one database as plain data, by level; None for what is not there."""


class Member(TypedDict):
    """A database of a population, as it is saved."""

    name: str
    rows: Rows


@dataclass(frozen=True, eq=False)
class LevelSample:
    """One level of a population.

    Attributes
    ----------
    level
        columns, keys or tables.
    databases
        Position of the database, by row.
    values
        float64, a row for each column, key or table, a column for each statistic; NaN for none.
    """

    level: str
    databases: NDArray[np.int64]
    values: NDArray[np.float64]

    @property
    def n_databases(self) -> int:
        """Databases that have something of this level."""
        return int(np.unique(self.databases).size)


Population = dict[str, LevelSample]
"""A sample for each level."""


def statistics_of(view: View) -> Rows:
    """Statistics of every column, foreign key and table of one database.

    Parameters
    ----------
    view
        The database. Tables of fewer than 30 rows are left out.

    Returns
    -------
    dict
        By level.
    """
    large = [table for table, rows in view.tables.items() if rows >= LEAST_ROWS]
    features = {table: view.features_of(table) for table in large}
    every: dict[str, Iterable[Statistics | None]] = {
        "columns": (column_statistics(each) for table in large for each in features[table]),
        "keys": (key_statistics(key) for key in view.keys if key.child in features),
        "tables": (table_statistics(view, table, features[table]) for table in large),
    }
    return {
        level: [_row(LEVELS[level], each) for each in several if each is not None]
        for level, several in every.items()
    }


def _row(names: Sequence[str], statistics: Statistics) -> list[float | None]:
    values = (round(statistics.get(name, math.nan), N_DIGITS) for name in names)
    return [value if math.isfinite(value) else None for value in values]


def population(databases: Sequence[Rows]) -> Population:
    """Statistics of several databases as samples."""
    return {level: _sample(level, [rows[level] for rows in databases]) for level in LEVELS}


def _sample(level: str, databases: Sequence[Sequence[Sequence[float | None]]]) -> LevelSample:
    lengths = [len(rows) for rows in databases]
    values = np.array([row for rows in databases for row in rows], np.float64)
    return LevelSample(
        level,
        np.repeat(np.arange(len(databases)), lengths),
        values.reshape(sum(lengths), len(LEVELS[level])),
    )


def real() -> list[Member]:
    """The 11 real databases of the package."""
    members: dict[str, Rows] = {}
    for level, names in LEVELS.items():
        text = files("plurel_cli.measure.apart").joinpath(f"real_{level}.csv").read_text("utf-8")
        for line in csv.DictReader(text.splitlines()):
            rows = members.setdefault(line["db"], {each: [] for each in LEVELS})
            rows[level].append([float(line[name]) if line[name] else None for name in names])
    return [{"name": name, "rows": rows} for name, rows in members.items()]


def check_sizes(ours: Sequence[object], theirs: Sequence[object]) -> None:
    """Refuse what cannot be cross-validated.

    Parameters
    ----------
    ours, theirs
        Databases of either side.

    Raises
    ------
    UsageError
        If either has fewer than two.
    """
    for databases, side in ((ours, "DIR"), (theirs, "--against")):
        if len(databases) < 2:
            raise UsageError(
                "--apart",
                f"needs at least two databases on either side, as they are kept whole: {side} has",
                len(databases),
                remedy="add some",
            )
