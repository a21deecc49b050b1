"""Weights of all parent clusters but the likeliest one, cumulated in order so as to be searched.

They are searched in one step, or, where the pairs of clusters are too many for a table, in two: of
the coarse levels and then of the fine ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial, reduce
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.clusters import Clusters
from plurel_cli.schema.block_model import BlockLevel

_PAIRS_AT_ONCE = 1 << 20  # bound on strays × clusters looked at together
_FEW_PAIRS = 1 << 8  # pairs of clusters that are searched in one step


Matrix = list[list[float]]


def shares(level: BlockLevel) -> Matrix:
    """Score of each parent cluster in the sum of its child cluster's, child clusters × parent
    clusters; 0 where that sum is. A factor a child cluster changes no distribution.

    Notes
    -----
    `sum` of floats rounds otherwise from Python 3.12 on; `fsum` is the same everywhere.
    """
    sums = [(column, math.fsum(column)) for column in zip(*level.p, strict=True)]
    return [[p / total if total else 0.0 for p in column] for column, total in sums]


def least_likely(levels: list[Matrix]) -> float:
    """How likely the likeliest parent cluster is in the child cluster where it is least so, sizes
    left aside, by the shares of each level.
    """
    return math.prod([min(map(max, level)) for level in levels])


class Search(Protocol):
    """Finds clusters by their cumulated weights."""

    def __call__(
        self, cluster: NDArray[np.int64], point: NDArray[np.float64], /
    ) -> NDArray[np.int64]:
        """Parent clusters that points lie in, of a child cluster each and below its total."""
        ...


@dataclass(frozen=True)
class Others:
    """Weights of a child cluster's parent clusters, cumulated in order.

    Attributes
    ----------
    likeliest
        Likeliest parent cluster of each child cluster.
    weight, before, total
        The weight of that one, of all before it, and of all.
    find
        Search in them.
    """

    likeliest: NDArray[np.int64]
    weight: NDArray[np.float64]
    before: NDArray[np.float64]
    total: NDArray[np.float64]
    find: Search


def in_one_step(levels: list[Matrix], sizes: NDArray[np.int64]) -> Others:
    """Weights of few pairs of clusters, a number for each.

    Parameters
    ----------
    levels
        Shares of each level of the block model.
    sizes
        Rows of each parent cluster.

    Returns
    -------
    Others
    """
    scores = reduce(product, map(np.array, levels))
    likeliest = scores.argmax(axis=1)
    sums = _cumulated(scores * sizes)
    return Others(
        likeliest=likeliest,
        weight=scores.max(axis=1) * sizes.take(likeliest),
        before=_elements(sums, np.arange(len(scores)), likeliest),
        total=sums[:, -1],
        find=partial(_last_at_most, sums),
    )


def in_two_steps(levels: list[Matrix], sizes: NDArray[np.int64]) -> Others:
    """Weights of many pairs of clusters, by the coarse levels and then by the fine ones; as
    `in_one_step`.

    Parameters
    ----------
    levels
        Shares of each level of the block model.
    sizes
        Rows of each parent cluster.

    Returns
    -------
    Others

    Notes
    -----
    With A coarse and B fine parent clusters, C and D of the child: the cluster (a, b) has weight
    coarse[c, a] × fine[d, b] × its size for the child cluster (c, d). Cumulated over b that takes
    A × B × D numbers, and the sums of it cumulated over a another A × C × D.
    """
    half = (len(levels) + 1) // 2
    coarse = reduce(product, map(np.array, levels[:half]))
    fine = reduce(product, map(np.array, levels[half:] or [[[1.0]]]))
    n_fine, n_fine_children = fine.shape[1], len(fine)
    # Cumulated over the parent's fine clusters: by its coarse ones and the child's fine ones.
    of_fine = _cumulated(sizes.reshape(-1, 1, n_fine) * fine)
    # Their sums, cumulated over the parent's coarse clusters: by the child's, both.
    of_coarse = _cumulated(coarse[:, None, :] * of_fine[:, :, -1].T)
    a, b = coarse.argmax(axis=1)[:, None], fine.argmax(axis=1)
    c, d = np.arange(len(coarse))[:, None], np.arange(len(fine))
    most = coarse.max(axis=1)[:, None]
    likeliest = (a * n_fine + b).ravel()
    fine_sums, coarse_sums = (sums.reshape(-1, sums.shape[-1]) for sums in (of_fine, of_coarse))

    def find(cluster: NDArray[np.int64], point: NDArray[np.float64]) -> NDArray[np.int64]:
        a = _last_at_most(coarse_sums, cluster, point)
        c = cluster // n_fine_children
        d = cluster - c * n_fine_children
        point = point - _elements(coarse_sums, cluster, a)
        point /= _elements(coarse, c, a)
        within = _last_at_most(fine_sums, a * n_fine_children + d, point)
        within += a * n_fine
        return within

    return Others(
        likeliest=likeliest,
        weight=(most * fine.max(axis=1)).ravel() * sizes.take(likeliest),
        before=(of_fine[a, d, b] * most + of_coarse[c, d, a]).ravel(),
        total=of_coarse[:, :, -1].ravel(),
        find=find,
    )


def others(levels: list[Matrix], parents: Clusters, children: Clusters) -> Others:
    """Weights of the parent clusters, in the form that suits their number.

    Parameters
    ----------
    levels
        Shares of each level of the block model.
    parents, children
        The clusters of both sides, all of which must hold a row.

    Returns
    -------
    Others
    """
    is_small = parents.n * children.n <= _FEW_PAIRS
    return (in_one_step if is_small else in_two_steps)(levels, parents.sizes)


def product(coarse: NDArray[np.float64], fine: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kronecker product: scores of the clusters of some levels and those below.

    Parameters
    ----------
    coarse
        Shape (C, A): of A parent clusters for each of C child clusters.
    fine
        Shape (D, B), likewise, of the levels below.

    Returns
    -------
    ndarray
        Shape (C D, A B).
    """
    shape = len(coarse) * len(fine), coarse.shape[1] * fine.shape[1]
    return (coarse[:, None, :, None] * fine[:, None, :]).reshape(shape)


def _elements(
    table: NDArray[np.float64], rows: NDArray[np.int64], columns: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Elements of a table, one a row and column."""
    elements: NDArray[np.float64] = table.take(rows * table.shape[1] + columns)
    return elements


def _cumulated(weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sums over the last axis, one after another so that they are the same everywhere, from 0."""
    sums = np.zeros((*weights.shape[:-1], weights.shape[-1] + 1))
    weights.cumsum(axis=-1, out=sums[..., 1:])
    return sums


def _last_at_most(
    sums: NDArray[np.float64], which: NDArray[np.int64], points: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Last column that is at most the point, of those that a weight follows, in the row of sums it
    belongs to.
    """
    columns = np.empty(len(points), dtype=np.int64)
    step = max(1, _PAIRS_AT_ONCE // sums.shape[1])
    for low in range(0, len(points), step):
        several = sums.take(which[low : low + step], axis=0)
        below = np.minimum(points[low : low + step], np.nextafter(several[:, -1], 0.0))
        columns[low : low + step] = (several > below[:, None]).argmax(axis=1)
    return columns - 1
