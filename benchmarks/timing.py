"""Timing in pairs."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import NamedTuple


class Paired(NamedTuple):
    """Median seconds of two things timed in turn, and the median of their ratios."""

    first: float
    second: float
    ratio: float


def seconds(run: Callable[[], object]) -> float:
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def paired(first: Callable[[], object], second: Callable[[], object], repeats: int) -> Paired:
    """Time first, second, first, second, … after one unmeasured run of each."""
    first()
    second()
    pairs = [(seconds(first), seconds(second)) for _ in range(repeats)]
    return Paired(
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
        statistics.median(a / b for a, b in pairs),
    )
