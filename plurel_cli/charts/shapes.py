"""The charts of figures: which specification draws a column, a key, or the times of a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plurel_cli.charts.chart import Bars, Cells, Chart, HeatMap
from plurel_cli.schema.window import Window
from plurel_cli.summary.columns import ColumnFigures, Histogram
from plurel_cli.summary.keys import LAGS_S, KeyFigures
from plurel_cli.summary.times import TimeFigures

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_LAG_WORDS = (
    *("before", "at once", "1 s", "1 min", "15 min", "1 h", "3 h", "6 h", "12 h"),
    *("1 d", "2 d", "4 d", "1 w", "2 w", "1 mo", "2 mo", "3 mo", "6 mo", "1 y", "2 y", "5 y"),
    "10 y",
)
"""Where bins of lags begin."""

assert len(_LAG_WORDS) == len(LAGS_S) + 1  # noqa: S101 (one of them is before the parent)


def column_charts(column: ColumnFigures) -> Iterator[Chart]:
    """The charts of a column: its distribution, and its most frequent values.

    Parameters
    ----------
    column
        Its figures.

    Yields
    ------
    Chart
    """
    if (histogram := column.distribution) is not None and not _is_listed(column):
        yield _histogram(column, histogram)
    elif column.top:
        values, rows = zip(*column.top, strict=True)
        about = f"The most frequent values of {column.name} and their rows"
        yield Chart("top", about, {"value": values, "rows": rows})


def _is_listed(column: ColumnFigures) -> bool:
    """Whether the most frequent values are all that there are."""
    return len(column.top) == column.distinct and column.distinct <= 2


def _histogram(column: ColumnFigures, histogram: Histogram) -> Chart:
    edges: Cells = histogram.edges
    if histogram.scale == "time":
        edges = [utc(str(edge)) for edge in edges]
    what = "lengths" if histogram.of == "length" else "values"
    return Chart(
        f"histogram_{histogram.scale}",
        f"Distribution of the {what} of {column.name}",
        Bars(edges, histogram.counts),
        {"x": "characters"} if histogram.of == "length" else None,
    )


def utc(time: str) -> str:
    """A time as JavaScript reads it.

    Examples
    --------
    >>> utc("2020-01-31 12:00:00.5"), utc("2020-01-31 00:00:00")
    ('2020-01-31T12:00:00Z', '2020-01-31')
    """
    day, _, clock = time.partition(" ")
    seconds = clock.partition(".")[0]
    return f"{day}T{seconds}Z" if seconds.strip("0:") else day


def timeline_chart(table: str, times: TimeFigures, window: Window) -> Chart:
    """Rows of a table over time, with the days at which splits begin.

    Parameters
    ----------
    table
        Its name.
    times
        Its figures.
    window
        That of the database.

    Returns
    -------
    Chart
    """
    starts = [utc(start) for start in times.starts]
    marks = [utc(str(day)) for day in (window.val_timestamp, window.test_timestamp)]
    return Chart(
        "timeline",
        f"Rows of {table} over time; validation from {window.val_timestamp}, test from "
        f"{window.test_timestamp}",
        Bars(starts, times.counts, dict(zip(("validation", "test"), marks, strict=True))),
    )


def week_chart(table: str, times: TimeFigures) -> Chart:
    """Rows of a table by weekday and hour.

    Parameters
    ----------
    table
        Its name.
    times
        Its figures.

    Returns
    -------
    Chart
    """
    grid = HeatMap(WEEKDAYS, list(range(24)), times.by_hour)
    return Chart("week", f"Rows of {table} by weekday and hour", grid)


def key_charts(key: KeyFigures) -> Iterator[Chart]:
    """The charts of a foreign key: matrix, fan-out, lags, cohorts.

    Parameters
    ----------
    key
        Its figures.

    Yields
    ------
    Chart
    """
    name = f"{key.child}.{key.column}"
    yield Chart(
        "matrix",
        f"Which rows of {key.child} refer to which of {key.parent}, by equal parts of the rows",
        HeatMap(list(range(len(key.matrix))), list(range(len(key.matrix[0]))), key.matrix),
        {"x": f"rows of {key.child}, by parts", "y": f"rows of {key.parent}, by parts"},
    )
    if key.fan_out:
        yield Chart(
            "fan_out",
            f"Rows of {key.parent} by the number of rows that refer to each by {name}",
            {
                "children": [round((each.low * each.high) ** 0.5, 3) for each in key.fan_out],
                "parents": [
                    round(each.parents / (each.high - each.low + 1), 6) for each in key.fan_out
                ],
            },
        )
    if key.lags is not None:
        yield Chart(
            "lags",
            f"Time from a row of {key.parent} to those that refer to it by {name}",
            {"lag": _LAG_WORDS, "rows": key.lags},
        )
    if key.cohorts is not None:
        cohorts, starts = key.cohorts.cohorts, key.cohorts.starts
        by_time = key.cohorts.by == "time"
        yield Chart(
            "cohorts",
            f"Rows of {key.child} over time, by when or where the row of {key.parent} is",
            HeatMap(_starts(cohorts, by_time=by_time), _starts(starts, by_time=True), _of(key)),
            {
                "x": f"time of {key.child}",
                "y": f"{'time' if by_time else 'row'} of {key.parent}",
            },
        )


def _of(key: KeyFigures) -> Sequence[Cells]:
    """Counts of cohorts; what cannot be is left out."""
    assert key.cohorts is not None  # noqa: S101 (asked of keys that have some)
    return [[rows or None for rows in cohort] for cohort in key.cohorts.counts]


def _starts(labels: Sequence[str] | Sequence[int], *, by_time: bool) -> Cells:
    return [str(label)[:10] if by_time else label for label in labels[:-1]]
