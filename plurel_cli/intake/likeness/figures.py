"""Figures that may be told: of ten rows or more, and rounded."""

from __future__ import annotations

from math import floor, log10
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.normal_quantile import normal_quantile

Doubles: TypeAlias = NDArray[np.float64]

LEAST = 10
"""Rows that any figure is of, at least."""

SHARES = np.arange(0.05, 0.96, 0.05)
"""Shares of the rows at which a distribution is compared with its rows."""


def rounded(value: float, digits: int = 2) -> float:
    """A number with so many significant digits.

    Parameters
    ----------
    value
        The number.
    digits
        How many.

    Returns
    -------
    float

    Examples
    --------
    >>> rounded(1234.5), rounded(0.0678)
    (1200.0, 0.068)
    """
    if value == 0 or not np.isfinite(value):
        return 0.0
    return float(round(value, digits - 1 - floor(log10(abs(value)))))


def placed(value: float, spread: float) -> float:
    """A number to the place of the second digit of how far numbers like it lie apart.

    Parameters
    ----------
    value
        The number.
    spread
        How far they lie apart, above 0.

    Returns
    -------
    float

    Examples
    --------
    >>> placed(1987.3, 21.4), placed(0.123456, 1.0)
    (1987.0, 0.1)
    """
    return float(round(value, 1 - floor(log10(spread))))


def normal_scores(values: Doubles) -> Doubles:
    """Normal quantiles of the ranks of some numbers; equal ones have the same.

    Parameters
    ----------
    values
        Shape (n,), none of them NaN.

    Returns
    -------
    ndarray
        Shape (n,), of mean 0 and variance 1 unless all are equal, and then 0.
    """
    _, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    scores = normal_quantile((ends - counts / 2) / len(values))[places]
    spread = scores.std()
    return (scores - scores.mean()) / spread if spread > 0 else np.zeros(len(values))
