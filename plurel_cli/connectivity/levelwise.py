"""Draw foreign keys level by level, where a table of all clusters would be too large.

The score is a product over levels, so the parent's digit of each level may be drawn on its own,
given the child's digit there. That gives every cluster a weight without its size; sizes differ by
at most one row, so a row number below the larger size is drawn and the whole draw repeated where
the cluster has no such row. The distribution is that of the block model, exactly.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.clusters import Clusters
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream, uniforms
from plurel_cli.schema.block_model import BlockModel


class LevelwiseKeys:
    """Keys by one draw a level.

    Parameters
    ----------
    model
        The block model; it must have no more parent clusters than parents.
    n_parents
        Rows of the parent table.
    children
        Clusters of the child table.
    stream
        Randomness of this foreign key's rows alone.

    Notes
    -----
    O(levels) a row; a draw is repeated with probability below 1/2, for thousands of clusters of
    many rows far less.
    """

    def __init__(
        self, model: BlockModel, n_parents: int, children: Clusters, stream: Stream
    ) -> None:
        self._radices = model.parent_radices
        self._n_parents = n_parents
        self._n_clusters = math.prod(self._radices)
        self._children = children
        self._stream = stream
        self._cumulated = [_cumulated(np.array(level.p)) for level in model.levels]

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64."""
        edges = self._children.edges
        start = index * BLOCK_ROWS
        stop = min(start + BLOCK_ROWS, int(edges[-1]))
        cluster = np.searchsorted(edges, np.arange(start, stop), side="right") - 1
        digits = self._children.digits[:, cluster]
        bits = self._stream.bits(index)
        keys = np.empty(stop - start, dtype=np.int64)
        pending = np.arange(stop - start)
        largest = -(-self._n_parents // self._n_clusters)
        while len(pending):
            picked = np.zeros(len(pending), dtype=np.int64)
            for level, radix in enumerate(self._radices):
                cumulated = self._cumulated[level][digits[level, pending]]
                point = uniforms(bits, len(pending))
                picked = picked * radix + (point[:, None] >= cumulated[:, :-1]).sum(axis=1)
            first = picked * self._n_parents // self._n_clusters
            size = (picked + 1) * self._n_parents // self._n_clusters - first
            row = (uniforms(bits, len(pending)) * largest).astype(np.int64)
            fits = row < size
            keys[pending[fits]] = (first + row)[fits]
            pending = pending[~fits]
        return keys


def _cumulated(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cumulated probabilities of the parent digits given each child digit, child digit first."""
    cumulated = np.cumsum(p.T, axis=1)
    total = cumulated[:, -1:].copy()
    np.divide(cumulated, total, out=cumulated, where=total > 0)
    return cumulated
