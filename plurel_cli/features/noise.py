"""Tables of quantiles of Beta noise, of which random bits choose one."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plurel_cli.numerics.beta_quantile import Points
from plurel_cli.numerics.beta_quantile import beta_quantiles as distributions

N_QUANTILES = 1 << 12
"""Beta noise is drawn from so many quantiles, at the middles of equal steps, by 12 random bits."""


@cache
def _middles() -> Points:
    return Points.of((np.arange(N_QUANTILES) + 0.5) / N_QUANTILES)


def beta_quantiles(a: ArrayLike, b: ArrayLike) -> NDArray[np.float32]:
    """Quantiles of Beta(a, b) at the middles of 2¹² equal steps, rising.

    Parameters
    ----------
    a, b
        All above 0, of one shape.

    Returns
    -------
    ndarray
        Of that shape, and an axis more for the quantiles.

    Examples
    --------
    >>> beta_quantiles(1.0, 1.0)[[1024, 2048, 3072]].round(2).tolist()
    [0.25, 0.5, 0.75]
    """
    shape = np.shape(a)
    quantiles = distributions(np.ravel(a), np.ravel(b)).rising(_middles())
    return quantiles.reshape(*shape, N_QUANTILES)
