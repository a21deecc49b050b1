"""Log-uniform numbers by 16 random bits."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.elementary import exps, log

BITS = 16


@cache
def log_uniform_table(low: float, high: float) -> NDArray[np.float32]:
    """Numbers between the ends whose logarithms are the middles of 2¹⁶ equal steps.

    Parameters
    ----------
    low, high
        The ends, above 0.

    Returns
    -------
    ndarray
        float32, shape (2¹⁶,), rising.
    """
    from_low, to_high = map(log, (low, high))
    steps = (np.arange(1 << BITS) + 0.5) / (1 << BITS)
    return exps(from_low + (to_high - from_low) * steps).astype(np.float32)
