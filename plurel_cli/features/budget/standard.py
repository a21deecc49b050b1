"""Numbers that are standardised by the places at which they are seen."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.sums import total

_LEAST = 1e-6  # a deviation that is none

Floats = NDArray[np.float32]


def counted_places(places: NDArray[np.integer], n: int) -> NDArray[np.int64]:
    """How many reference rows have each of n numbers.

    Parameters
    ----------
    places
        Which of them each row has, below 0 where it has none.
    n
        How many numbers there are.

    Returns
    -------
    ndarray
        int64, shape (n,).
    """
    return np.bincount(places[places >= 0], minlength=n)


def weighed_by_counts(
    numbers: NDArray[np.floating], counts: NDArray[np.int64], weight: float
) -> Floats:
    """Numbers of mean 0 and a deviation, each as often as is counted.

    Parameters
    ----------
    numbers, counts
        The numbers, and how many reference rows have each.
    weight
        The deviation.

    Returns
    -------
    ndarray
        float32, as many; 0 where they do not differ.
    """
    n = max(int(np.cumsum(counts)[-1]), 1)
    centred = numbers - total(counts * numbers.astype(np.float64)) / n
    sd = math.sqrt(total(counts * np.square(centred, dtype=np.float64)) / n)
    return (centred * (weight / sd if sd > _LEAST else 0.0)).astype(np.float32)


def with_nobody(numbers: Floats) -> Floats:
    """Numbers with a last one of 0, which a place of −1 takes: that of nobody."""
    return np.append(numbers, np.float32(0))
