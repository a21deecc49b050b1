"""What times of a source are like: the months they lie in, how they follow others, when rows come.

A time follows another of its row, or of the row that it refers to, if nearly all of its rows come
on one side of that one and lie closer to it than to each other. The times of rows have growth over
the window, the nearest of the profiles of week and day, bursts, and a unit to which they are
rounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np

from plurel_cli.intake.likeness.families import family_of
from plurel_cli.intake.likeness.figures import LEAST, Doubles, rounded
from plurel_cli.numerics.stream import Stream
from plurel_cli.temporal.profiles import profiles

if TYPE_CHECKING:
    import polars as pl

DAY = 86_400.0
_ONE_SIDED = 0.95
_FEWEST = 200
"""Rows of which a calendar is told, at least."""


@dataclass(frozen=True)
class TimeLag:
    """How one time lies from another.

    Attributes
    ----------
    side
        Whether it comes `after` or `before` the other.
    statement
        Distribution of the days between them.
    spread
        How far apart the middle half of these days lie.
    """

    side: str
    statement: dict[str, Any]
    spread: float


def seconds(times: pl.Series) -> Doubles:
    """Times in seconds since 1970; NaN where there is none."""
    import polars as pl

    naive = times.cast(pl.Datetime("us"))
    return naive.dt.epoch("us").cast(pl.Float64).fill_null(np.nan).to_numpy() / 1e6


def months_of(at: Doubles) -> tuple[str, str] | None:
    """Month of the tenth and of the tenth last time; none where there are fewer than twenty."""
    known = np.sort(at[~np.isnan(at)])
    if len(known) < 2 * LEAST:
        return None
    ends = known[[LEAST - 1, -LEAST]].astype("datetime64[s]").astype("datetime64[M]")
    return str(ends[0]), str(ends[1])


def lag_of(later: Doubles, earlier: Doubles) -> TimeLag | None:
    """How one time lies from another; none where it is on no side of it.

    Parameters
    ----------
    later, earlier
        Shape (n,), in seconds; NaN where there is none.

    Returns
    -------
    TimeLag or None
    """
    both = ~(np.isnan(later) | np.isnan(earlier))
    days = (later[both] - earlier[both]) / DAY
    if len(days) < 2 * LEAST:
        return None
    side = next(
        (s for s, n in (("after", 1), ("before", -1)) if (n * days >= 0).mean() >= _ONE_SIDED), ""
    )
    if not side:
        return None
    days = np.abs(days[days >= 0] if side == "after" else days[days <= 0])
    low, high = np.quantile(days, (0.25, 0.75))
    statement = family_of(days)
    if (days == 0).mean() > 0.98 or not statement:
        statement = {"numbers": {rounded(float(np.median(days))): 1}}
    if "normal" in statement or "uniform" in statement:
        statement["min"] = 0
    return TimeLag(side, statement, float(high - low))


def spread_of(at: Doubles) -> float:
    """How far apart the middle half of some times lie, in days."""
    known = at[~np.isnan(at)]
    low, high = np.quantile(known, (0.25, 0.75)) if len(known) else (0.0, 0.0)
    return float(high - low) / DAY


def arrivals_of(at: Doubles, window: tuple[float, float]) -> dict[str, Any]:
    """When the rows of a table come, as settings of `time.arrivals`.

    Parameters
    ----------
    at
        Times of its rows in seconds; NaN where there is none.
    window
        First and last second of all times.

    Returns
    -------
    dict
        Nothing where there are too few rows to tell.
    """
    known = np.sort(at[(at >= window[0]) & (at <= window[1])])
    if len(known) < _FEWEST:
        return {}
    stated: dict[str, Any] = {"spacing": "poisson", "granularity": _granularity(known)}
    growth = _growth((known - window[0]) / (window[1] - window[0]))
    if abs(growth) >= 0.1:
        stated |= {"growth": rounded(growth), "entity_growth": rounded(growth)}
    branching = _branching(known)
    if branching >= 0.1:
        gaps = np.diff(known)
        near = float(np.median(gaps[gaps > 0])) / 3600 if (gaps > 0).sum() >= LEAST else 1.0
        bursty = {"branching": branching, "lag_hours": max(rounded(2.4 * near), 0.001)}
        stated |= {"spacing": "bursty", "spacings": {"bursty": bursty}}
    return stated | _profile(known)


def _granularity(known: Doubles) -> str:
    for unit, name in ((DAY, "day"), (3600.0, "hour"), (60.0, "minute")):
        if (known % unit == 0).mean() > 0.99:
            return name
    return "second"


def _growth(positions: Doubles) -> float:
    """Logarithm of the rate at the end over that at the start, by the mean of the positions."""
    mean = float(positions.mean())
    low, high = -8.0, 8.0
    for _ in range(50):
        g = (low + high) / 2
        expected = 0.5 + g / 12 if abs(g) < 1e-3 else 1 / (1 - exp(-g)) - 1 / g
        low, high = (g, high) if expected < mean else (low, g)
    return (low + high) / 2


def _branching(known: Doubles) -> float:
    """Share of rows that others cause, by how much the counts of neighbouring stretches differ."""
    n = max(min(len(known) // 20, 400), 10)
    counts = np.histogram(known, bins=n)[0].astype(float)
    pairs = counts[: n // 2 * 2].reshape(-1, 2)
    excess = float(((pairs[:, 0] - pairs[:, 1]) ** 2).sum() / max(counts.sum(), 1.0))
    return min(rounded(1 - 1 / excess**0.5), 0.95) if excess > 1.5 else 0.0


def _profile(known: Doubles) -> dict[str, Any]:
    """The profile whose week, day and year are nearest to those of the rows."""
    days = np.floor(known / DAY)
    weekdays = np.bincount(((days + 3) % 7).astype(int), minlength=7).astype(float)
    hours = np.bincount((known % DAY // 3600).astype(int), minlength=24).astype(float)
    months = known.astype("datetime64[s]").astype("datetime64[M]").astype(int)
    years = np.bincount(months % 12, minlength=12).astype(float)
    has_hours = (known % DAY == 0).mean() < 0.9
    is_even = _differ(weekdays) < 1.5 and (not has_hours or _differ(hours) < 2)
    if is_even or np.ptp(days) < 28:
        return {}
    settings: dict[str, Any] = {"weekday_ratio": rounded(_differ(weekdays)), "jitter": 0}
    settings["hour_ratio"] = rounded(_differ(hours)) if has_hours else 1
    is_long = np.ptp(months) >= 23
    settings["month_ratio"] = rounded(_differ(years)) if is_long else 1
    settings["peak_month"] = int(years.argmax()) + 1 if is_long else 1
    choices = [*_choices(weekdays, hours, has_hours)]

    def miss(choice: tuple[str, dict[str, int]]) -> float:
        name, extra = choice
        profile: Any = profiles[name].function(Stream(0), **settings, **extra)
        by_hour = 5 * np.array(profile.working_hours) + 2 * np.array(profile.weekend_hours)
        of_hours = _miss(by_hour, hours) if has_hours else 0.0
        return of_hours + _miss(np.array(profile.weekdays), weekdays)

    name, extra = min(choices, key=miss)
    return {"profile": name, "profiles": {name: settings | extra}}


def _choices(
    weekdays: Doubles, hours: Doubles, has_hours: bool
) -> Iterator[tuple[str, dict[str, int]]]:
    """Profiles that may be nearest, each with where its day and week lie."""
    for name in ("office", "shop", "site"):
        for shift in range(-12, 12) if has_hours else (0,):
            yield name, {"shift": shift}
    hour = int(hours.argmax()) if has_hours else 12
    yield "peak", {"shift": 0, "peak_weekday": int(weekdays.argmax()) + 1, "peak_hour": hour}


def _differ(counts: Doubles) -> float:
    """The largest count over the least, of which ten rows are thought to be at least."""
    return float(counts.max() / max(counts.min(), LEAST)) if counts.max() >= LEAST else 1.0


def _miss(weights: Doubles, counts: Doubles) -> float:
    return float(np.abs(weights / weights.sum() - counts / counts.sum()).sum())


def hours_lag(days: Doubles) -> dict[str, Any]:
    """How long after its parent a detail comes, as settings of `connectivity.detail`.

    Parameters
    ----------
    days
        Shape (n,), none of them below 0.

    Returns
    -------
    dict
    """
    late = days[days > 0] * 24
    if len(late) < max(2 * LEAST, len(days) / 10):
        return {"lag": "none"}
    logs = np.log(late)
    lognormal = {
        "median": rounded(exp(float(np.median(logs)))),
        "sigma": min(max(rounded(float(logs.std())), 0.01), 5),
    }
    mean = float(late.mean())
    quantiles = np.quantile(late, (0.1, 0.25, 0.5, 0.75, 0.9))
    waits = -mean * np.log(1 - np.array((0.1, 0.25, 0.5, 0.75, 0.9)))
    if np.abs(np.log(np.maximum(quantiles, 1e-9) / waits)).max() < log(1.3):
        return {"lag": "exponential", "lags": {"exponential": {"mean": rounded(mean)}}}
    return {"lag": "lognormal", "lags": {"lognormal": lognormal}}
