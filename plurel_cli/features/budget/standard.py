"""Numbers that are standardised by the places at which they are seen."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.sums import total

_LEAST = 1e-6  # a deviation that is none

Floats = NDArray[np.float32]


def weighed_by_places(
    numbers: NDArray[np.floating], places: NDArray[np.integer], weight: float
) -> Floats:
    """Numbers of mean 0 and a deviation over the places at which they are seen.

    Parameters
    ----------
    numbers
        The numbers.
    places
        Which of them each reference row has.
    weight
        The deviation.

    Returns
    -------
    ndarray
        As many as the numbers.
    """
    return weighed_by_counts(numbers, np.bincount(places, minlength=len(numbers)), weight)


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
