"""Sums of floating-point numbers in an order of our own.

Numpy adds several numbers at once, how many depends on the CPU, and so do the last bits. Here the
second half of an array is added to the first, elementwise, until few numbers are left, which are
added one after another: the same on every machine.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.kernel import twin

_FEW = 1 << 10
"""Numbers up to which adding them one after another takes less time than another halving."""


def total(values: NDArray[Any]) -> float:
    """Sum of all values, in float64.

    Examples
    --------
    >>> total(np.array([1.0, 2.0, 4.0]))
    7.0
    """
    return _total(np.array(values, dtype=np.float64).ravel())


def _total(x: NDArray[np.float64]) -> float:
    """The same, in place."""
    n = len(x)
    if n == 0:
        return 0.0
    while n > _FEW:
        half = n // 2
        x[:half] += x[n - half : n]
        n -= half
    return float(np.cumsum(x[:n])[-1])


def mean(values: NDArray[Any]) -> float:
    """Mean of at least one value, in float64."""
    return total(values) / len(values)


@twin("mean_and_sd")
def mean_and_sd(values: NDArray[Any]) -> tuple[float, float]:
    """Mean and standard deviation of at least one value, in float64.

    Examples
    --------
    >>> mean_and_sd(np.array([1.0, 3.0]))
    (2.0, 1.0)
    """
    middle = mean(values)
    away = np.subtract(values, middle, dtype=np.float64)
    away *= away
    return middle, math.sqrt(_total(away.ravel()) / away.size)
