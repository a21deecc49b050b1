"""How fast the entities of a database live, by which horizons are drawn.

What counts are events before `val_timestamp`: the usual time from one of an entity's to its next,
and how many entities a question would be about at a cut-off, of which some have events after it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from plurel_cli.config.tasks import TasksConfig
from plurel_cli.tasks.asked import Events
from plurel_cli.tasks.labels import nanoseconds
from plurel_cli.tasks.splits import Period
from plurel_cli.tasks.tables import NS_PER_SECOND, Tables

LEAST_ENTITIES = 30
LEAST_DAYS = 0.04
"""Events that follow one another within the hour are one."""

WELL_JUDGED = 300
"""Rows by which an answer is judged well: so many cut-offs are evaluated as it takes."""

MOST_EVALUATIONS = 20
"""Most cut-offs of validation and of test."""

MOST_TRIED = 8
"""Of how many of the last training cut-offs rows are counted."""

MOST_ROWS = 60_000
"""Most labels of the training split; of links a third, as each is a list."""

SPARE = 1.3
"""Over the least rows of a split, what there must be of earlier ones."""

MOST_JOINED = 1_500_000
"""Most pairs of an event and a cut-off that labels are made of."""


class EventClock:
    """The events of entities before `val_timestamp`, in the order of time.

    Parameters
    ----------
    entity
        Of which entity each event is.
    day
        When, in days after `val_timestamp`: below 0.
    period
        The time that the database covers.
    """

    def __init__(self, entity: NDArray[np.int64], day: NDArray[np.float64], period: Period) -> None:
        self._entity = entity
        self._day = day
        self._period = period
        self._n = int(entity.max(initial=-1)) + 1
        self._counted: dict[tuple[bool, int, int | None, int], tuple[float, float]] = {}
        self.gap = _usual_gap(entity, day)

    @classmethod
    def of(cls, tables: Tables, events: Events, period: Period) -> EventClock:
        """The clock of some events.

        Parameters
        ----------
        tables
            The database.
        events
            The events, and how they lead to entities.
        period
            The time that the database covers.

        Returns
        -------
        EventClock
        """
        timeline, val = tables.timeline(events), nanoseconds(period.val)
        n = int(np.searchsorted(timeline.time, val, "left"))
        seconds = -((val - timeline.time[:n]) // NS_PER_SECOND)
        return cls(timeline.entity[:n], seconds / 86400.0, period)

    def chances(
        self, form: str, days: float, lookbacks: Sequence[int | None], settings: TasksConfig
    ) -> Iterator[tuple[int, int | None, int]]:
        """Horizons, lookbacks and evaluations by which a question would have rows enough.

        Parameters
        ----------
        form
            Of the question.
        days
            The horizon that it should have; those nearest to it come first.
        lookbacks
            The lookbacks, in the order in which they are tried.
        settings
            How many rows are enough.

        Yields
        ------
        tuple
        """
        horizons = sorted(self._period.horizons(), key=lambda h: (abs(math.log(h / days)), h))
        for horizon in horizons:
            for lookback in lookbacks:
                n = self._evaluations(form, horizon, lookback, settings)
                if n is not None:
                    yield horizon, lookback, n

    def _evaluations(
        self, form: str, horizon: int, lookback: int | None, settings: TasksConfig
    ) -> int | None:
        """At how many cut-offs to evaluate; none where even all of them have too few rows."""
        most = 1 if form == "link" else min(self._period.evaluations(horizon), MOST_EVALUATIONS)
        n_cut_offs = self._period.n_cut_offs(horizon)
        asked, met = self.rows(form, horizon, lookback, min(most, MOST_TRIED, n_cut_offs - 1))
        if self._is_large(form, asked, lookback, n_cut_offs):
            return None
        least_rows = SPARE * settings.min_rows
        if form in NEEDS_EVENTS:
            return _enough(met, least_rows, most)
        least = SPARE * settings.min_class_rows
        if met * most < least or (form in ("none", "return") and (asked - met) * most < least):
            return None
        return _enough(asked, least_rows, most)

    def _is_large(self, form: str, asked: float, lookback: int | None, n_cut_offs: int) -> bool:
        """Whether there would be too many labels, or making them would take too long."""
        most = MOST_ROWS // 3 if form == "link" else MOST_ROWS
        times = n_cut_offs / 2 if lookback is None else min(lookback + 1, n_cut_offs)
        return asked * n_cut_offs > most or self._day.size * times > MOST_JOINED

    def rows(self, form: str, horizon: int, lookback: int | None, n: int) -> tuple[float, float]:
        """Entities asked about at a cut-off, and those with events to come; of some, the mean.

        Parameters
        ----------
        form
            Of the question.
        horizon
            Its horizon, in days.
        lookback
            Of how many horizons before a cut-off an event counts; none for any earlier one.
        n
            Over how many cut-offs, the last of training.

        Returns
        -------
        tuple of float
        """
        is_return = form == "return"
        name = (is_return, horizon, lookback, n)
        if name not in self._counted:
            self._counted[name] = self._rows(*name)
        return self._counted[name]

    def _rows(
        self, is_return: bool, horizon: int, lookback: int | None, n: int
    ) -> tuple[float, float]:
        asked = met = 0
        for number in range(1, n + 1):
            day = float(-number * horizon)
            before = self._with_events(
                -math.inf if lookback is None else day - lookback * horizon, day
            )
            if is_return:
                before &= ~self._with_events(day - horizon, day)
            asked += int(before.sum())
            met += int((before & self._with_events(day, day + horizon)).sum())
        return asked / n, met / n

    def _with_events(self, after: float, until: float) -> NDArray[np.bool_]:
        """Which entities have events after a day and until another."""
        first, end = np.searchsorted(self._day, (after, until), "right")
        present = np.zeros(self._n, dtype=np.bool_)
        present[self._entity[first:end]] = True
        return present


def _enough(rows: float, least: float, most: int) -> int | None:
    """How many cut-offs give rows enough; none where even the most do not."""
    if rows * most < least:
        return None
    return min(max(math.ceil(WELL_JUDGED / rows), 1), most)


NEEDS_EVENTS = frozenset({"share", "wait", "mean", "max", "next", "link"})
"""Forms that are only asked of entities with events to come."""


def _usual_gap(entity: NDArray[np.int64], day: NDArray[np.float64]) -> float | None:
    """Median days from an entity's event to a later one; none where too few have both."""
    order = np.argsort(entity, kind="stable")
    entities, gaps = entity[order], np.diff(day[order])
    counted = (np.diff(entities) == 0) & (gaps > LEAST_DAYS)
    with_gaps = entities[1:][counted]
    if np.count_nonzero(np.diff(with_gaps)) + 1 < LEAST_ENTITIES:
        return None
    return float(np.median(gaps[counted]))
