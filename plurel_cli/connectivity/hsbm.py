"""The hierarchical stochastic block model of one foreign key: its draw and its probabilities.

Each level splits parents and children into a few clusters and scores every pair of them, high
where they match. The score of a parent row and a child row is the product over the levels, and a
child row draws its parent with probability proportional to the score. Since the score depends on
clusters alone, that is a parent cluster with probability ∝ its size × its score, then a row of it
uniformly (a published equivalence: it turns O(parents × children) into O(children)).
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.connectivity.clusters import Clusters, clusters
from plurel_cli.connectivity.descent import SAFE_PRODUCT, can_descend, subtree_weights
from plurel_cli.errors import ConfigError, Problem
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.block_model import BlockLevel, BlockModel

PAIRS_BY_TABLE = 1 << 22
"""Pairs of clusters beyond which whole blocks × clusters are too many: go level by level."""

_PAIRS_AT_ONCE = 1 << 20


def sample_block_model(config: ConnectivityConfig, stream: Stream) -> BlockModel:
    """Draw the block model of one foreign key.

    Parameters
    ----------
    config
        Levels, clusters and scores to draw from.
    stream
        Randomness of this foreign key alone.

    Returns
    -------
    BlockModel
        For each level a matrix of scores, parent clusters × child clusters. Its diagonal wraps
        where it is not square: entries (i mod rows, i mod columns) for i < max(rows, columns).

    References
    ----------
    PluRel, arXiv 2602.04029, appendix on connectivity.
    """
    n_levels = config.levels.draw(stream.child("levels").draws())
    parents = stream.child("parent_clusters").draws()
    children = stream.child("child_clusters").draws()
    levels = []
    for level in range(n_levels):
        rows = config.parent_clusters.draw(parents)
        columns = rows if config.matched else config.child_clusters.draw(children)
        diagonal = {(i % rows, i % columns) for i in range(max(rows, columns))}
        on = stream.child("p_diagonal", level).draws()
        off = stream.child("p_off_diagonal", level).draws()
        p = tuple(
            tuple(
                config.p_diagonal.draw(on)
                if (row, column) in diagonal
                else config.p_off_diagonal.draw(off)
                for column in range(columns)
            )
            for row in range(rows)
        )
        levels.append(BlockLevel(parent_clusters=rows, child_clusters=columns, p=p))
    return BlockModel(levels=tuple(levels))


def cluster_weights(
    model: BlockModel, parents: Clusters, child_digits: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Weight of every parent cluster for some child clusters: size × product of the scores.

    Parameters
    ----------
    model
        The block model.
    parents
        The parent's clusters.
    child_digits
        int64, shape (levels, m): labels of the child clusters asked for.

    Returns
    -------
    NDArray[np.float64]
        Shape (m, parents.n), not normalised. At most O(levels × m × parents.n) time.
    """
    n_children = child_digits.shape[1]
    weights: NDArray[np.float64] | None = None  # children last: they are the longer axis
    for level, p in enumerate(safe_scores(model)):
        scores = p.take(child_digits[level], axis=1)
        if not parents.is_complete:
            scores = scores.take(parents.digits[level], axis=0)
            weights = scores if weights is None else weights * scores
        elif weights is None:
            weights = scores
        else:  # all labels in order: the last digit runs fastest
            weights = (weights[:, None, :] * scores).reshape(-1, n_children)
    assert weights is not None  # noqa: S101 (a model has a level)
    weights *= parents.sizes[:, None]
    return np.ascontiguousarray(weights.T)


def safe_scores(model: BlockModel) -> list[NDArray[np.float64]]:
    """Scores of each level, parent clusters × child clusters, up to a factor a child cluster where
    products of them as they are could vanish: it changes no distribution.
    """
    scores = [np.array(level.p) for level in model.levels]
    if lowest_product(model) <= SAFE_PRODUCT:
        for p in scores:
            p /= np.where(p.max(axis=0) > 0, p.max(axis=0), 1.0)
    return scores


def lowest_product(model: BlockModel) -> float:
    """Lowest score that a pair of clusters could have."""
    return math.prod(min(min(row) for row in level.p) for level in model.levels)


def check_reachable(model: BlockModel, n_parents: int, n_children: int, place: str) -> None:
    """Refuse a model in which some child row has no parent it could refer to.

    Parameters
    ----------
    model
        The block model.
    n_parents, n_children
        Row counts.
    place
        The setting to name in the message.

    Raises
    ------
    ConfigError
        If the scores of a child cluster that holds rows are all zero.

    Notes
    -----
    Free unless a score is zero, or so small that products vanish. Where every parent cluster holds
    rows, a child cluster can reach one exactly if it has a score above zero on every level;
    otherwise the clusters that hold rows are gone through, level by level if they are many.
    """
    if lowest_product(model) > SAFE_PRODUCT:
        return
    parents = clusters(n_parents, model.parent_radices)
    children = clusters(n_children, model.child_radices)
    if parents.is_complete:
        reachable = np.ones(children.n, dtype=bool)
        for level, scores_of in enumerate(model.levels):
            can_reach = np.array(scores_of.p).max(axis=0) > 0
            reachable &= can_reach[children.digits[level]]
        is_fine = bool(reachable.all())
    elif parents.n * children.n > PAIRS_BY_TABLE and can_descend(model):
        *_, weights = subtree_weights(model, n_parents)
        is_fine = bool((weights[0, children.labels] > 0).all())
    else:
        step = max(1, _PAIRS_AT_ONCE // parents.n)
        is_fine = all(
            bool(cluster_weights(model, parents, children.digits[:, c : c + step]).any(1).all())
            for c in range(0, children.n, step)
        )
    if not is_fine:
        rule = "leaves a cluster of child rows with no parent it may refer to"
        remedy = "raise p_diagonal or p_off_diagonal above 0"
        raise ConfigError([Problem(place, rule, remedy=remedy)])
