"""Which parents each cluster of children may refer to, by scores and weights as they were drawn.

A score may be zero and a parent may be childless, so that a cluster of children could be left with
nobody to refer to. That is looked at once all is drawn: where all parents that some rows may refer
to are childless, the first of each of their clusters is not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.clusters import Clusters, clusters
from plurel_cli.connectivity.hsbm import cluster_weights
from plurel_cli.connectivity.weights import RowWeights
from plurel_cli.schema.block_model import BlockModel

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]

_FIRST = np.zeros(1, dtype=np.int64)


@dataclass(frozen=True)
class Reach:
    """What the children of a foreign key may refer to.

    Attributes
    ----------
    parents, children
        The clusters of both sides.
    scores
        Of each parent cluster, by child cluster: shape (child clusters, parent clusters).
    weights
        Of the parents.
    """

    parents: Clusters
    children: Clusters
    scores: Doubles
    weights: RowWeights

    @cached_property
    def before(self) -> Doubles:
        """Weight × score of the parent clusters before each one, by child cluster: one column more
        than `scores`.
        """
        before = np.zeros((self.children.n, self.parents.n + 1))
        masses = np.diff(self.weights.cohort[self.parents.edges])
        np.cumsum(self.scores * masses, axis=1, out=before[:, 1:])
        return before

    @property
    def reaches(self) -> NDArray[np.bool_]:
        """Whether each cluster of children has a parent."""
        total = self.before[:, -1]
        return (total > 0) & np.isfinite(total)

    @property
    def is_even(self) -> bool:
        """Whether all children may refer to the same parents."""
        return bool((self.scores > 0).all())

    @cached_property
    def living(self) -> NDArray[np.bool_]:
        """Whether each parent weighs anything."""
        living: NDArray[np.bool_] = np.diff(self.weights.cohort) > 0
        return living

    def choices(self, child_cluster: int) -> Integers:
        """The parents that a cluster of children may refer to, rising."""
        is_near = self.scores[child_cluster] > 0
        return np.flatnonzero(self.living & np.repeat(is_near, self.parents.sizes))


def drawn_reach(
    model: BlockModel, n_parents: int, n_children: int, draw: Callable[[Integers], RowWeights]
) -> Reach:
    """Draw the weights of parents so that every cluster of children has one.

    Parameters
    ----------
    model
        The block model.
    n_parents, n_children
        Row counts.
    draw
        Draws the weights; it is given the parents that are not to be childless.

    Returns
    -------
    Reach
        In which a cluster of children reaches nobody only if no score lets it.

    Notes
    -----
    O(parents + pairs of clusters) time.
    """
    parents = clusters(n_parents, model.parent_radices)
    children = clusters(n_children, model.child_radices)
    one_each = replace(parents, edges=np.arange(parents.n + 1))
    scores = cluster_weights(model, one_each, children.digits)
    reach = Reach(parents, children, scores, draw(_FIRST))
    if (left := ~reach.reaches).any():
        kept = parents.edges[:-1][(scores[left] > 0).any(axis=0)]
        reach = Reach(parents, children, scores, draw(np.append(kept, _FIRST)))
    return reach
