"""Random scales spread over the decades, for mechanisms that do not know the scale of their input.

Whatever that is, from 0.01 to 100, a mechanism has parts of its own near it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics import single
from plurel_cli.numerics.elementary import log
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]

SCALES = (0.01, 100.0)


def log_uniform(
    generator: Generator, shape: tuple[int, ...], ends: tuple[float, float] = SCALES
) -> Floats:
    """Numbers whose logarithm is uniform between those of the ends."""
    low, high = map(log, ends)
    exponents = generator.random(shape, dtype=np.float32)
    exponents *= np.float32(high - low)
    exponents += np.float32(low)
    return single.exp(exponents)


def stratified(generator: Generator, count: int, n: int) -> Floats:
    """Log-uniform scales, one in each n-th of the decades from 0.01 to 100, in random order.

    Returns
    -------
    NDArray[np.float32]
        Shape (count, n).
    """
    low, high = map(log, SCALES)
    order = generator.halves(count * n).reshape(count, n).argsort(axis=1, kind="stable")
    exponents = generator.random((count, n), dtype=np.float32)
    exponents += order.astype(np.float32)
    exponents *= np.float32((high - low) / n)
    exponents += np.float32(low)
    return single.exp(exponents)
