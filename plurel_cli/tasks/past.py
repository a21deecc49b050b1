"""What the earlier answers of an entity tell of its next: the last, the mean, and how many.

An answer counts from the end of its horizon on.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.tasks.tables import SortedRows

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


def past_of(entity: Ints, known: Ints, label: Doubles, asked: Ints, time: Ints) -> Past:
    """The earlier answers of some entities at some times.

    Parameters
    ----------
    entity, known, label
        Of all answers: whose, from when on it is known, in nanoseconds, and which.
    asked, time
        Entities, and a time for each.

    Returns
    -------
    Past
        For each of these.

    Examples
    --------
    >>> one = np.zeros(3, dtype=np.int64)
    >>> time = 10**10 * np.arange(3)
    >>> past_of(one, time + 10**10, np.array([1.0, 2.0, 4.0]), one, time).last
    array([nan,  1.,  2.])
    """
    rows = SortedRows.of(entity, known)
    first, end = rows.first(asked), rows.end(asked, time)
    count = (end - first).astype(float)
    labels = np.append(label[rows.order], np.nan)
    sums = np.concatenate(([0.0], np.cumsum(labels[:-1])))
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = (sums[end] - sums[first]) / count
    last = np.where(count > 0, labels[end - 1], np.nan)
    return Past(last, mean, count)
