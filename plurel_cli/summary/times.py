"""Figures of the times of a table: rows by days or weeks, by weekday and hour, and by split."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.summary.bins import DAY_NS, time_step
from plurel_cli.summary.columns import as_times
from plurel_cli.summary.rows import RowSource

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

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
    import polars as pl

    if table.time_column is None or schema.window is None:
        return None
    times = nanoseconds(table.time_column)
    val, test = (
        ns_of_day(day) for day in (schema.window.val_timestamp, schema.window.test_timestamp)
    )
    lazy = source.lazy(table)
    asked = [times.min().alias("low"), times.max().alias("high")]
    asked += [(times < day).sum().alias(name) for name, day in (("val", val), ("test", test))]
    (ends,) = source.collect(table, [lazy.select(asked)])
    low, high, before_val, before_test = ends.row(0)
    if low is None:
        return None
    start, end = ns_of_day(schema.window.start), ns_of_day(schema.window.end)
    start, end = min(start, low // DAY_NS * DAY_NS), max(end, high + 1)
    step = time_step(end - start, STRETCHES)
    stretch = ((times - start) // step).alias("stretch")
    time = pl.col(table.time_column)
    hours = [time.dt.weekday().alias("weekday"), time.dt.hour().alias("hour")]
    by_stretch, by_hour = source.collect(
        table, [lazy.group_by(stretch).agg(pl.len()), lazy.group_by(hours).agg(pl.len())]
    )
    n = -(-(end - start) // step)
    counts = [0] * n
    for position, rows in by_stretch.iter_rows():
        if position is not None:
            counts[position] = rows
    week = [[0] * 24 for _ in range(7)]
    for weekday, hour, rows in by_hour.iter_rows():
        if weekday is not None:
            week[weekday - 1][hour] = rows
    known = int(sum(counts))
    return TimeFigures(
        column=table.time_column,
        first=as_times([low])[0],
        last=as_times([high])[0],
        starts=tuple(as_times([start + i * step for i in range(n + 1)], days=step >= DAY_NS)),
        counts=tuple(counts),
        by_hour=tuple(map(tuple, week)),
        splits=(before_val, before_test - before_val, known - before_test),
    )


def nanoseconds(column: str) -> pl.Expr:
    """A column of times, in nanoseconds since 1970."""
    import polars as pl

    return pl.col(column).cast(pl.Datetime("ns")).cast(pl.Int64)
