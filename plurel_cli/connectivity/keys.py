"""Draw foreign keys from a block model, a few nanoseconds each.

A child row's 64 random bits are read twice. Their upper 62, compared with the cumulated weights
of its cluster, pick the parent cluster; where their top 16, a *bucket*, lie wholly inside one
parent cluster, the lower 48 are still uniform and pick the row, and in the few rows of the other
buckets fresh bits do. So nearly all rows need one table look-up and one multiplication, and what
is drawn does not depend on the size of that table.
"""

from __future__ import annotations

from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.clusters import Clusters, clusters
from plurel_cli.connectivity.descent import DescentKeys, can_descend
from plurel_cli.connectivity.hsbm import PAIRS_BY_TABLE, cluster_weights, safe_scores
from plurel_cli.connectivity.levelwise import LevelwiseKeys
from plurel_cli.connectivity.likeliest import LikeliestKeys
from plurel_cli.connectivity.other_clusters import least_likely, others, shares
from plurel_cli.kernel import twin
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.block_model import BlockModel

T = TypeVar("T", bound=np.generic)

_BITS = 62  # of which a cluster is picked: thresholds up to 2**62 fit int64
_ROW_BITS = 48  # of which a row within the cluster is picked
_ROW_MASK = np.uint64((1 << _ROW_BITS) - 1)
_BUCKET = 1 << (_BITS - 16)  # width of a bucket, in thresholds
_MAX_TABLE_BITS = 14  # look-up tables that stay in the cache
_PAIRS_AT_ONCE = 1 << 20  # bound on child clusters × parent clusters looked at together
_MOSTLY = 7 / 8  # of a child cluster's rows: strays are then few enough to be searched for
_CLUSTERS_A_ROW = 8  # beyond so many clusters a row, look-up tables cost more than they save
_SLICE = 1 << 13  # rows whose temporaries stay in the cache
_NO_DIGITS = np.empty((0, 0), dtype=np.int64)
_IMPURE = np.int64(-1 << 62)


