"""Draws forecasts of what may be asked: horizon, rule, and who is asked about.

A form of question is drawn first, so that none drowns the others, then what it is asked of. All
that a rule needs of the values, labels and bounds, it takes from rows before `val_timestamp`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from plurel_cli.config.tasks import NO_SHIFT, DialsConfig, TasksConfig
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.tasks.asked import FORMS, Ask, Events, Value, asks_of, is_category
from plurel_cli.tasks.clocks import EventClock
from plurel_cli.tasks.forecast import Condition, EventRule, Forecast, Split
from plurel_cli.tasks.labels import nanoseconds
from plurel_cli.tasks.splits import Period
from plurel_cli.tasks.tables import Tables

LOOKBACKS = (1, 2, 4, 8, None)
"""Of how many horizons before a cut-off an event makes an entity one that is asked about; none for
any earlier event."""

REDRAWS = 24
"""How often a question is drawn again, of entities that have no history to speak of."""

AS_IT_COMES = DialsConfig().horizon
"""Horizons that nobody has asked for: where one has too few rows, the nearest that has enough."""

MOST_HORIZON_RATIO = 3.0
"""By what factor a horizon may be off that was asked for, as few days are a horizon's."""

QUANTILES = (0.1, 0.25, 0.5, 0.75, 0.9)

MOST_CONDITION_LABELS = 8
"""Labels by which events are told apart: the most frequent."""


@dataclass(frozen=True)
class Hardness:
    """How hard a forecast is to be."""

    positives: float
    cold_start: float
    shift: str
    noise: float
    tail: float
    horizon: float | None = None
    """Over the usual time between events, where that was asked for."""
    horizon_came: float | None = None
    """What it turned out as."""

    @property
    def needs_yes_or_no(self) -> bool:
        """Whether that can only be asked of yes or no."""
        return self.positives > 0 or self.shift != NO_SHIFT or self.noise > 0


@dataclass(frozen=True)
class Drawn:
    """A forecast, and how hard it is to be."""

    forecast: Forecast
    wanted: Hardness

    @property
    def key(self) -> tuple[object, ...]:
        """What tells it from others: what is asked, of which events, and how far ahead."""
        like = self.forecast.rule.like
        bound = None if like is None else (like.sign, like.bound)
        return (self.forecast.ask.id, bound, self.forecast.horizon_days)


