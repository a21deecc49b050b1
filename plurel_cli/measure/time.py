"""How the rows of a table are spread over time.

Every function takes the table's times as integers of nanoseconds since 1970, sorted and without
nulls, and returns NaN where they are too few or span too little for it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.view import share_of

Ints = NDArray[np.int64]

HOUR = 3_600_000_000_000
DAY = 24 * HOUR
WEEK = 7 * DAY

_LEAST_ROWS = 1000
_LEAST_SPAN = 56 * DAY


def burstiness(times: Ints) -> float:
    """Burstiness of a time column: (σ − μ) / (σ + μ) of the gaps between consecutive times.

    Notes
    -----
    Zero gaps count; σ is the population's. −1 for even spacing, 0 for a Poisson process, towards
    1 for bursts.

    References
    ----------
    Goh and Barabási, *Burstiness and memory in complex systems*, EPL 81 (2008) 48002.

    Examples
    --------
    >>> burstiness(np.arange(5))
    -1.0
    """
    gaps = np.diff(times).astype(float)
    sigma, mu = (float(gaps.std()), float(gaps.mean())) if gaps.size else (0.0, 0.0)
    return (sigma - mu) / (sigma + mu) if sigma + mu > 0 else math.nan


def tied_share(times: Ints) -> float:
    """Share of consecutive times that are equal.

    Examples
    --------
    >>> tied_share(np.array([1, 1, 2]))
    0.5
    """
    return share_of(times[1:] == times[:-1]) if times.size > 1 else math.nan


def weekly_fano(times: Ints) -> float:
    """Variance over mean of the rows a week.

    Notes
    -----
    Weeks count from the midnight before the first row, whole ones alone; at least 70 days. 1 for
    a Poisson process, 0 for even spacing.
    """
    if times.size == 0 or times[-1] - times[0] < 70 * DAY:
        return math.nan
    start = times[0] // DAY * DAY
    n_weeks = int((times[-1] - start) // WEEK)
    counts = np.bincount((times - start) // WEEK, minlength=n_weeks)[:n_weeks]
    return float(counts.var() / counts.mean()) if counts.any() else math.nan


def weekday_ratio(times: Ints) -> float:
    """Rows on the busiest over rows on the quietest weekday.

    Notes
    -----
    At least 1,000 rows over at least 56 days; none on the quietest counts as one.
    """
    return _busiest(times, DAY, 7)


def hour_ratio(times: Ints) -> float:
    """Rows in the busiest over rows in the quietest hour of the day.

    Notes
    -----
    As `weekday_ratio`, and only where less than half of the times are midnight exactly: dates
    without a time of day have no hours.
    """
    if times.size == 0 or share_of(times % DAY == 0) >= 0.5:
        return math.nan
    return _busiest(times, HOUR, 24)


def _busiest(times: Ints, unit: int, n: int) -> float:
    if times.size < _LEAST_ROWS or times[-1] - times[0] < _LEAST_SPAN:
        return math.nan
    counts = np.bincount(times // unit % n, minlength=n)
    return float(counts.max() / max(int(counts.min()), 1))


def half_ratio(times: Ints) -> float:
    """Rows in the second half of the span over rows in the first.

    Notes
    -----
    A row in the very middle belongs to the first half.

    Examples
    --------
    >>> half_ratio(np.array([0, 6, 7, 10]))
    3.0
    """
    if times.size == 0 or times[-1] == times[0]:
        return math.nan
    first = int(np.searchsorted(times, times[0] + (times[-1] - times[0]) // 2, side="right"))
    return (times.size - first) / first
