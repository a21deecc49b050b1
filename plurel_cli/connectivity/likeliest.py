"""Draw foreign keys where each child cluster has one parent cluster that nearly all refer to.

A row's random point is compared with the share of its *likeliest* parent cluster: below it, the
point itself picks the row there, which takes no table. The few rows beyond it, *strays*, search
the other clusters (`other_clusters`).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.clusters import Clusters
from plurel_cli.connectivity.other_clusters import Others
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream, uniforms

_BITS = 62  # of a point: a share of one fits int64
_ALMOST_ONE = 1 - 2.0**-50  # so that no rounding leads out of a cluster
_SLICE = 1 << 14  # rows whose temporaries stay in the cache


class LikeliestKeys:
    """Keys by the likeliest parent cluster, and a search in the others for strays.

    Parameters
    ----------
    others
        Weights of the clusters; no `weight` may be 0.
    parents, children
        The clusters of both sides, all of which must hold a row.
    stream
        Randomness of this foreign key's rows alone.
    """

    def __init__(
        self, others: Others, parents: Clusters, children: Clusters, stream: Stream
    ) -> None:
        size = parents.sizes.take(others.likeliest)
        self._others = others
        self._weight_a_point = others.total * 2.0**-_BITS
        self._limit = (others.weight / self._weight_a_point).astype(np.int64)
        self._start = parents.edges.take(others.likeliest)
        self._rows_a_point = size * _ALMOST_ONE / self._limit
        self._parents = parents
        self._edges = children.edges
        self._stream = stream

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64."""
        start = index * BLOCK_ROWS
        stop = min(start + BLOCK_ROWS, int(self._edges[-1]))
        bits = self._stream.bits(index)
        keys = np.empty(stop - start, dtype=np.int64)
        strays, beyond = [], []
        for begin in range(start, stop, _SLICE):
            end = min(begin + _SLICE, stop)
            low = int(self._edges.searchsorted(begin, side="right")) - 1
            high = int(self._edges.searchsorted(end, side="left"))
            bounds = np.minimum(np.maximum(self._edges[low : high + 1], begin), end)
            counts = bounds[1:] - bounds[:-1]
            point = (bits.random_raw(end - begin) >> np.uint64(64 - _BITS)).view(np.int64)
            out = keys[begin - start : end - start]
            np.multiply(
                point, self._rows_a_point[low:high].repeat(counts), out=out, casting="unsafe"
            )
            out += self._start[low:high].repeat(counts)
            point -= self._limit[low:high].repeat(counts)
            stray = (point >= 0).nonzero()[0]
            strays.append(stray + begin)
            beyond.append(point.take(stray))
        rows = np.concatenate(strays)
        cluster = self._edges.searchsorted(rows, side="right") - 1
        parent = self._search(cluster, np.concatenate(beyond))
        offset = uniforms(bits, len(rows))
        offset *= self._parents.sizes.take(parent)
        keys[rows - start] = self._parents.edges.take(parent) + offset.astype(np.int64)
        return keys

    def _search(self, cluster: NDArray[np.int64], beyond: NDArray[np.int64]) -> NDArray[np.int64]:
        """Parent clusters of strays, of a child cluster each and so far beyond its limit."""
        # Their place in the cumulated weights without the likeliest cluster's, and then with it.
        point = beyond * self._weight_a_point.take(cluster)
        point += self._others.weight.take(cluster) * (point >= self._others.before.take(cluster))
        return self._others.find(cluster, point)