class Drawer:
    """Draws forecasts of one database.

    Parameters
    ----------
    tables
        The database.
    period
        The time that it covers.
    settings
        Which kinds are asked for, how hard they are made, and how many rows are enough.
    """

    def __init__(self, tables: Tables, period: Period, settings: TasksConfig) -> None:
        kinds = settings.kinds
        self._tables = tables
        self._period = period
        self._settings = settings
        self._stream = Stream(tables.schema.seed).child("tasks", "forecasts")
        self._clocks: dict[tuple[str, ...], EventClock] = {}
        self._bounds: dict[tuple[str, str], list[tuple[str, object]]] = {}
        forms = [form for form in FORMS if ("link" if form == "link" else "forecast") in kinds]
        asks = list(asks_of(tables.schema)) if period.horizons() else []
        self._asks = {form: of for form in forms if (of := [a for a in asks if a.form == form])}

    @cached_property
    def split(self) -> Split:
        """Days of the splits, as SQL has them."""
        return Split(self._period.val.isoformat(), self._period.test.isoformat())

    def all(self, n: int) -> Iterator[Drawn]:
        """So many attempts, each of which may give a forecast; no question comes twice."""
        seen: set[tuple[object, ...]] = set()
        for number in range(n if self._asks else 0):
            drawn = self._one(self._stream.child(number).draws())
            if drawn is None or (key := drawn.key) in seen:
                continue
            seen.add(key)
            yield drawn

    def _one(self, draws: Draws) -> Drawn | None:
        dials = self._settings.dials
        wanted = Hardness(
            positives=dials.positives.draw(draws),
            cold_start=dials.cold_start.draw(draws),
            shift=dials.shift.draw(draws),
            noise=dials.noise.draw(draws),
            tail=dials.tail.draw(draws),
        )
        forms = list(self._asks)
        if wanted.positives > 0:
            forms = [form for form in forms if form == "any"]
        elif wanted.needs_yes_or_no:
            forms = [form for form in forms if form in ("any", "none")]
        elif wanted.tail > 0:
            forms = [form for form in forms if form in ("count", "sum", "max", "wait", "distinct")]
        if not forms:
            return None
        for _ in range(REDRAWS):
            ask = draws.item(self._asks[draws.item(forms)])
            factor = dials.horizon.draw(draws)
            chance = self._chance(ask, factor, draws)
            if chance is None:
                continue
            came = chance[0] / (self._clock(ask.events).gap or 1.0)
            if dials.horizon == AS_IT_COMES:
                break
            if abs(math.log(came / factor)) <= math.log(MOST_HORIZON_RATIO):
                wanted = replace(wanted, horizon=factor, horizon_came=came)
                break
        else:
            return None
        horizon, lookback, n_evaluations = chance
        like = None if ask.like is None else self._condition(ask.like, draws)
        later = None
        if wanted.shift == "mechanism":
            if ask.like is None or like is None:
                return None
            other = self._condition(ask.like, draws)
            if other is None or other == like:
                return None
            later = EventRule(1, other)
        if ask.like is not None and like is None:
            return None
        forecast = Forecast(
            ask,
            horizon,
            self.split,
            lookback,
            EventRule(1, like),
            later,
            noise=round(1000 * wanted.noise),
            n_evaluations=n_evaluations,
        )
        return Drawn(forecast, wanted)

    def _chance(self, ask: Ask, factor: float, draws: Draws) -> tuple[int, int | None, int] | None:
        """Horizon, lookback and evaluations by which a question should have rows enough."""
        clock = self._clock(ask.events)
        lookbacks = [n for n in LOOKBACKS if not (ask.form == "return" and n == 1)]
        first = lookbacks.index(draws.item(lookbacks))
        if clock.gap is None:
            return None
        chances = clock.chances(
            ask.form,
            clock.gap * factor,
            [*lookbacks[first:], *lookbacks[:first]],
            self._settings,
        )
        return next(chances, None)

    def _clock(self, events: Events) -> EventClock:
        if events.id not in self._clocks:
            self._clocks[events.id] = EventClock.of(self._tables, events, self._period)
        return self._clocks[events.id]

    def _condition(self, value: Value, draws: Draws) -> Condition | None:
        """A label or a bound by which events are told apart."""
        key = (value.table.name, value.column.name)
        if key not in self._bounds:
            self._bounds[key] = list(self._bounds_of(value))
        bounds = self._bounds[key]
        if not bounds:
            return None
        sign, bound = draws.item(bounds)
        return Condition(value, sign, bound)

    def _bounds_of(self, value: Value) -> Iterator[tuple[str, object]]:
        import polars as pl

        values = self._tables.series(value.table, value.column.name)
        if value.table.time_column is not None:
            is_early = self._tables.times(value.table) < nanoseconds(self._period.val)
            values = values.filter(pl.Series(is_early))
        values = values.drop_nulls()
        if is_category(value.column):
            labels = values.value_counts().sort("count", values.name, descending=[True, False])
            if labels.height > 1:
                yield from (("=", label) for label in labels[values.name][:MOST_CONDITION_LABELS])
            return
        ordered = values.sort()
        places = {math.ceil(share * len(ordered)) - 1 for share in QUANTILES}
        for bound in sorted({ordered[place] for place in places if place >= 0}):
            yield from (("<=", bound), (">=", bound))


def with_rule(forecast: Forecast, least: int, later_least: int | None = None) -> Forecast:
    """A forecast whose answer takes so many events.

    Parameters
    ----------
    forecast
        Of yes or no.
    least
        How many it takes.
    later_least
        How many from `val_timestamp` on, if that differs.

    Returns
    -------
    Forecast
    """
    rule = replace(forecast.rule, least=least)
    later = forecast.later
    if later_least is not None:
        later = replace(later or forecast.rule, least=later_least)
    elif later is not None:
        later = replace(later, least=least)
    return replace(forecast, rule=rule, later=later)
