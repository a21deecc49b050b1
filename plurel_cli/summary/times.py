"""Figures of the times of a table: rows by days or weeks, by weekday and hour, and by split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.window import Window
from plurel_cli.summary.bins import DAY_NS, time_step
from plurel_cli.summary.columns import as_times
from plurel_cli.summary.passes import RowTally, chunks, go_over, nanoseconds
from plurel_cli.summary.rows import RowSource

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

_HOUR_NS = 3600 * 10**9

_FIRST_HOUR = 3 * 24
"""The year 1970 began on a Thursday."""

STRETCHES = 120
"""About into how many stretches the times of a table are counted."""


@dataclass(frozen=True)
class TimeFigures:
    """When the rows of a table are.

    Attributes
    ----------
    column
        Its time column.
    first, last
        Earliest and latest time.
    starts
        Days, or times, at which stretches of equal length begin; the last one ends one.
    counts
        Rows of each stretch.
    by_hour
        Rows by weekday, Monday first, and hour.
    splits
        Rows before the validation timestamp, from there to the test timestamp, and from there on.
    """

    column: str
    first: str
    last: str
    starts: tuple[str, ...]
    counts: tuple[int, ...]
    by_hour: tuple[tuple[int, ...], ...]
    splits: tuple[int, int, int]


def ns_of_day(day: dt.date) -> int:
    """Midnight of a day, in nanoseconds since 1970."""
    return (day.toordinal() - 719_163) * DAY_NS


def time_figures(schema: Schema, table: Table, source: RowSource) -> TimeFigures | None:
    """Figures of the times of a table, if it has some.

    Parameters
    ----------
    schema
        The database, with a window.
    table
        A table of it.
    source
        What has its rows.

    Returns
    -------
    TimeFigures or None

    Raises
    ------
    FolderError, StorageError
        If they cannot be read.
    """
    count = time_count(schema, table, source)
    if count is None:
        return None
    go_over(source, table, [count])
    return count.figures()


def time_count(schema: Schema, table: Table, source: RowSource) -> TimeCount | None:
    """What is to be counted of the times of a table, if it has some.

    Parameters
    ----------
    schema
        The database, with a window.
    table
        A table of it.
    source
        What has its rows.

    Returns
    -------
    TimeCount or None
        It is to go over the rows.

    Raises
    ------
    FolderError, StorageError
        If they cannot be read.
    """
    import polars as pl

    if table.time_column is None or schema.window is None:
        return None
    times = pl.col(table.time_column).cast(pl.Datetime("ns")).cast(pl.Int64)
    ends = source.lazy(table).select(times.min().alias("low"), times.max().alias("high"))
    (answer,) = source.collect(table, [ends])
    low, high = answer.row(0)
    return None if low is None else TimeCount(table.time_column, schema.window, low, high)


class TimeCount(RowTally):
    """Times whose range is known, and that are to be counted.

    Parameters
    ----------
    column
        The time column.
    window
        That of the database.
    low, high
        Earliest and latest time, in nanoseconds since 1970.
    """

    def __init__(self, column: str, window: Window, low: int, high: int) -> None:
        self._column, self._low, self._high = column, low, high
        start, end = ns_of_day(window.start), ns_of_day(window.end)
        self._start, end = min(start, low // DAY_NS * DAY_NS), max(end, high + 1)
        self._step = time_step(end - self._start, STRETCHES)
        self._splits = np.array([ns_of_day(window.val_timestamp), ns_of_day(window.test_timestamp)])
        self._before = np.zeros(2, np.int64)
        self._counts = np.zeros(-(-(end - self._start) // self._step), np.int64)
        self._by_hour = np.zeros(7 * 24, np.int64)

    @property
    def names(self) -> tuple[str, ...]:
        return (self._column,)

    def add(self, _first: int, rows: pl.DataFrame, /) -> None:
        for times in chunks(nanoseconds(rows[self._column])):
            for i, split in enumerate(self._splits):
                self._before[i] += np.count_nonzero(times < split)
            stretches = (times - self._start) // self._step
            self._counts += np.bincount(stretches, minlength=len(self._counts))
            hours = (times // _HOUR_NS + _FIRST_HOUR) % len(self._by_hour)
            self._by_hour += np.bincount(hours, minlength=len(self._by_hour))

    def figures(self) -> TimeFigures:
        """The figures, when all rows are counted."""
        n, step = len(self._counts), self._step
        before_val, before_test = self._before.tolist()
        starts = as_times([self._start + i * step for i in range(n + 1)], days=step >= DAY_NS)
        return TimeFigures(
            column=self._column,
            first=as_times([self._low])[0],
            last=as_times([self._high])[0],
            starts=tuple(starts),
            counts=tuple(self._counts.tolist()),
            by_hour=tuple(map(tuple, self._by_hour.reshape(7, 24).tolist())),
            splits=(before_val, before_test - before_val, int(self._counts.sum()) - before_test),
        )
