"""Aggregates of the rows that refer to a row, block by block of these."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

Pairs = Iterable[tuple[NDArray[np.int64], Doubles | None]]


def aggregated(function: str, pairs: Pairs, n: int, step: Fraction | None) -> Doubles:
    """An aggregate of numbers by the row that each refers to.

    Parameters
    ----------
    function
        `count`, `sum`, `mean`, `min`, `max` or `any`.
    pairs
        References and numbers of each block, the numbers NaN for null; none for a count.
    n
        How many rows may be referred to.
    step
        What all numbers are multiples of, if they are: then a sum is exact.

    Returns
    -------
    ndarray
        float64: a sum or count of nothing is 0, all else NaN.
    """
    counts, sums = np.zeros(n), np.zeros(n)
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    above, below = (step or Fraction(1)).as_integer_ratio()
    for keys, numbers in pairs:
        is_there = keys >= 0 if numbers is None else (keys >= 0) & ~np.isnan(numbers)
        at = keys[is_there]
        np.add.at(counts, at, 1.0)
        if numbers is None or function == "count":
            continue
        values = numbers[is_there]
        if function in ("min", "max"):
            np.minimum.at(low, at, values)
            np.maximum.at(high, at, values)
            continue
        if step is not None:
            values = np.rint(values * (below / above))
        sums += np.bincount(at, weights=values, minlength=n)
    if step is not None:
        sums *= above
        sums /= below
    with np.errstate(all="ignore"):
        return {
            "count": counts,
            "sum": sums,
            "any": (sums > 0) * 1.0,
            "mean": np.where(counts > 0, sums / counts, np.nan),
            "min": np.where(counts > 0, low, np.nan),
            "max": np.where(counts > 0, high, np.nan),
        }[function]
