"""A database as arrays: what statistics are computed from.

Times are integers of nanoseconds, keys are row numbers of the parent, feature columns are Polars
series of numbers, strings or booleans. Roles come from the schema, never from names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

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

Dates = Literal["ns", "us", "ms", "days"]


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

    @cached_property
    def both_timed(self) -> tuple[Ints, Ints]:
        """Times of children and of their parents, where both have one, in row order."""
        if self.child_times is None or self.parent_times is None:
            return np.empty(0, np.int64), np.empty(0, np.int64)
        keys, children = self.timed
        parents = self.parent_times[keys]
        has_both = parents != NO_TIME
        return children[has_both], parents[has_both]


@dataclass(frozen=True, eq=False)
class MeasuredFeature:
    """One feature column; integers stand for dates, null for not a number.

    Attributes
    ----------
    table, name
        Where it is.
    values
        Numbers, strings or booleans.
    dates
        What integers count since 1970, None where they are no dates.
    """

    table: str
    name: str
    values: pl.Series
    dates: Dates | None = None


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
        table.name: times_of(frames[table.name][table.time_column])
        for table in schema.tables
        if table.time_column in frames[table.name].columns
    }
    keys = tuple(
        MeasuredKey(
            child=child,
            column=column,
            parent=parent,
            n_parents=frames[parent].height,
            keys=integers(frames[child][column], NO_PARENT),
            child_times=times.get(child),
            parent_times=times.get(parent),
        )
        for parent, child, column in schema.edges
    )
    features = tuple(
        measured_feature(table.name, frames[table.name][column.name])
        for table in schema.tables
        for column in table.contents
        if column.name in frames[table.name].columns
    )
    return View({name: frame.height for name, frame in frames.items()}, times, keys, features)


def share_of(flags: NDArray[np.bool_]) -> float:
    """Share of true ones among flags, of which there is one at least; as their mean, and sooner."""
    return float(np.count_nonzero(flags)) / flags.size


def integers(values: pl.Series, null: int) -> Ints:
    """A series of integers as an array.

    Parameters
    ----------
    values
        Integers, some of which may be null.
    null
        Stands for these.

    Returns
    -------
    ndarray
        int64.
    """
    import polars as pl

    values = values.cast(pl.Int64)
    filled = values.fill_null(null) if values.null_count() else values
    return np.asarray(filled.to_numpy(), np.int64)


def times_of(values: pl.Series) -> Ints:
    """Dates or times in nanoseconds since 1970, `NO_TIME` for none."""
    import polars as pl

    return integers(values.cast(pl.Datetime("ns")).to_physical(), NO_TIME)


def measured_feature(table: str, values: pl.Series) -> MeasuredFeature:
    """A column as a series of numbers, strings or booleans.

    Parameters
    ----------
    table
        Whose column it is.
    values
        As they are stored.

    Returns
    -------
    MeasuredFeature
    """
    import polars as pl

    name, dates = values.name, _dates(values.dtype)
    if values.dtype.is_temporal():
        values = values.to_physical()
    elif values.dtype.is_float():
        has_nan = np.isnan(values.to_numpy()).any()  # nulls, too, become such
        values = values.fill_nan(None) if has_nan else values
    elif isinstance(values.dtype, pl.Categorical | pl.Enum):
        values = values.cast(pl.String)
    return MeasuredFeature(table, name, values, dates)


def _dates(dtype: pl.DataType) -> Dates | None:
    """What the integers of a temporal type count."""
    import polars as pl

    if isinstance(dtype, pl.Datetime):
        return dtype.time_unit
    return "days" if dtype == pl.Date else None
