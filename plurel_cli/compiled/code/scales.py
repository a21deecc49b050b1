"""Moments and standard scores of numbers that are held between two."""

from __future__ import annotations

from typing import Any

import numpy as np

from plurel_cli.compiled.code import scalars
from plurel_cli.compiled.code.machine import (
    DOUBLE,
    SINGLE,
    WHOLE,
    Doubles,
    Singles,
    compiled,
    inlined,
    read,
    written,
)
from plurel_cli.numerics import sums as definitions

_FEW = definitions._FEW
_LARGEST = np.finfo(np.float32).max


@inlined
def _total(x: Any) -> Any:
    """As `sums.total`, in place."""
    n = len(x)
    while n > _FEW:
        half = n // 2
        first, second = x[:half], x[n - half : n]
        for index in range(half):
            first[index] += second[index]
        n -= half
    whole = x[0]
    for index in range(1, n):
        whole += x[index]
    return whole


@compiled(WHOLE(read(SINGLE, 1), SINGLE, SINGLE, written(DOUBLE, 1), written(DOUBLE, 1)))
def moments_within(
    values: Singles, low: np.float32, high: np.float32, room: Doubles, out: Doubles
) -> int:
    """Mean and deviation of numbers held between two.

    Parameters
    ----------
    values
        The numbers, at least one.
    low, high
        Between what they are held.
    room
        Room for as many.
    out
        Mean and deviation.

    Returns
    -------
    int
        0.
    """
    n = len(values)
    for index in range(n):
        room[index] = np.float64(scalars.clipped(values[index], low, high))
    middle = _total(room) / n
    for index in range(n):
        away = np.float64(scalars.clipped(values[index], low, high)) - middle
        room[index] = away * away
    out[0], out[1] = middle, np.sqrt(_total(room) / n)
    return 0


@compiled(WHOLE(read(SINGLE, 1), SINGLE, SINGLE, SINGLE, SINGLE, written(SINGLE, 1)))
def standardised(
    values: Singles,
    low: np.float32,
    high: np.float32,
    mean: np.float32,
    factor: np.float32,
    out: Singles,
) -> int:
    """Numbers held between two, less a mean, times a factor.

    Parameters
    ----------
    values
        The numbers; NaN counts as 0.
    low, high
        Between what they are held.
    mean, factor
        What is taken off, and what is multiplied with.
    out
        As many.

    Returns
    -------
    int
        0.
    """
    for index in range(len(values)):
        value = values[index]
        value = value if value == value else scalars.ZERO
        value = scalars.clipped(value, -_LARGEST, _LARGEST)
        out[index] = (scalars.clipped(value, low, high) - mean) * factor
    return 0
