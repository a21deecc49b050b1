"""Draw foreign keys where each child cluster has one parent cluster that nearly all refer to.

A row's random point is compared with the share of its *likeliest* parent cluster: below it, the
point itself picks the row there, which takes no table. The few rows beyond it, *strays*, search
the other clusters (`other_clusters`).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.clusters import Clusters
from plurel_cli.connectivity.other_clusters import ClusterTables, find
from plurel_cli.kernel import twin
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream, uniforms

Doubles = NDArray[np.float64]
Wholes = NDArray[np.int64]

_BITS = 62  # of a point: a share of one fits int64
_ALMOST_ONE = 1 - 2.0**-50  # so that no rounding leads out of a cluster
_SLICE = 1 << 14  # rows whose temporaries stay in the cache


class Likeliest(NamedTuple):
    """What picks a row of the likeliest parent cluster, for each child cluster.

    Attributes
    ----------
    start
        First row of that parent cluster.
    rows_a_point, limit
        Its rows for each of the points below the limit.
    """

    start: Wholes
    rows_a_point: Doubles
    limit: Wholes


class LikeliestKeys:
    """Keys by the likeliest parent cluster, and a search in the others for strays.

    Parameters
    ----------
    tables
        Weights of the clusters; no `weight` may be 0.
    parents, children
        The clusters of both sides, all of which must hold a row.
    stream
        Randomness of this foreign key's rows alone.
    """

    def __init__(
        self, tables: ClusterTables, parents: Clusters, children: Clusters, stream: Stream
    ) -> None:
        limit = (tables.weight / (tables.total * 2.0**-_BITS)).astype(np.int64)
        size = parents.sizes.take(tables.likeliest)
        start = parents.edges.take(tables.likeliest)
        self._likeliest = Likeliest(start, size * _ALMOST_ONE / limit, limit)
        self._tables = tables
        self._parent_edges, self._edges = parents.edges, children.edges
        self._stream = stream

    def block(self, index: int) -> Wholes:
        """Keys of one block of rows, int64."""
        start = index * BLOCK_ROWS
        stop = min(start + BLOCK_ROWS, int(self._edges[-1]))
        keys = np.empty(stop - start, dtype=np.int64)
        by = (self._likeliest, self._tables, self._parent_edges, self._edges)
        fill(*by, self._stream.bits(index), start, keys)
        return keys


@twin("likeliest_keys")
def fill(
    likeliest: Likeliest,
    tables: ClusterTables,
    parent_edges: Wholes,
    edges: Wholes,
    bits: np.random.SFC64,
    first: int,
    keys: Wholes,
) -> None:
    """Draw the keys of consecutive rows.

    Parameters
    ----------
    likeliest, tables
        What rows are picked by, and weights of the clusters.
    parent_edges, edges
        Of the parent's and of the child clusters.
    bits
        Randomness of these rows alone.
    first, keys
        First of the rows, and where the key of each is written.
    """
    strays, beyond = [], []
    for begin in range(0, len(keys), _SLICE):
        out = keys[begin : begin + _SLICE]
        rows, points = _pick(likeliest, edges, first + begin, bits.random_raw(len(out)), out)
        strays.append(rows)
        beyond.append(points)
    rows, points = np.concatenate(strays), np.concatenate(beyond)
    shares = uniforms(bits, len(rows))
    keys[rows - first] = _stray_keys(tables, parent_edges, edges, rows, points, shares)


def _pick(
    likeliest: Likeliest, edges: Wholes, first: int, words: NDArray[np.uint64], keys: Wholes
) -> tuple[Wholes, Wholes]:
    """Fill in the keys of consecutive rows, those of strays with anything; the strays, and how far
    the point of each is beyond its limit.
    """
    last = first + len(words)
    low = int(edges.searchsorted(first, side="right")) - 1
    high = int(edges.searchsorted(last, side="left"))
    bounds = np.minimum(np.maximum(edges[low : high + 1], first), last)
    counts = bounds[1:] - bounds[:-1]
    point = (words >> np.uint64(64 - _BITS)).view(np.int64)
    rows_a_point = likeliest.rows_a_point[low:high].repeat(counts)
    np.multiply(point, rows_a_point, out=keys, casting="unsafe")
    keys += likeliest.start[low:high].repeat(counts)
    point -= likeliest.limit[low:high].repeat(counts)
    stray = (point >= 0).nonzero()[0]
    return stray + first, point.take(stray)


def _stray_keys(
    tables: ClusterTables,
    parent_edges: Wholes,
    edges: Wholes,
    strays: Wholes,
    beyond: Wholes,
    shares: Doubles,
) -> Wholes:
    """Keys of rows so far beyond their limit, where a share picks the row of a cluster."""
    cluster = edges.searchsorted(strays, side="right") - 1
    # Their place in the cumulated weights without the likeliest cluster's, and then with it.
    point = beyond * (tables.total * 2.0**-_BITS).take(cluster)
    point += tables.weight.take(cluster) * (point >= tables.before.take(cluster))
    parent = find(tables, cluster, point)
    begin = parent_edges.take(parent)
    offset = shares * (parent_edges.take(parent + 1) - begin)
    keys: Wholes = begin + offset.astype(np.int64)
    return keys
