"""Random scales spread over the decades, for mechanisms that do not know the scale of their input.

Whatever that is, from 0.01 to 100, a mechanism has parts of its own near it.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

LOWEST = 0.01
HIGHEST = 100.0


def stratified(generator: Generator, count: int, n: int) -> NDArray[np.float32]:
    """Log-uniform scales, one in each n-th of the decades from 0.01 to 100, in random order.

    Returns
    -------
    NDArray[np.float32]
        Shape (count, n).
    """
    order = generator.random((count, n), dtype=np.float32).argsort(axis=1)
    exponents = generator.random((count, n), dtype=np.float32)
    exponents += order.astype(np.float32)
    exponents *= np.float32(math.log(HIGHEST / LOWEST) / n)
    exponents += np.float32(math.log(LOWEST))
    np.exp(exponents, out=exponents)
    return exponents
