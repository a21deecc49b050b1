"""What the earlier answers of an entity tell of its next: the last, the mean, and how many.

An answer counts from the end of its horizon on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Past:
    """Earlier answers for each of some rows; NaN where there are none.

    Attributes
    ----------
    last, mean, count
        The latest answer, the mean of all, and how many there are.
    """

    last: Doubles
    mean: Doubles
    count: Doubles

    def columns(self) -> Doubles:
        """All three, side by side."""
        return np.column_stack((self.last, self.mean, self.count))


def past_of(entity: Ints, time: Ints, label: Doubles, horizon: int) -> Past:
    """The earlier answers for rows of labels.

    Parameters
    ----------
    entity, time, label
        Of all rows, of whatever split.
    horizon
        How long after its cut-off an answer is known, in the unit of `time`.

    Returns
    -------
    Past
        For the same rows, in their order.

    Examples
    --------
    >>> one = np.zeros(3, dtype=np.int64)
    >>> past_of(one, np.array([0, 10, 20]), np.array([1.0, 2.0, 4.0]), 10).last
    array([nan,  1.,  2.])
    """
    order = np.lexsort((time, entity))
    entities, known, labels = entity[order], time[order] + horizon, label[order]
    n = entity.size
    every = np.concatenate((entities, entity)), np.concatenate((known, time))
    is_asked = np.concatenate((np.zeros(n, dtype=np.int8), np.ones(n, dtype=np.int8)))
    sorted_order = np.lexsort((is_asked, every[1], every[0]))
    rank = np.empty(2 * n, dtype=np.int64)
    rank[sorted_order] = np.cumsum(is_asked[sorted_order] == 0)
    end = rank[n:]
    first = np.searchsorted(entities, entity, "left")
    count = (end - first).astype(float)
    sums = np.concatenate(([0.0], np.cumsum(labels)))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (sums[end] - sums[first]) / count
    last = np.where(count > 0, labels[np.maximum(end - 1, 0)], np.nan)
    return Past(last, mean, count)
