"""Into which bins numbers, days and times are counted: round ones, as a person would choose them.

Numbers that spread over powers of ten, and most of which are small, get bins that widen: some for
each power. A bin holds its lower edge, and the last one its upper edge, too.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

BINS = 36
"""About how many bins a column gets."""

_UNITS = (1.0, 2.0, 2.5, 5.0, 10.0)
_PER_DECADE = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_FEW_PER_DECADE = (1.0, 3.0)
_MANY_DECADES = 6
_SPREAD = 100.0
_SKEW = 8.0

DAY_NS = 86_400 * 10**9

Scale = Literal["linear", "log", "time"]


@dataclass(frozen=True)
class Edges:
    """Edges of bins, rising.

    Attributes
    ----------
    scale
        How they are to be drawn.
    edges
        One more than there are bins. Of a log scale the first bin may begin at 0, and then holds
        nothing else.
    """

    scale: Scale
    edges: tuple[float, ...]


def number_bins(
    low: float, high: float, mean: float, least: float | None, *, are_whole: bool
) -> Edges:
    """Edges of a column of numbers.

    Parameters
    ----------
    low, high
        Smallest and largest value.
    mean
        Mean value.
    least
        Smallest value above 0, if there is one.
    are_whole
        Whether all are integers.

    Returns
    -------
    Edges
    """
    if low >= 0 and least is not None and high > _SPREAD * least and high > _SKEW * mean > 0:
        return Edges("log", ((0.0,) if low == 0 else ()) + _decades(least, high))
    return Edges("linear", _even(low, high, are_whole=are_whole))


def _even(low: float, high: float, *, are_whole: bool) -> tuple[float, ...]:
    width = high - low
    step = round_step(width / BINS) if width > 0 else max(abs(low) * 0.1, 1.0)
    step = max(step, 1.0) if are_whole else step
    step = math.ceil(step) if are_whole else step
    first = math.floor(low / step)
    n = math.floor(high / step) - first + 1
    digits = max(0, 2 - math.floor(math.log10(step)))
    edges = [round((first + i) * step, digits) for i in range(n + 1)]
    return _covering(edges, low, high)


def _decades(least: float, high: float) -> tuple[float, ...]:
    lowest, highest = math.floor(math.log10(least)), math.ceil(math.log10(high)) + 1
    parts = _PER_DECADE if highest - lowest <= _MANY_DECADES else _FEW_PER_DECADE
    every = [float(f"{part}e{power}") for power in range(lowest, highest) for part in parts]
    first = max((i for i, edge in enumerate(every) if edge <= least), default=0)
    last = next((i for i, edge in enumerate(every) if edge > high), len(every) - 1)
    return _covering(every[first : last + 1], least, high)


def _covering(edges: Sequence[float], low: float, high: float) -> tuple[float, ...]:
    """Edges of which rounding has left no value out."""
    return (min(edges[0], low), *edges[1:-1], max(edges[-1], high))


def round_step(least: float) -> float:
    """The smallest of 1, 2, 2.5 and 5, times a power of ten, that is at least so large.

    Examples
    --------
    >>> round_step(0.21), round_step(30)
    (0.25, 50.0)
    """
    power = math.floor(math.log10(least))
    scale = 10.0**power
    return float(next(unit * scale for unit in _UNITS if unit * scale >= least * (1 - 1e-12)))


_STEPS_NS = tuple(
    int(hours * 3600 * 10**9)
    for hours in (1 / 60, 1 / 4, 1, 3, 6, 12, 24, 48, 168, 336, 672, 24 * 91, 24 * 182, 24 * 365)
)


def time_step(span_ns: int, n: int) -> int:
    """Nanoseconds of each of at most n or so equal stretches: minutes, hours, days or weeks.

    Parameters
    ----------
    span_ns
        Nanoseconds to divide.
    n
        Most stretches.

    Returns
    -------
    int
    """
    least = -(-span_ns // n)
    return next((step for step in _STEPS_NS if step >= least), -(-least // DAY_NS) * DAY_NS)
