"""The answers of a forecast: what its SQL gives of the tables, taken from sorted rows instead.

At each cut-off, the entities that are asked about have events of late; their later events, up to
the horizon, are a slice of all rows by entity and time. What the answer is of is summed over these
slices, so that no row is joined with a cut-off. Sums and means agree with SQL's to the last digits,
all else is equal, which is tested form by form.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.tasks.forecast import EventRule, Forecast
from plurel_cli.tasks.sql import TIME_COLUMN
from plurel_cli.tasks.tables import (
    NS_PER_DAY,
    NS_PER_SECOND,
    SortedRows,
    Tables,
    expanded,
    way_of,
)

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Doubles = NDArray[np.float64]
    Bools = NDArray[np.bool_]


EPOCH = dt.date(1970, 1, 1)


def nanoseconds(day: dt.date) -> int:
    """The midnight at which a day begins, since 1970."""
    return (day - EPOCH).days * NS_PER_DAY


@dataclass(frozen=True)
class _Slices:
    """Rows of labels, each with the later events that it is about.

    Attributes
    ----------
    time, entity
        Cut-off and entity of each.
    first, end
        Where the events after the cut-off begin among the sorted ones, and where they end.
    """

    time: Ints
    entity: Ints
    first: Ints
    end: Ints

    def where(self, kept: Bools) -> _Slices:
        """Some of them."""
        return _Slices(self.time[kept], self.entity[kept], self.first[kept], self.end[kept])

    def sums(self, values: Doubles) -> Doubles:
        """Sums of what events have, none of it NaN."""
        return self._reduced(np.add, values, 0.0)

    def largest(self, values: Doubles) -> Doubles:
        """The largest of what events have; −∞ where there are none."""
        return self._reduced(np.maximum, values, -np.inf)

    def _reduced(self, function: np.ufunc, values: Doubles, empty: float) -> Doubles:
        if not self.first.size:
            return np.empty(0)
        bounds = np.column_stack((self.first, self.end)).ravel()
        reduced = function.reduceat(np.append(values, empty), bounds)[::2]
        return np.where(self.end > self.first, reduced, empty)

    def counts(self, counted: Bools | None = None) -> Ints:
        """How many events there are, or of those that count."""
        if counted is None:
            return self.end - self.first
        before = np.concatenate(([0], np.cumsum(counted)))
        counts: Ints = before[self.end] - before[self.first]
        return counts


class _Asked:
    """A forecast on a database, at some cut-offs."""

    def __init__(self, forecast: Forecast, tables: Tables, cut_offs: Sequence[dt.date]) -> None:
        self.forecast = forecast
        self.tables = tables
        self.events = forecast.ask.events
        self.rows: SortedRows = tables.sorted_rows(
            way_of(self.events), shuffled=False, is_timed=True
        )
        self.val = nanoseconds(dt.date.fromisoformat(forecast.split.val))
        self.slices = self._slices([nanoseconds(day) for day in sorted(set(cut_offs))])

    def _slices(self, cut_offs: list[int]) -> _Slices:
        """What is asked about at each cut-off."""
        forecast, span = self.forecast, self.forecast.horizon_days * NS_PER_DAY
        timeline = self.tables.timeline(self.events)
        present = [
            timeline.present(
                None if forecast.lookback is None else time - forecast.lookback * span, time
            )
            for time in cut_offs
        ]
        time = np.repeat(np.array(cut_offs, dtype=np.int64), [some.size for some in present])
        entity = np.concatenate([np.empty(0, dtype=np.int64), *present])
        kept = self._is_known(time, entity)
        if forecast.held:
            kept &= (time >= self.val) | (_lot(entity) >= forecast.held)
        time, entity = time[kept], entity[kept]
        rows = self.rows
        slices = _Slices(time, entity, rows.end(entity, time), rows.end(entity, time + span))
        if forecast.ask.form == "return":
            slices = slices.where(rows.end(entity, time - span) == slices.first)
        return slices

    def _is_known(self, time: Ints, entity: Ints) -> Bools:
        """Whether entities exist at their cut-offs."""
        table = self.events.entity
        if table.time_column is None:
            return np.ones(time.size, dtype=np.bool_)
        since, until = self.tables.times(table)[entity], time
        if self.forecast.n_evaluations > 1:  # RelBench knows none that is newer
            until = np.minimum(time, nanoseconds(dt.date.fromisoformat(self.forecast.split.test)))
        known: Bools = since <= until
        return known

    def numbers(self) -> Doubles:
        """The column that is asked of, for the sorted events; NaN for null."""
        value = self.forecast.ask.value
        assert value is not None  # noqa: S101 (the form has one)
        numbers = self.tables.numbers(value.table, value.column)
        place = self.tables.referred(self.events.table, value, shuffled=False)
        if place is not None:
            numbers = np.where(place >= 0, numbers[np.maximum(place, 0)], np.nan)
        return numbers[self.rows.order]

    def counted(self, rule: EventRule) -> Bools | None:
        """Which of the sorted events count; none where all do."""
        if rule.like is None:
            return None
        met = self.tables.meets(rule.like)
        place = self.tables.referred(self.events.table, rule.like.value, shuffled=False)
        if place is not None:
            met = (place >= 0) & met[np.maximum(place, 0)]
        return met[self.rows.order]

    def others(self) -> Ints:
        """The other row that each of the sorted events refers to; −1 for none."""
        other = self.forecast.ask.other
        assert other is not None  # noqa: S101 (the form has one)
        return self.tables.keys(self.events.table, other, shuffled=False)[self.rows.order]


def labels_of(forecast: Forecast, tables: Tables, cut_offs: Sequence[dt.date]) -> pl.DataFrame:
    """The labels of a forecast.

    Parameters
    ----------
    forecast
        What is asked.
    tables
        The database.
    cut_offs
        Days, at whose midnights is asked.

    Returns
    -------
    DataFrame
        In the order of RelBench: by time, then by entity.

    Notes
    -----
    O(events + labels log(events)) time, for each cut-off as many steps as there are entities.
    """
    import polars as pl

    asked = _Asked(forecast, tables, cut_offs)
    form = forecast.ask.form
    answers: pl.Series | NDArray[np.generic]
    if forecast.is_yes_or_no:
        slices, answers = asked.slices, _yes_or_no(asked)
    else:
        slices, answers = _ANSWERS[form](asked)
    return pl.DataFrame(
        [
            pl.Series(TIME_COLUMN, slices.time).cast(pl.Datetime("ns")),
            pl.Series(forecast.entity_col, slices.entity),
            pl.Series(forecast.target_col, answers),
        ]
    )


def _lot(entity: Ints, also: Ints | int = 0) -> Ints:
    """As the SQL draws it."""
    lot: Ints = (entity * 48271 + also * 69621 + 12345) * 16807 % 2147483647 % 1000
    return lot


def _yes_or_no(asked: _Asked) -> NDArray[np.int32]:
    """Whether there are as many events as it takes, or not, as 1 and 0."""
    forecast, slices = asked.forecast, asked.slices

    def answer(rule: EventRule) -> Bools:
        counts = slices.counts(asked.counted(rule))
        is_few: Bools = counts < rule.least
        return is_few if forecast.ask.form == "none" else ~is_few

    answers = answer(forecast.rule)
    if forecast.later is not None:
        answers = np.where(slices.time >= asked.val, answer(forecast.later), answers)
    if forecast.noise:
        days = slices.time // NS_PER_DAY + (EPOCH - dt.date.min).days
        answers ^= (slices.time < asked.val) & (_lot(slices.entity, days) < forecast.noise)
    return answers.astype(np.int32)


Answered = tuple[_Slices, "pl.Series | NDArray[np.generic]"]


def _count(asked: _Asked) -> Answered:
    return asked.slices, asked.slices.counts(asked.counted(asked.forecast.rule))


def _share(asked: _Asked) -> Answered:
    slices = asked.slices.where(asked.slices.counts() > 0)
    return slices, slices.counts(asked.counted(asked.forecast.rule)) / slices.counts()


def _sum(asked: _Asked) -> Answered:
    return asked.slices, asked.slices.sums(np.nan_to_num(asked.numbers()))


def _mean(asked: _Asked) -> Answered:
    numbers = asked.numbers()
    counts = asked.slices.counts(np.isfinite(numbers))
    slices = asked.slices.where(counts > 0)
    return slices, slices.sums(np.nan_to_num(numbers)) / counts[counts > 0]


def _max(asked: _Asked) -> Answered:
    import polars as pl

    numbers, value = asked.numbers(), asked.forecast.ask.value
    assert value is not None  # noqa: S101 (the form has one)
    is_there = np.isfinite(numbers)
    slices = asked.slices.where(asked.slices.counts(is_there) > 0)
    largest = slices.largest(np.where(is_there, numbers, -np.inf))
    return slices, pl.Series(largest).cast(
        asked.tables.series(value.table, value.column.name).dtype
    )


def _next(asked: _Asked) -> Answered:
    value, order = asked.forecast.ask.value, asked.rows.order
    assert value is not None  # noqa: S101 (the form has one)
    place = asked.tables.referred(asked.events.table, value, shuffled=False)
    row = order if place is None else place[order]
    labels = asked.tables.series(value.table, value.column.name)
    is_there = (row >= 0) & labels.is_not_null().to_numpy()[np.maximum(row, 0)]
    places = np.append(np.where(is_there, np.arange(row.size), row.size), row.size)
    coming = np.minimum.accumulate(places[::-1])[::-1]
    slices = asked.slices.where(coming[asked.slices.first] < asked.slices.end)
    return slices, labels.gather(row[coming[slices.first]])


def _wait(asked: _Asked) -> Answered:
    slices = asked.slices.where(asked.slices.counts() > 0)
    seconds = (asked.rows.times[slices.first] - slices.time) // NS_PER_SECOND
    return slices, seconds / 86400.0


def _distinct(asked: _Asked) -> Answered:
    row, _ = _linked(asked, asked.others())
    return asked.slices, np.bincount(row, minlength=asked.slices.time.size)


def _link(asked: _Asked) -> Answered:
    import polars as pl

    others, table = asked.others(), asked.forecast.ask.other_table
    since = None
    if table is not None and table.time_column is not None:
        since = asked.tables.times(table)
    row, other = _linked(asked, others, since)
    frame = pl.DataFrame({"row": row, "other": other})
    lists = frame.group_by("row", maintain_order=True).agg("other")
    kept = np.zeros(asked.slices.time.size, dtype=np.bool_)
    kept[lists["row"].to_numpy()] = True
    return asked.slices.where(kept), lists["other"]


def _linked(asked: _Asked, others: Ints, since: Ints | None = None) -> tuple[Ints, Ints]:
    """Each other row that later events refer to, once for each row of labels, in order."""
    row, event = expanded(asked.slices.first, asked.slices.end)
    other = others[event]
    kept = other >= 0
    if since is not None:
        kept &= since[np.maximum(other, 0)] <= asked.slices.time[row]
    n = int(others.max(initial=0)) + 1
    both = np.unique(row[kept] * n + other[kept])
    return both // n, both % n


_ANSWERS: dict[str, Callable[[_Asked], Answered]] = {
    "count": _count,
    "share": _share,
    "sum": _sum,
    "mean": _mean,
    "max": _max,
    "next": _next,
    "wait": _wait,
    "distinct": _distinct,
    "link": _link,
}
