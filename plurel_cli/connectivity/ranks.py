"""Ranks of many values among numbers that rise."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.kernel import twin

N = TypeVar("N", np.float64, np.int64)

CACHED = 1 << 15
"""Numbers that a search finds in the cache, whatever the order."""


@twin("ranks")
def ranks(rising: NDArray[N], values: NDArray[N]) -> NDArray[np.int64]:
    """How many of some rising numbers are at most each value.

    Parameters
    ----------
    rising
        float64 or int64.
    values
        Of the same type.

    Returns
    -------
    ndarray
        int64, one for each value.

    Notes
    -----
    Values in order find what they need in the cache where the numbers are too many for it.
    """
    if len(rising) < CACHED:
        return rising.searchsorted(values, side="right")
    order = values.argsort()
    places = np.empty(len(values), dtype=np.int64)
    places[order] = rising.searchsorted(values.take(order), side="right")
    return places
