"""A database as arrays: what statistics are computed from.

Times are integers of nanoseconds, keys are row numbers of the parent, feature columns are Polars
series of numbers, strings or booleans. Roles come from the schema, never from names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.errors import StageError

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.database import Database

NO_TIME = np.iinfo(np.int64).min
"""Stands for a null time."""

NO_PARENT = -1
"""Stands for a null reference."""

Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class MeasuredKey:
    """The references of one foreign key, in row order.

    Attributes
    ----------
    child, column, parent
        Names.
    n_parents
        Rows of the parent.
    keys
        Row of the parent, by row of the child; `NO_PARENT` for none.
    child_times, parent_times
        Times of the rows of either table, `NO_TIME` for none; None for a table without.
    """

    child: str
    column: str
    parent: str
    n_parents: int
    keys: Ints
    child_times: Ints | None
    parent_times: Ints | None

    @property
    def is_self(self) -> bool:
        """Whether it refers to its own table."""
        return self.child == self.parent

    @cached_property
    def references(self) -> Ints:
        """Keys that are not null, in row order."""
        references: Ints = self.keys[self.keys != NO_PARENT]
        return references

    @cached_property
    def fan_out(self) -> Ints:
        """Children of every parent row."""
        return np.bincount(self.references, minlength=self.n_parents).astype(np.int64)

    @cached_property
    def timed(self) -> tuple[Ints, Ints]:
        """Keys and times of the child rows that have both, in row order."""
        if self.child_times is None:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        has_both = (self.keys != NO_PARENT) & (self.child_times != NO_TIME)
        return self.keys[has_both], self.child_times[has_both]


@dataclass(frozen=True, eq=False)
class MeasuredFeature:
    """One feature column; integers stand for dates, null for not a number."""

    table: str
    name: str
    values: pl.Series


@dataclass(frozen=True, eq=False)
class View:
    """A database as arrays.

    Attributes
    ----------
    tables
        Rows by table.
    times
        Times by table, in row order and `NO_TIME` for none; only tables that have some.
    keys
        Foreign keys.
    features
        Feature columns, table after table.
    """

    tables: Mapping[str, int]
    times: Mapping[str, Ints]
    keys: tuple[MeasuredKey, ...]
    features: tuple[MeasuredFeature, ...]

    def features_of(self, table: str) -> tuple[MeasuredFeature, ...]:
        """Feature columns of one table."""
        return tuple(feature for feature in self.features if feature.table == table)


def view_of(database: Database) -> View:
    """A database as arrays.

    Parameters
    ----------
    database
        With its keys made; what later stages add is seen where it is there.

    Raises
    ------
    StageError
        If it has no keys yet.
    """
    schema = database.schema
    if "fk" not in schema.stages:
        raise StageError("database", "has no rows to measure", remedy="run `plurel fk` first")
    frames = database.tables
    times = {
        table.name: _times(frames[table.name][table.time_column])
        for table in schema.tables
        if table.time_column in frames[table.name].columns
    }
    keys = tuple(
        MeasuredKey(
            child=child,
            column=column,
            parent=parent,
            n_parents=frames[parent].height,
            keys=_integers(frames[child][column], NO_PARENT),
            child_times=times.get(child),
            parent_times=times.get(parent),
        )
        for parent, child, column in schema.edges
    )
    features = tuple(
        MeasuredFeature(table.name, column.name, _plain(frames[table.name][column.name]))
        for table in schema.tables
        for column in table.contents
        if column.name in frames[table.name].columns
    )
    return View({name: frame.height for name, frame in frames.items()}, times, keys, features)


def _integers(values: pl.Series, null: int) -> Ints:
    import polars as pl

    return np.asarray(values.cast(pl.Int64).fill_null(null).to_numpy(), np.int64)


def _times(values: pl.Series) -> Ints:
    import polars as pl

    return _integers(values.cast(pl.Datetime("ns")).to_physical(), NO_TIME)


def _plain(values: pl.Series) -> pl.Series:
    """A series of numbers, strings or booleans."""
    import polars as pl

    if values.dtype.is_temporal():
        return values.to_physical()
    if values.dtype.is_float():
        return values.fill_nan(None)
    if isinstance(values.dtype, pl.Categorical | pl.Enum):
        return values.cast(pl.String)
    return values
