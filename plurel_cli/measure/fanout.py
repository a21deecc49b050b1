"""How many children the parents of one foreign key have.

Every function takes the fan-out: the number of children of every parent, childless ones included.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.measure.view import share_of

Ints = NDArray[np.int64]


def dispersion(fan_out: Ints) -> float:
    """Variance over mean of the fan-out: 1 for a Poisson distribution.

    Examples
    --------
    >>> dispersion(np.array([0, 2]))
    1.0
    """
    return float(fan_out.var() / fan_out.mean())


def gini(fan_out: Ints) -> float:
    """Gini coefficient of the fan-out: 0 where all are equal, towards 1 where one has all.

    Notes
    -----
    Mean absolute difference of two parents drawn with replacement over twice the mean, by
    sorting: O(n log n) time.

    Examples
    --------
    >>> gini(np.array([0, 0, 0, 4]))
    0.75
    """
    n = fan_out.size
    ranks = 2.0 * np.arange(1, n + 1) - n - 1
    return float(ranks @ np.sort(fan_out) / (n * fan_out.sum()))


def max_over_mean(fan_out: Ints) -> float:
    """Largest over mean fan-out.

    Examples
    --------
    >>> max_over_mean(np.array([1, 2, 6]))
    2.0
    """
    return float(fan_out.max() / fan_out.mean())


def childless(fan_out: Ints) -> float:
    """Share of parents with no child.

    Examples
    --------
    >>> childless(np.array([0, 1, 3, 0]))
    0.5
    """
    return share_of(fan_out == 0)
