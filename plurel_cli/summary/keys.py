"""Figures of foreign keys: fan-out, which rows refer to which, how soon, and over which time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.errors import FolderError
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.window import Window
from plurel_cli.summary.bins import DAY_NS, time_step
from plurel_cli.summary.columns import as_times
from plurel_cli.summary.passes import CHUNK, Ints, RowTally, go_over, nanoseconds
from plurel_cli.summary.rows import RowSource
from plurel_cli.summary.times import ns_of_day

if TYPE_CHECKING:
    import polars as pl

CLUSTERS = 32
"""Most clusters, or equal parts of the rows, of either side of the matrix."""

COHORTS = 24
"""About how many stretches cohorts and children are counted by."""

_MOST_FAN_OUTS = 60
_PER_DECADE = 10
_DAY_S = 86_400

LAGS_S = (
    *(0, 1, 60, 900, 3600, 3 * 3600, 6 * 3600, 12 * 3600),
    *(day * _DAY_S for day in (1, 2, 4, 7, 14, 30, 60, 91, 182, 365, 730, 1826, 3652)),
)
"""Seconds at which bins of lags begin; one more is for children before their parent."""

_LAGS_NS = np.array(LAGS_S, np.int64) * 10**9


@dataclass(frozen=True)
class Fanned:
    """Parents by how many children they have.

    Attributes
    ----------
    low, high
        Fewest and most children of a bin, both counted.
    parents
        Parents that have so many.
    """

    low: int
    high: int
    parents: int


@dataclass(frozen=True)
class Cohorts:
    """Children by their time, and by the cohort of the parent.

    Attributes
    ----------
    by
        What makes a cohort: `time` of the parent, or its `row` where it has no time.
    cohorts
        Times or rows at which cohorts begin; the last one ends one.
    starts
        Times at which stretches begin; the last one ends one.
    counts
        Children, by cohort and stretch.
    """

    by: str
    cohorts: tuple[str, ...] | tuple[int, ...]
    starts: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class KeyFigures:
    """How the rows of a table refer to those of another.

    Attributes
    ----------
    child, column, parent, form
        The key.
    parents, rows, nulls
        Rows of either table, and those of the child that refer to none.
    mean, median, most
        Children of a parent, childless ones included.
    childless
        Share of parents without children.
    fan_out
        Parents by their number of children, at least 1.
    clusters
        Clusters of the parent and of the child in its block model, as deep as can be shown; 1 and 1
        where there are none.
    matrix
        Children by the part of the parent's rows that they refer to, and by their own. Each
        cluster is one part, or some.
    lags
        Children by the time after their parent: before it, then by `LAGS_S`; None where one of
        both tables has no times.
    cohorts
        None where the child has no times.
    """

    child: str
    column: str
    parent: str
    form: str
    parents: int
    rows: int
    nulls: int
    mean: float
    median: float
    most: int
    childless: float
    fan_out: tuple[Fanned, ...]
    clusters: tuple[int, int]
    matrix: tuple[tuple[int, ...], ...]
    lags: tuple[int, ...] | None
    cohorts: Cohorts | None


def key_figures(schema: Schema, table: Table, key: ForeignKey, source: RowSource) -> KeyFigures:
    """Figures of a foreign key.

    Parameters
    ----------
    schema
        The database, with keys.
    table, key
        A foreign key of it.
    source
        What has its rows.

    Returns
    -------
    KeyFigures

    Raises
    ------
    FolderError, StorageError
        If they cannot be read.

    Notes
    -----
    O(rows) time. The memory is that of a count for each parent, and of its time.
    """
    count = KeyCount(schema, table, key, source)
    go_over(source, table, [count])
    return count.figures()


class KeyCount(RowTally):
    """A foreign key whose rows are to be counted.

    Parameters
    ----------
    schema
        The database, with keys.
    table, key
        A foreign key of it.
    source
        What has its rows.

    Raises
    ------
    FolderError, StorageError
        If the times of parents cannot be read.
    """

    def __init__(self, schema: Schema, table: Table, key: ForeignKey, source: RowSource) -> None:
        self._table, self._key = table, key
        self._parent = schema.by_name[key.references]
        self._clusters = _clusters(self._parent, table, key)
        n_parents = _parts(self._clusters[0], self._parent.rows)
        n_children = _parts(self._clusters[1], table.rows)
        self._matrix = np.zeros((n_parents, n_children), np.int64)
        smallest = np.int32 if table.rows < 2**31 else np.int64
        self._children: NDArray[np.integer] = np.zeros(self._parent.rows, smallest)
        is_timed = "temporal" in schema.stages and table.time_column is not None
        self._time = table.time_column if is_timed else None
        self._parent_times = _times_of(self._parent, source) if is_timed else None
        self._lags = np.zeros(len(LAGS_S) + 1, np.int64)
        self._days = Days.of(schema.window) if is_timed and schema.window is not None else None
        if self._days is not None:
            by_time = self._parent_times is not None
            n_cohorts = self._days.n if by_time else min(COHORTS, self._parent.rows)
            self._cohorts = np.zeros((n_cohorts, self._days.n), np.int64)

    @property
    def names(self) -> tuple[str, ...]:
        return (self._key.name,) if self._time is None else (self._key.name, self._time)

    def add(self, first: int, rows: pl.DataFrame, /) -> None:
        numbered = rows.select(self.names).with_row_index("row", first).drop_nulls()
        times = None if self._time is None else nanoseconds(numbered[self._time])
        keys, at = numbered[self._key.name].to_numpy(), numbered["row"].to_numpy()
        for start in range(0, len(keys), CHUNK):
            some = slice(start, start + CHUNK)
            self._count(keys[some], at[some].astype(np.int64))
            if times is not None:
                self._count_times(keys[some], times[some])

    def _count(self, keys: Ints, rows: Ints) -> None:
        parents, children = np.unique(keys, return_counts=True)
        for end in parents[[0, -1]].tolist():
            if not 0 <= end < self._parent.rows:
                raise FolderError(
                    f"{self._table.name}.{self._key.name}",
                    f"must refer to rows of {self._parent.name}, 0 to {self._parent.rows - 1}",
                    end,
                    "`plurel validate` says more",
                )
        self._children[parents] += children.astype(self._children.dtype)
        _add_pairs(
            self._matrix,
            _part(keys, len(self._matrix), self._parent.rows),
            _part(rows, self._matrix.shape[1], self._table.rows),
        )

    def _count_times(self, keys: Ints, times: Ints) -> None:
        before = None if self._parent_times is None else self._parent_times[keys]
        if before is not None:
            below = np.searchsorted(np.sort(times - before), _LAGS_NS)
            self._lags += np.diff(below, prepend=0, append=len(times))
        if self._days is None:
            return
        if before is None:
            cohorts = _part(keys, len(self._cohorts), self._parent.rows)
        else:
            cohorts = self._days.stretches(before)
        _add_pairs(self._cohorts, cohorts, self._days.stretches(times))

    @property
    def referred(self) -> int:
        """Rows that some row refers to, when all are counted."""
        return int(np.count_nonzero(self._children))

    def figures(self) -> KeyFigures:
        """The figures, when all rows are counted."""
        parent, rows = self._parent, self._table.rows
        fans, parents = np.unique(self._children[self._children > 0], return_counts=True)
        counts, several = fans.tolist(), parents.tolist()
        n_keys = int(self._matrix.sum())
        return KeyFigures(
            child=self._table.name,
            column=self._key.name,
            parent=parent.name,
            form=self._key.form,
            parents=parent.rows,
            rows=rows,
            nulls=rows - n_keys,
            mean=n_keys / parent.rows,
            median=_median(counts, several, parent.rows),
            most=counts[-1] if counts else 0,
            childless=1 - int(parents.sum()) / parent.rows,
            fan_out=_binned(counts, several),
            clusters=self._clusters,
            matrix=tuple(map(tuple, self._matrix.tolist())),
            lags=None if self._parent_times is None else tuple(self._lags.tolist()),
            cohorts=self._cohort_figures(),
        )

    def _cohort_figures(self) -> Cohorts | None:
        if self._days is None:
            return None
        starts, n = self._days.starts, len(self._cohorts)
        counts = tuple(map(tuple, self._cohorts.tolist()))
        if self._parent_times is not None:
            return Cohorts("time", starts, starts, counts)
        rows = tuple(i * self._parent.rows // n for i in range(n + 1))
        return Cohorts("row", rows, starts, counts)


@dataclass(frozen=True)
class Days:
    """The window in equal stretches of whole days.

    Attributes
    ----------
    first, step
        Where the first one begins, and how long each is, in nanoseconds.
    n
        How many there are.
    """

    first: int
    step: int
    n: int

    @classmethod
    def of(cls, window: Window) -> Days:
        """About `COHORTS` stretches of a window."""
        first, end = ns_of_day(window.start), ns_of_day(window.end) + 1
        step = max(time_step(end - first, COHORTS), DAY_NS)
        return cls(first, step, -(-(end - first) // step))

    def stretches(self, times: Ints) -> Ints:
        """In which stretch each time is; what is outside of all is in the nearest one."""
        stretches: Ints = (times - self.first) // self.step
        return stretches.clip(0, self.n - 1)

    @property
    def starts(self) -> tuple[str, ...]:
        """Days at which stretches begin; the last one ends one."""
        return tuple(as_times([self.first + i * self.step for i in range(self.n + 1)], days=True))


def _times_of(table: Table, source: RowSource) -> Ints | None:
    """When each row is, in nanoseconds since 1970; None where rows have no time."""
    if table.time_column is None:
        return None
    times, first = np.empty(table.rows, np.int64), 0
    for rows in source.blocks(table, [table.time_column]):
        times[first : first + rows.height] = nanoseconds(rows[table.time_column])
        first += rows.height
    return times


def _add_pairs(counts: Ints, first: Ints, second: Ints) -> None:
    """Count how often each pair comes."""
    n = counts.shape[1]
    counts += np.bincount(first * n + second, minlength=counts.size).reshape(counts.shape)


def _clusters(parent: Table, table: Table, key: ForeignKey) -> tuple[int, int]:
    """Clusters of either side, down to the last level on which all of them can be shown."""
    clusters = (1, 1)
    for depth in range(1, 1 + (len(key.blocks.levels) if key.blocks else 0)):
        assert key.blocks is not None  # noqa: S101 (there is no depth otherwise)
        parents = math.prod(key.blocks.parent_radices[:depth])
        children = math.prod(key.blocks.child_radices[:depth])
        if parents <= min(CLUSTERS, parent.rows) and children <= min(CLUSTERS, table.rows):
            clusters = (parents, children)
    return clusters


def _parts(clusters: int, rows: int) -> int:
    """Into how many parts rows are divided, so that each cluster is one or some of them."""
    return clusters * max(1, min(CLUSTERS, rows) // clusters)


def _part(rows: Ints, n: int, n_rows: int) -> Ints:
    """In which of n parts rows are, of which part i begins at row ⌊i N/n⌋."""
    return ((rows + 1) * n - 1) // n_rows


def _median(counts: list[int], parents: list[int], n_parents: int) -> float:
    """Median fan-out, childless parents included."""
    below = n_parents - int(sum(parents))
    middle = []
    for position in ((n_parents - 1) // 2, n_parents // 2):
        end, value = below, 0
        for n, several in zip(counts, parents, strict=True):
            if position < end:
                break
            end, value = end + several, n
        middle.append(value if position >= below else 0)
    return (middle[0] + middle[1]) / 2


def _binned(counts: list[int], parents: list[int]) -> tuple[Fanned, ...]:
    """Parents by fan-out; where there are many different ones, by bins that widen."""
    if len(counts) <= _MOST_FAN_OUTS:
        return tuple(Fanned(n, n, several) for n, several in zip(counts, parents, strict=True))
    binned: dict[int, Fanned] = {}
    for n, several in zip(counts, parents, strict=True):
        bin_ = round(_PER_DECADE * math.log10(n))
        former = binned.get(bin_)
        if former is None:
            binned[bin_] = Fanned(n, n, several)
        else:
            binned[bin_] = Fanned(former.low, n, former.parents + several)
    return tuple(binned.values())
