"""The rate at which a table's rows come, hour by hour, and times from shares of all rows.

The rate of an hour is growth × season × weekday × wander of its day, times the weight of the hour
of the day, times the flashes that go on. It is constant within an hour, so that the share of rows
expected by a time is piecewise linear, and its inverse makes a time of every position in [0, 1).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.elementary import exps
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Arrivals, Profile
from plurel_cli.schema.window import Window
from plurel_cli.temporal.dates import DAY_NS, first_nanosecond
from plurel_cli.temporal.shapes import normals

HOUR_NS = DAY_NS // 24

WEEK_MEMORY = 0.9
"""Correlation of the logarithm of one week's rate with the next week's."""

_LN2 = 0.6931471805599453
_FORGOTTEN = 60  # half-lives after which a flash adds nothing


def wander(n_weeks: int, sigma: float, stream: Stream) -> NDArray[np.float64]:
    """Logarithms of weekly rates: a stationary AR(1) of standard deviation σ.

    Parameters
    ----------
    n_weeks
        Weeks.
    sigma
        σ.
    stream
        Randomness of this path alone.

    Returns
    -------
    NDArray[np.float64]
        x₀ = σ ε₀ and x_w = ρ x_{w−1} + σ √(1 − ρ²) ε_w with ρ = 0.9, shape (n_weeks,).
    """
    steps = normals(stream, n_weeks) * sigma
    steps[1:] *= np.sqrt(1.0 - WEEK_MEMORY * WEEK_MEMORY)
    path: list[float] = []
    before = 0.0
    for step in steps.tolist():
        before = WEEK_MEMORY * before + step
        path.append(before)
    return np.array(path)


def hourly_rate(window: Window, arrivals: Arrivals, stream: Stream) -> NDArray[np.float64] | None:
    """Expected rows of every hour of the window, in any unit.

    Parameters
    ----------
    window
        The database's window, with its profile.
    arrivals
        What was drawn for the table.
    stream
        Randomness of the table's wander alone.

    Returns
    -------
    NDArray[np.float64] or None
        Shape (hours,), above 0; none where it is constant.

    Notes
    -----
    O(hours) time and memory.
    """
    profile = window.profile if arrivals.profile is None else arrivals.profile
    if not isinstance(profile, Profile):
        profile = None
    if profile is None and not (arrivals.growth or arrivals.wander or arrivals.flashes):
        return None
    n_days = (window.end - window.start).days
    day = np.arange(n_days)
    logarithm = (day + np.float64(0.5)) * np.float64(arrivals.growth / n_days)
    if arrivals.wander:
        logarithm += wander(-(-n_days // 7), arrivals.wander, stream)[day // 7]
    rate = np.repeat(exps(logarithm), 24).reshape(n_days, 24)
    if profile is not None:
        rate *= _profile_weights(profile, window.start, n_days)
    hours = rate.ravel()
    hours *= _flashes(window, arrivals, len(hours))
    return hours


def _profile_weights(profile: Profile, start: dt.date, n_days: int) -> NDArray[np.float64]:
    """Weights of the hours of days from the first on, shape (days, 24)."""
    day = np.arange(n_days)
    weekday = (start.weekday() + day) % 7
    months = (np.datetime64(start) + day).astype("datetime64[M]").astype(np.int64) % 12
    hours = np.array([profile.working_hours, profile.weekend_hours])
    daily = np.array(profile.months)[months] * np.array(profile.weekdays)[weekday]
    weights: NDArray[np.float64] = daily[:, None] * hours[(weekday >= 5).astype(np.int64)]
    return weights


def _flashes(window: Window, arrivals: Arrivals, n_hours: int) -> NDArray[np.float64]:
    """1 + Σ (size − 1) 2^(−h / half-life) over the flashes h hours ago."""
    factor = np.ones(n_hours)
    if arrivals.flashes and arrivals.flash_size is not None and arrivals.flash_hours is not None:
        lasting = min(n_hours, 1 + int(arrivals.flash_hours * _FORGOTTEN))
        added = exps(np.arange(lasting) * np.float64(-_LN2 / arrivals.flash_hours))
        added *= arrivals.flash_size - 1.0
        for day in arrivals.flashes:
            begin = (day - window.start).days * 24
            part = factor[begin : begin + lasting]
            part += added[: len(part)]
    return factor


class Calendar:
    """Times from positions.

    Parameters
    ----------
    window
        The database's window.
    rate
        As `hourly_rate` gives it.
    """

    def __init__(self, window: Window, rate: NDArray[np.float64] | None) -> None:
        self._first = first_nanosecond(window)
        self._span = (window.end - window.start).days * DAY_NS
        self._rate = rate
        self._ends = None if rate is None else np.cumsum(rate)

    @property
    def is_flat(self) -> bool:
        """Whether the rate is constant."""
        return self._rate is None

    def times(self, positions: NDArray[np.float64]) -> NDArray[np.int64]:
        """Nanoseconds since 1970 of rising positions in [0, 1].

        Notes
        -----
        Times are at least the window's start and below its end. Positions and hours are merged by
        a search for the fewer among the more: O(min(n, h) log max(n, h) + n) time for n positions
        that span h hours.
        """
        if self._rate is None or self._ends is None:
            offsets = (positions * float(self._span)).astype(np.int64)
            np.minimum(offsets, self._span - 1, out=offsets)
        else:
            targets = positions * self._ends[-1]
            hours = _steps(self._ends, targets)
            np.minimum(hours, len(self._ends) - 1, out=hours)
            targets -= self._ends[hours] - self._rate[hours]
            targets /= self._rate[hours]
            targets *= float(HOUR_NS)
            offsets = targets.astype(np.int64)
            np.maximum(offsets, 0, out=offsets)
            np.minimum(offsets, HOUR_NS - 1, out=offsets)
            offsets += hours * HOUR_NS
        offsets += self._first
        return offsets


def _steps(ends: NDArray[np.float64], targets: NDArray[np.float64]) -> NDArray[np.int64]:
    """How many of the rising `ends` are at or below each of the rising targets."""
    if len(targets) == 0:
        return np.empty(0, dtype=np.int64)
    first, last = np.searchsorted(ends, targets[[0, -1]], side="right").tolist()
    if last - first > len(targets):
        return np.searchsorted(ends, targets, side="right").astype(np.int64, copy=False)
    begins = np.searchsorted(targets, ends[first:last], side="left")
    lengths = np.diff(begins, prepend=0, append=len(targets))
    return np.repeat(np.arange(first, last + 1), lengths)
