"""Which columns hold nulls, and which are null together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

LEAST_RATE = 0.01
"""Null rate from which on a column counts as one with nulls."""

TOGETHER = 0.3
"""Correlation of two columns' nulls above which they are null together."""


def phi(nulls: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Correlation of every two columns' nulls.

    Parameters
    ----------
    nulls
        n × k, whether each is null.

    Returns
    -------
    ndarray
        k × k, 0 for a column that is null never or always.
    """
    centred = nulls - nulls.mean(axis=0)
    scale = np.sqrt((centred**2).sum(axis=0))
    scale = np.where(scale > 0, scale, np.inf)
    return np.asarray(centred.T @ centred / np.outer(scale, scale))