class Keys(Protocol):
    """Foreign keys of one column, made a block of rows at a time."""

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of rows ``index * BLOCK_ROWS`` and on, up to the end of the block or table."""
        ...


def block_model_keys(model: BlockModel, n_parents: int, n_children: int, stream: Stream) -> Keys:
    """Keys of a foreign key drawn from a block model.

    Parameters
    ----------
    model
        The block model; `check_reachable` must have passed.
    n_parents, n_children
        Row counts.
    stream
        Randomness of this foreign key's rows alone.

    Returns
    -------
    Keys
        Any block, on its own, in O(block) time once its clusters' tables are made.

    Notes
    -----
    A block costs O(rows + child clusters it meets × parent clusters). Where that product is too
    large, the levels are drawn one after another instead; only where that takes tables too large as
    well, since there are millions of clusters more than parents, it costs what it costs.
    """
    parents = clusters(n_parents, model.parent_radices)
    children = clusters(n_children, model.child_radices)
    if parents.n * children.n > PAIRS_BY_TABLE:
        if parents.is_complete:
            return LevelwiseKeys(model, n_parents, children, stream)
        if can_descend(model):
            return DescentKeys(model, n_parents, n_children, stream)
    levels = [shares(level) for level in model.levels]
    if parents.is_complete and children.is_complete and least_likely(levels) >= _MOSTLY:
        weights = others(levels, parents, children)
        return LikeliestKeys(weights, parents, children, stream)
    return TableKeys(model, parents, children, stream)


class TableKeys:
    """Keys by thresholds over all parent clusters.

    Parameters
    ----------
    model
        The block model.
    parents, children
        The clusters of both sides.
    stream
        Randomness of this foreign key's rows alone.
    """

    def __init__(
        self, model: BlockModel, parents: Clusters, children: Clusters, stream: Stream
    ) -> None:
        self._model = model
        self._parents = parents
        self._children = children
        self._stream = stream
        self._starts = parents.edges[:-1]
        self._scaled_sizes = parents.sizes * np.float64(2.0**-_ROW_BITS)

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64."""
        start = index * BLOCK_ROWS
        stop = min(start + BLOCK_ROWS, int(self._children.edges[-1]))
        keys = np.empty(stop - start, dtype=np.int64)
        fill_by_table(self, self._stream.bits(index), start, keys)
        return keys

    @cached_property
    def packed(self) -> tuple[NDArray[Any], ...]:
        """The same for compiled code: scores of all levels, clusters of the parent and the child on
        each, labels of the parent's where some are empty, and of the child's; edges of the
        parent's, scaled sizes, and edges of the child's.
        """
        radices = [
            radix for level in self._model.levels for radix in (len(level.p), len(level.p[0]))
        ]
        return (
            np.concatenate([p.ravel() for p in safe_scores(self._model)]),
            np.array(radices),
            _NO_DIGITS if self._parents.is_complete else self._parents.digits,
            self._children.digits,
            self._parents.edges,
            self._scaled_sizes,
            self._children.edges,
        )

    def fill(self, bits: np.random.SFC64, start: int, keys: NDArray[np.int64]) -> None:
        """Draw the keys of consecutive rows.

        Parameters
        ----------
        bits
            Randomness of these rows alone.
        start, keys
            First of the rows, and where the key of each is written.
        """
        edges, stop = self._children.edges, start + len(keys)
        late: list[tuple[NDArray[np.int64], NDArray[np.int64]]] = []
        step = max(1, _PAIRS_AT_ONCE // self._parents.n)
        first = int(edges.searchsorted(start, side="right")) - 1
        last = int(edges.searchsorted(stop, side="left"))
        for low in range(first, last, step):
            high = min(low + step, last)
            bounds = edges[low : high + 1] - start
            bounds[0], bounds[-1] = max(0, bounds[0]), min(stop - start, bounds[-1])
            begin, end = int(bounds[0]), int(bounds[-1])
            rows, picked = self._fill(low, high, bounds[1:] - bounds[:-1], bits, keys[begin:end])
            late.append((rows + begin, picked))
        rows = _joined([rows for rows, _ in late])
        picked = _joined([picked for _, picked in late])
        keys[rows] = self._row(picked, bits.random_raw(len(rows)) >> np.uint64(16))

    def _row(self, cluster: NDArray[np.int64], bits: NDArray[np.uint64]) -> NDArray[np.int64]:
        """Uniform row of a cluster, by 48 bits each."""
        offset = bits.view(np.int64) * self._scaled_sizes[cluster]
        return self._starts[cluster] + offset.astype(np.int64)

    def _fill(
        self,
        low: int,
        high: int,
        counts: NDArray[np.int64],
        bits: np.random.SFC64,
        keys: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Fill the keys of child clusters low..high − 1; return the rows, with their parent
        clusters, that still need fresh bits for the row.
        """
        thresholds = self._thresholds(low, high)
        n_rows, n_clusters = len(keys), high - low
        n_bits = self._table_bits(n_rows, n_clusters)
        shift = np.uint64(64 - n_bits)
        start_of, size_of = self._tables(thresholds, n_bits)
        segments = np.repeat(np.arange(n_clusters), counts) if n_clusters > 1 else None
        impure_parts, raw_parts = [], []
        for begin in range(0, n_rows, _SLICE):
            out = keys[begin : begin + _SLICE]
            raw = bits.random_raw(len(out))
            bucket = (raw >> shift).view(np.int64)
            if segments is not None:
                bucket += segments[begin : begin + _SLICE] << n_bits
            np.multiply(
                (raw & _ROW_MASK).view(np.int64),
                size_of.take(bucket),
                out=out,
                casting="unsafe",
            )
            out += start_of.take(bucket)
            impure = np.flatnonzero(out < 0)
            impure_parts.append(impure + begin)
            raw_parts.append(raw[impure])
        impure, raw = _joined(impure_parts), _joined(raw_parts)
        which = np.zeros(len(impure), np.int64) if segments is None else segments[impure]
        points = (raw >> np.uint64(64 - _BITS)).view(np.int64)
        picked = _search(thresholds, which, points)
        bucket_start = points & ~np.int64(_BUCKET - 1)
        is_pure = (thresholds[which, picked] <= bucket_start) & (
            thresholds[which, picked + 1] >= bucket_start + _BUCKET
        )
        keys[impure[is_pure]] = self._row(picked[is_pure], raw[is_pure] & _ROW_MASK)
        return impure[~is_pure], picked[~is_pure]

    def _thresholds(self, low: int, high: int) -> NDArray[np.int64]:
        """Cumulated probabilities of the parent clusters in units of 2⁻⁶²: shape (child clusters,
        parent clusters + 1), from 0 to 2⁶². Sums run in order, so that they are the same
        everywhere.
        """
        weights = cluster_weights(self._model, self._parents, self._children.digits[:, low:high])
        cumulated = np.cumsum(weights, axis=1)
        thresholds = np.zeros((high - low, self._parents.n + 1), dtype=np.int64)
        cumulated /= cumulated[:, -1:].copy()
        np.multiply(cumulated, 2.0**_BITS, out=thresholds[:, 1:], casting="unsafe")
        return thresholds

    def _table_bits(self, n_rows: int, n_clusters: int) -> int:
        """Bits of the look-up table: enough for the clusters, and cheap next to the rows."""
        if n_clusters * self._parents.n > _CLUSTERS_A_ROW * n_rows:
            return 0
        enough = self._parents.n.bit_length() + 7
        cheap = max(4, (n_rows // n_clusters).bit_length() - 2)
        return min(enough, cheap, _MAX_TABLE_BITS)

    def _tables(
        self, thresholds: NDArray[np.int64], n_bits: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """First row and scaled size of the parent cluster of each bucket, child cluster after
        child cluster; a bucket that a threshold falls into has a first row below any size.
        """
        n_clusters, n_parents = thresholds.shape[0], self._parents.n
        if n_bits == 0:  # one bucket a child cluster, good for none of its rows
            return np.full(n_clusters, _IMPURE), np.zeros(n_clusters)
        width = _BITS - n_bits
        first = (thresholds + ((1 << width) - 1)) >> width  # first bucket beginning at or after it
        counts = (first[:, 1:] - first[:, :-1]).ravel()
        cluster = np.tile(np.arange(n_parents), n_clusters).repeat(counts)
        start_of, size_of = self._starts.take(cluster), self._scaled_sizes.take(cluster)
        inside = np.minimum(thresholds[:, 1:-1] >> width, (1 << n_bits) - 1)
        inside += (np.arange(n_clusters) << n_bits)[:, None]
        start_of[inside.ravel()] = _IMPURE
        return start_of, size_of


@twin("table_keys")
def fill_by_table(
    table: TableKeys, bits: np.random.SFC64, start: int, keys: NDArray[np.int64]
) -> None:
    """Draw the keys of consecutive rows by thresholds over all parent clusters.

    Parameters
    ----------
    table
        The thresholds.
    bits
        Randomness of these rows alone.
    start, keys
        First of the rows, and where the key of each is written.
    """
    table.fill(bits, start, keys)


def _joined(parts: list[NDArray[T]]) -> NDArray[T]:
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _search(
    thresholds: NDArray[np.int64], which: NDArray[np.int64], points: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Last column whose threshold is at most the point, in the row of thresholds it belongs to."""
    columns = thresholds.shape[1]
    flat, row_start = thresholds.ravel(), which * columns
    low = np.zeros(len(points), dtype=np.int64)
    step = 1 << (columns - 2).bit_length()  # at least columns - 1: the last is above any point
    while step := step >> 1:
        ahead = np.minimum(low + step, columns - 1)
        low = np.where(flat.take(row_start + ahead) <= points, ahead, low)
    return low
