"""Random scales spread over the decades, for mechanisms that do not know the scale of their input.

Whatever that is, from 0.01 to 100, a mechanism has parts of its own near it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.initialisations.bits import looked_up
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.log_uniform import BITS, log_uniform_table

Floats = NDArray[np.float32]

SCALES = (0.01, 100.0)


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
    return looked_up(log_uniform_table(*ends), generator, math.prod(shape), 1.0).reshape(shape)


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
    order <<= BITS
    order += generator.quarters(count * n).reshape(count, n)
    order //= n
    return log_uniform_table(*SCALES).take(order)
