"""How the rows of a table fall into the clusters of a block model.

With K clusters, the product of the cluster counts of all levels, cluster j holds the rows
⌊jN/K⌋ to ⌊(j+1)N/K⌋ − 1 of N, and its label is the tuple of j's mixed-radix digits, coarsest level
first. Where K > N only the N clusters that hold a row are listed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

_INT64_LIMIT = 1 << 63


@dataclass(frozen=True)
class Clusters:
    """The clusters of one side of a foreign key that hold at least one row.

    Attributes
    ----------
    edges
        int64, shape (n + 1,): cluster c holds rows ``edges[c]`` to ``edges[c + 1] - 1``.
    radices
        Clusters of each level, coarsest first.
    is_complete
        Whether every cluster holds a row, so that the labels are all there are, in order.
    """

    edges: NDArray[np.int64]
    radices: tuple[int, ...]
    is_complete: bool

    @property
    def n(self) -> int:
        """Number of clusters listed."""
        return len(self.edges) - 1

    @cached_property
    def sizes(self) -> NDArray[np.int64]:
        """Rows of each cluster, all at least 1."""
        return self.edges[1:] - self.edges[:-1]

    @cached_property
    def labels(self) -> NDArray[Any]:
        """Shape (n,): number of each cluster among all, those without rows included; int64, or
        Python's integers where it does not fit.
        """
        n_rows = int(self.edges[-1])
        if self.is_complete:
            return np.arange(math.prod(self.radices))
        return labels_of(np.arange(n_rows), n_rows, self.radices)  # a row is alone in its cluster

    @cached_property
    def digits(self) -> NDArray[np.int64]:
        """int64, shape (levels, n): label of each cluster, coarsest level first."""
        labels = self.labels
        digits = np.empty((len(self.radices), len(labels)), dtype=np.int64)
        for level in range(len(self.radices) - 1, -1, -1):
            digits[level] = (labels % self.radices[level]).astype(np.int64)
            labels = labels // self.radices[level]
        return digits


def labels_of(rows: NDArray[np.int64], n_rows: int, radices: Sequence[int]) -> NDArray[Any]:
    """Number, among all clusters, of the one that each row lies in: ⌈(r + 1) K/N⌉ − 1, the last
    that starts at or before it; int64, or Python's integers where it does not fit.

    Parameters
    ----------
    rows
        Row numbers, int64.
    n_rows
        Rows of the table.
    radices
        Clusters at each level within one of the level above, coarsest first.

    Returns
    -------
    ndarray
        Shape of `rows`.

    Examples
    --------
    >>> labels_of(np.array([0, 1, 2]), 3, [2, 2]).tolist()
    [1, 2, 3]
    """
    k = math.prod(radices)
    is_wide = k * (n_rows + 1) >= _INT64_LIMIT
    ends = (rows + 1).astype(object if is_wide else np.int64) * k
    labels: NDArray[Any] = -(-ends // n_rows) - 1
    return labels


def clusters(n_rows: int, radices: Sequence[int]) -> Clusters:
    """Split rows into the clusters of a block model.

    Parameters
    ----------
    n_rows
        Rows of the table, at least 1.
    radices
        Clusters of each level, coarsest first.

    Returns
    -------
    Clusters
        min(n_rows, Π radices) of them.

    Notes
    -----
    O(min(n_rows, Π radices)) time and memory, and as much a level for the labels.

    Examples
    --------
    >>> users = clusters(8, [2, 2])
    >>> users.edges.tolist()
    [0, 2, 4, 6, 8]
    >>> users.digits.T.tolist()
    [[0, 0], [0, 1], [1, 0], [1, 1]]
    """
    k = math.prod(radices)
    n = min(n_rows, k)
    return Clusters(n_rows * np.arange(n + 1) // n, tuple(radices), is_complete=k <= n_rows)
