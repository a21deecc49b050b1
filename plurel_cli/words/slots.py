"""Slots: which word a uniform integer draws.

Each word has a share of 2ⁿ slots, to the nearest slot of the sums of shares, so that one gather
draws a word from n random bits, the same on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_UNIT = 10**12
_HEAD = 6


def zipf(n: int) -> list[int]:
    """Weights of n words, the most common first: the k-th has 1 / (k + 6), times a constant.

    Examples
    --------
    >>> [round(weight / zipf(3)[0], 3) for weight in zipf(3)]
    [1.0, 0.875, 0.778]
    """
    return [_UNIT // (_HEAD + 1 + k) for k in range(n)]


def slots(weights: Sequence[int], bits: int) -> NDArray[np.int32]:
    """Number of the word of each slot.

    Parameters
    ----------
    weights
        Weight of each word, whole; one above 0.
    bits
        The slots are 2 to this power.

    Returns
    -------
    ndarray
        int32, rising.

    Examples
    --------
    >>> slots([3, 1], 3).tolist()
    [0, 0, 0, 0, 0, 0, 1, 1]
    """
    n = 1 << bits
    total = sum(weights)
    last, counts, weight_below = 0, [], 0
    for weight in weights:
        weight_below += weight
        end = (2 * weight_below * n + total) // (2 * total)
        counts.append(end - last)
        last = end
    return np.repeat(np.arange(len(weights), dtype=np.int32), counts)
