"""The columns of a database as arrays, each read once, and its rows by what they refer to.

Rows are sorted by the entity that they lead to, over one foreign key or several, and by time, so
that those of an entity up to a cut-off are a slice. Cut-offs are midnights: a second that has
begun counts as over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.parquet import Stored, reading, scan
from plurel_cli.storage.place import Place
from plurel_cli.tasks.asked import Events, Value, is_category
from plurel_cli.tasks.forecast import Condition

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

NS_PER_SECOND = 10**9
NS_PER_DAY = 86_400 * NS_PER_SECOND

MOST_ROWS_HELD = 2_000_000
"""Tables of more rows are read column by column, of others all that tasks may use at once."""

_SECONDS = 1 << 36
"""More than the seconds of any window."""

Way = tuple[tuple[Table, ForeignKey], ...]
"""Foreign keys that lead from the rows of a table to an entity, each with the table it is of."""


def way_of(events: Events) -> Way:
    """How events lead to an entity."""
    first = ((events.table, events.key),)
    return first if events.between is None else (*first, events.between)


@dataclass(frozen=True)
class SortedRows:
    """Rows by what they refer to, and by time.

    Attributes
    ----------
    order
        Their numbers, sorted.
    times
        Their times in that order, in nanoseconds.
    places
        Key and time in one number that rises.
    start
        The second from which times are counted.
    """

    order: NDArray[np.int64]
    times: NDArray[np.int64]
    places: NDArray[np.int64]
    start: int

    @classmethod
    def of(cls, keys: NDArray[np.int64], times: NDArray[np.int64]) -> SortedRows:
        """Rows by their keys and times.

        Parameters
        ----------
        keys, times
            Of all rows.

        Returns
        -------
        SortedRows
        """
        seconds = -(-times // NS_PER_SECOND)
        start = int(seconds.min(initial=0))
        if (times[1:] >= times[:-1]).all():
            order = np.argsort(keys, kind="stable")
        else:
            order = np.lexsort((times, keys))
        places = keys[order] * _SECONDS + (seconds[order] - start + 1)
        return cls(order, times[order], places, start)

    def first(self, entity: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the rows of entities begin."""
        return np.searchsorted(self.places, entity * _SECONDS, "left")

    def end(self, entity: NDArray[np.int64], until: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where the rows of entities up to a time end.

        Parameters
        ----------
        entity
            Keys.
        until
            A time for each, in nanoseconds.

        Returns
        -------
        ndarray
        """
        seconds = np.clip(until // NS_PER_SECOND - self.start + 1, 0, _SECONDS - 1)
        return np.searchsorted(self.places, entity * _SECONDS + seconds, "right")


def expanded(
    first: NDArray[np.int64], end: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places within slices, one after another.

    Parameters
    ----------
    first, end
        Where each slice begins and ends.

    Returns
    -------
    tuple of ndarray
        The number of the slice, and the place.

    Examples
    --------
    >>> [part.tolist() for part in expanded(np.array([3, 0]), np.array([5, 1]))]
    [[0, 0, 1], [3, 4, 0]]
    """
    sizes = end - first
    number = np.repeat(np.arange(sizes.size), sizes)
    return number, np.arange(number.size) - np.repeat(np.cumsum(sizes) - sizes - first, sizes)


@dataclass(frozen=True)
class Timeline:
    """Events in the order of time.

    Attributes
    ----------
    entity
        Of which entity each is.
    time
        When, in nanoseconds.
    first
        When each entity has the first; later than any cut-off where it has none.
    """

    entity: NDArray[np.int64]
    time: NDArray[np.int64]
    first: NDArray[np.int64]

    @classmethod
    def of(cls, rows: SortedRows, n_entities: int) -> Timeline:
        """The events of some entities.

        Parameters
        ----------
        rows
            By entity and time.
        n_entities
            How many entities there are.

        Returns
        -------
        Timeline
        """
        entity = rows.places // _SECONDS
        first = np.full(n_entities, np.iinfo(np.int64).max)
        starts = rows.first(np.arange(n_entities))
        has_some = starts < np.append(starts[1:], entity.size)
        first[has_some] = rows.times[starts[has_some]]
        is_of_one = entity >= 0
        entity, time = entity[is_of_one], rows.times[is_of_one]
        order = np.argsort(time, kind="stable")
        return cls(entity[order], time[order], first)

    def present(self, after: int | None, until: int) -> NDArray[np.int64]:
        """Entities with events in a span of time, in order.

        Parameters
        ----------
        after
            The nanosecond after which it begins; none for the beginning of time.
        until
            The last nanosecond.

        Returns
        -------
        ndarray
        """
        if after is None:
            return np.flatnonzero(self.first <= until)
        start, end = np.searchsorted(self.time, (after, until), "right")
        is_present = np.zeros(self.first.size, dtype=np.bool_)
        is_present[self.entity[start:end]] = True
        return np.flatnonzero(is_present)


def _is_used(column: Column) -> bool:
    """Whether a column is one that tasks may use."""
    is_key_or_time = not isinstance(column, Attribute | Feature)
    return is_key_or_time or column.type != "string" or is_category(column)


class Tables:
    """Columns of a database as arrays, read once.

    Parameters
    ----------
    schema
        The database; its seed is that by which keys are shuffled.
    read
        Gives a column by the names of its table and of itself.
    """

    def __init__(self, schema: Schema, read: Callable[[str, str], pl.Series]) -> None:
        self.schema = schema
        self._read = read
        self._arrays: dict[tuple[str, str], NDArray[np.float64]] = {}
        self._keys: dict[tuple[str, str, bool], NDArray[np.int64]] = {}
        self._sorted: dict[tuple[object, ...], SortedRows] = {}
        self._timelines: dict[tuple[object, ...], Timeline] = {}

    @classmethod
    def of(cls, folder: Place, schema: Schema) -> Tables:
        """The tables of a folder.

        Parameters
        ----------
        folder
            Where its files are.
        schema
            The database.

        Returns
        -------
        Tables
        """
        frames: dict[str, pl.DataFrame] = {}

        def read(table: str, column: str) -> pl.Series:
            stored = Stored.of(folder, schema, schema.by_name[table])
            if table not in frames:
                is_held = stored.table.rows <= MOST_ROWS_HELD
                names = [c.name for c in stored.table.columns if is_held and _is_used(c)]
                frames[table] = reading(folder, lambda: scan(stored).select(names).collect())
            if column in frames[table].columns:
                return frames[table][column]
            return reading(folder, lambda: scan(stored).select(column).collect())[column]

        return cls(schema, read)

    def series(self, table: Table, column: str) -> pl.Series:
        """A column as it is stored.

        Parameters
        ----------
        table, column
            The table, and the name of the column.

        Returns
        -------
        Series
        """
        return self._read(table.name, column)

    def numbers(self, table: Table, column: Column) -> NDArray[np.float64]:
        """A column as numbers: labels by their place in the alphabet; NaN for null.

        Parameters
        ----------
        table, column
            The column.

        Returns
        -------
        ndarray
        """
        import polars as pl

        name = (table.name, column.name)
        if name not in self._arrays:
            values = self.series(table, column.name)
            if values.dtype == pl.String:
                values = values.rank("dense")
            self._arrays[name] = values.cast(pl.Float64).fill_null(float("nan")).to_numpy()
        return self._arrays[name]

    def times(self, table: Table) -> NDArray[np.int64]:
        """The times of a table, in nanoseconds since 1970."""
        import polars as pl

        values = self.series(table, str(table.time_column))
        return values.cast(pl.Datetime("ns")).cast(pl.Int64).to_numpy()

    def meets(self, condition: Condition) -> NDArray[np.bool_]:
        """Whether the rows of a table meet a condition."""
        values = self.series(condition.value.table, condition.value.column.name)
        bound, sign = condition.bound, condition.sign
        met = (
            values == bound if sign == "=" else values <= bound if sign == "<=" else values >= bound
        )
        return met.fill_null(value=False).to_numpy()

    def referred(self, table: Table, value: Value, *, shuffled: bool) -> NDArray[np.int64] | None:
        """For the rows of a table, the row that a column of theirs is in: −1 for none.

        Parameters
        ----------
        table
            The table.
        value
            A column of it, or of the rows that it refers to.
        shuffled
            Whether keys are shuffled.

        Returns
        -------
        ndarray or None
            None where the column is of the table itself.
        """
        return None if value.key is None else self.keys(table, value.key, shuffled=shuffled)

    def sorted_rows(self, way: Way, *, shuffled: bool, is_timed: bool) -> SortedRows:
        """The rows of a table by the entities that they lead to, and by time.

        Parameters
        ----------
        way
            The foreign keys that lead there.
        shuffled
            Whether to shuffle the keys.
        is_timed
            Whether times count.

        Returns
        -------
        SortedRows
        """
        table, _ = way[0]
        name = (*((one.name, key.name) for one, key in way), shuffled, is_timed)
        if name not in self._sorted:
            keys = self.keys(*way[0], shuffled=shuffled)
            for near, key in way[1:]:
                further = self.keys(near, key, shuffled=shuffled)
                keys = np.where(keys >= 0, further[np.maximum(keys, 0)], -1)
            times = self.times(table) if is_timed else np.zeros(keys.size, dtype=np.int64)
            self._sorted[name] = SortedRows.of(keys, times)
        return self._sorted[name]

    def timeline(self, events: Events) -> Timeline:
        """Events in the order of time."""
        if events.id not in self._timelines:
            rows = self.sorted_rows(way_of(events), shuffled=False, is_timed=True)
            self._timelines[events.id] = Timeline.of(rows, events.entity.rows)
        return self._timelines[events.id]

    def keys(self, table: Table, key: ForeignKey, *, shuffled: bool) -> NDArray[np.int64]:
        """A foreign key, −1 for null; shuffled, the same keys in another order.

        Parameters
        ----------
        table, key
            The key, and the table that holds it.
        shuffled
            Whether to shuffle.

        Returns
        -------
        ndarray
        """
        name = (table.name, key.name, shuffled)
        if name not in self._keys:
            keys = self.series(table, key.name).fill_null(-1).to_numpy()
            if shuffled:
                address = ("tasks", "shuffled", table.id, key.name)
                lots = Stream(self.schema.seed).child(*address).generator().random(keys.size)
                keys = keys[np.argsort(lots)]
            self._keys[name] = keys
        return self._keys[name]
