"""Random scales spread over the decades, for mechanisms that do not know the scale of their input.

Whatever that is, from 0.01 to 100, a mechanism has parts of its own near it.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.elementary import exps, log
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]

SCALES = (0.01, 100.0)

_BITS = 16


@cache
def _table(ends: tuple[float, float]) -> Floats:
    """Numbers between the ends whose logarithms are the middles of 2¹⁶ equal steps."""
    low, high = map(log, ends)
    steps = (np.arange(1 << _BITS) + 0.5) / (1 << _BITS)
    return exps(low + (high - low) * steps).astype(np.float32)


def log_uniform(
    generator: Generator, shape: tuple[int, ...], ends: tuple[float, float] = SCALES
) -> Floats:
    """Numbers whose logarithm is uniform between those of the ends, by 16 random bits.

    Parameters
    ----------
    generator
        Randomness.
    shape
        How many.
    ends
        Least and greatest.

    Returns
    -------
    NDArray[np.float32]
        Of this shape.
    """
    bits = generator.quarters(math.prod(shape))
    return _table(ends).take(bits, mode="clip").reshape(shape)


def stratified(generator: Generator, count: int, n: int) -> Floats:
    """Log-uniform scales, one in each n-th of the decades from 0.01 to 100, in random order.

    Parameters
    ----------
    generator
        Randomness.
    count, n
        How many sets, and how many scales in each.

    Returns
    -------
    NDArray[np.float32]
        Shape (count, n).
    """
    order = generator.halves(count * n).reshape(count, n).argsort(axis=1, kind="stable")
    order <<= _BITS
    order += generator.quarters(count * n).reshape(count, n)
    order //= n
    return _table(SCALES).take(order)
