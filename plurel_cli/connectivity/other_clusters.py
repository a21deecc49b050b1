"""Weights of all parent clusters but the likeliest one, cumulated in order so as to be searched.

They are searched in one step, or, where the pairs of clusters are too many for a table, in two: of
the coarse levels and then of the fine ones.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.clusters import Clusters
from plurel_cli.kernel import twin
from plurel_cli.schema.block_model import BlockLevel

_PAIRS_AT_ONCE = 1 << 20  # bound on strays × clusters looked at together
_FEW_PAIRS = 1 << 8  # pairs of clusters that are searched in one step


Doubles = NDArray[np.float64]
Wholes = NDArray[np.int64]
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


class ClusterTables(NamedTuple):
    """Weights of a child cluster's parent clusters, cumulated in order, by coarse levels and fine.

    With A coarse and B fine parent clusters, C and D of the child, the cluster (a, b) weighs
    coarse[c, a] × fine[d, b] × its size for the child cluster (c, d), of which there are C × D.

    Attributes
    ----------
    coarse
        Scores of the coarse levels: shape (C, A).
    coarse_sums
        Weights cumulated over the coarse parent clusters: shape (C D, A + 1).
    fine_sums
        Sizes × scores of the fine levels, cumulated over the fine parent clusters: shape
        (A D, B + 1), or none where all levels are coarse.
    likeliest
        Likeliest parent cluster of each child cluster.
    weight, before, total
        The weight of that one, of all before it, and of all.
    """

    coarse: Doubles
    coarse_sums: Doubles
    fine_sums: Doubles
    likeliest: Wholes
    weight: Doubles
    before: Doubles
    total: Doubles


def in_one_step(levels: list[Matrix], sizes: Wholes) -> ClusterTables:
    """Weights of few pairs of clusters, a number for each.

    Parameters
    ----------
    levels
        Shares of each level of the block model.
    sizes
        Rows of each parent cluster.

    Returns
    -------
    ClusterTables
        Without fine levels.
    """
    return ClusterTables(*tables(levels, [], sizes))


def in_two_steps(levels: list[Matrix], sizes: Wholes) -> ClusterTables:
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
    ClusterTables
    """
    half = (len(levels) + 1) // 2
    return ClusterTables(*tables(levels[:half], levels[half:], sizes))


@twin("cluster_tables")
def tables(
    coarse_levels: list[Matrix], fine_levels: list[Matrix], sizes: Wholes
) -> tuple[Doubles, Doubles, Doubles, Wholes, Doubles, Doubles, Doubles]:
    """What `ClusterTables` holds, in its order.

    Parameters
    ----------
    coarse_levels, fine_levels
        Shares of each level; there may be no fine ones.
    sizes
        Rows of each parent cluster.

    Returns
    -------
    tuple of ndarray

    Notes
    -----
    Cumulated over b that takes A × B × D numbers, and the sums of it cumulated over a another
    A × C × D.
    """
    coarse = reduce(product, map(np.array, coarse_levels))
    if not fine_levels:
        likeliest = coarse.argmax(axis=1)
        sums = _cumulated(coarse * sizes)
        weight = coarse.max(axis=1) * sizes.take(likeliest)
        before = _elements(sums, np.arange(len(coarse)), likeliest)
        return coarse, sums, np.empty((0, 2)), likeliest, weight, before, sums[:, -1].copy()
    fine = reduce(product, map(np.array, fine_levels))
    n_fine = fine.shape[1]
    # Cumulated over the parent's fine clusters: by its coarse ones and the child's fine ones.
    of_fine = _cumulated(sizes.reshape(-1, 1, n_fine) * fine)
    # Their sums, cumulated over the parent's coarse clusters: by the child's, both.
    of_coarse = _cumulated(coarse[:, None, :] * of_fine[:, :, -1].T)
    a, b = coarse.argmax(axis=1)[:, None], fine.argmax(axis=1)
    c, d = np.arange(len(coarse))[:, None], np.arange(len(fine))
    most = coarse.max(axis=1)[:, None]
    likeliest = (a * n_fine + b).ravel()
    return (
        coarse,
        of_coarse.reshape(-1, of_coarse.shape[-1]),
        of_fine.reshape(-1, of_fine.shape[-1]),
        likeliest,
        (most * fine.max(axis=1)).ravel() * sizes.take(likeliest),
        (of_fine[a, d, b] * most + of_coarse[c, d, a]).ravel(),
        of_coarse[:, :, -1].ravel(),
    )


def find(tables: ClusterTables, cluster: Wholes, point: Doubles) -> Wholes:
    """Parent clusters that points lie in.

    Parameters
    ----------
    tables
        The weights.
    cluster, point
        A child cluster each, and a point below its total.

    Returns
    -------
    ndarray
    """
    a = _last_at_most(tables.coarse_sums, cluster, point)
    if not len(tables.fine_sums):
        return a
    n_fine_children = len(tables.coarse_sums) // len(tables.coarse)
    n_fine = tables.fine_sums.shape[1] - 1
    c = cluster // n_fine_children
    d = cluster - c * n_fine_children
    point = point - _elements(tables.coarse_sums, cluster, a)
    point /= _elements(tables.coarse, c, a)
    within = _last_at_most(tables.fine_sums, a * n_fine_children + d, point)
    within += a * n_fine
    return within


def others(levels: list[Matrix], parents: Clusters, children: Clusters) -> ClusterTables:
    """Weights of the parent clusters, in the form that suits their number.

    Parameters
    ----------
    levels
        Shares of each level of the block model.
    parents, children
        The clusters of both sides, all of which must hold a row.

    Returns
    -------
    ClusterTables
    """
    is_small = parents.n * children.n <= _FEW_PAIRS
    return (in_one_step if is_small else in_two_steps)(levels, parents.sizes)


def product(coarse: Doubles, fine: Doubles) -> Doubles:
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


def _elements(table: Doubles, rows: Wholes, columns: Wholes) -> Doubles:
    """Elements of a table, one a row and column."""
    elements: Doubles = table.take(rows * table.shape[1] + columns)
    return elements


def _cumulated(weights: Doubles) -> Doubles:
    """Sums over the last axis, one after another so that they are the same everywhere, from 0."""
    sums = np.zeros((*weights.shape[:-1], weights.shape[-1] + 1))
    weights.cumsum(axis=-1, out=sums[..., 1:])
    return sums


def _last_at_most(sums: Doubles, which: Wholes, points: Doubles) -> Wholes:
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
