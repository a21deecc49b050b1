"""Draw foreign keys down the hierarchy of clusters, where many of the parent's clusters are empty.

A cluster without rows has weight zero, so the digits of a parent's label no longer come
independently of each other: a level's digit is as likely as all that lies below it weighs for the
child's own digits there. These sums, taken from the finest level up, are a table for each step,
and a child row then goes down from the coarsest, drawing one step after another.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.clusters import clusters, labels_of
from plurel_cli.connectivity.other_clusters import product, shares
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream, uniforms
from plurel_cli.schema.block_model import BlockLevel, BlockModel

Doubles = NDArray[np.float64]

SAFE_PRODUCT = 1e-280
"""Products of scores above it are far from the smallest float."""

_MOST_DIGITS = 16  # of a step of several levels, of either side
_MOST_NUMBERS = 1 << 24  # of all tables together, 8 bytes each
_AT_ONCE = 1 << 17  # weights looked at together, which stay in the cache


@dataclass(frozen=True)
class DescentStep:
    """Some consecutive levels, drawn together.

    Attributes
    ----------
    shares
        Shape (child digits, parent digits): score of each parent digit, up to a factor a child
        digit.
    n_finer
        Labels that the child has on the levels below.
    """

    shares: Doubles
    n_finer: int


def steps(model: BlockModel) -> list[DescentStep]:
    """The levels of a block model in steps, coarsest first."""
    groups: list[list[BlockLevel]] = []
    for level in model.levels:
        joined = [*groups[-1], level] if groups else [level]
        widest = max(math.prod(r) for r in (_parent_radices(joined), _child_radices(joined)))
        if groups and widest <= _MOST_DIGITS:
            groups[-1] = joined
        else:
            groups.append([level])
    several, n_finer = [], 1
    for group in reversed(groups):
        several.append(
            DescentStep(reduce(product, [np.array(shares(level)) for level in group]), n_finer)
        )
        n_finer *= math.prod(_child_radices(group))
    return several[::-1]


def _parent_radices(levels: list[BlockLevel]) -> list[int]:
    return [level.parent_clusters for level in levels]


def _child_radices(levels: list[BlockLevel]) -> list[int]:
    return [level.child_clusters for level in levels]


def can_descend(model: BlockModel) -> bool:
    """Whether the tables of sums are small enough to be held, and no product in them vanishes.

    Notes
    -----
    The one of a level has a number for every label of the parent down to it and every label of the
    child below it: with as many clusters on both sides, as many numbers as there are clusters.
    """
    n_parents, n_children = 1, math.prod(model.child_radices)
    n_numbers = n_children
    for level in model.levels:
        n_parents *= level.parent_clusters
        n_children //= level.child_clusters
        n_numbers = max(n_numbers, n_parents * n_children)
    if n_numbers > _MOST_NUMBERS:
        return False
    several = steps(model)
    least = math.prod(float(step.shares[step.shares > 0].min(initial=1.0)) for step in several)
    return n_numbers * len(several) <= _MOST_NUMBERS and least > SAFE_PRODUCT


def subtree_weights(model: BlockModel, n_parents: int) -> Iterator[Doubles]:
    """What lies below each label of the parent weighs for each label of the child, step by step.

    Parameters
    ----------
    model
        A block model with more parent clusters than parents, for which `can_descend`.
    n_parents
        Rows of the parent table.

    Yields
    ------
    ndarray
        Before each step from the finest one up, shape (parent labels down to it, child labels below
        it); last of the whole, shape (1, child labels), zero where a child can reach no parent.

    Notes
    -----
    O(numbers × digits of a step) time. Sums run in order, so that they are the same everywhere.
    """
    weights = np.zeros((math.prod(model.parent_radices), 1))
    weights[clusters(n_parents, model.parent_radices).labels] = 1.0  # of the row that it holds
    yield weights
    for step in reversed(steps(model)):
        n_child, n_parent = step.shares.shape
        below = weights.reshape(-1, n_parent, 1, step.n_finer)
        weights = step.shares[:, 0, None] * below[:, 0]
        for digit in range(1, n_parent):
            weights += step.shares[:, digit, None] * below[:, digit]
        weights = weights.reshape(-1, n_child * step.n_finer)
        yield weights


class DescentKeys:
    """Keys by one draw a step.

    Parameters
    ----------
    model
        The block model, for which `can_descend`, with more parent clusters than parents.
    n_parents, n_children
        Row counts.
    stream
        Randomness of this foreign key's rows alone.

    Notes
    -----
    O(steps × digits of a step) a row, once the tables are made.
    """

    def __init__(self, model: BlockModel, n_parents: int, n_children: int, stream: Stream) -> None:
        self._n_parents, self._n_children = n_parents, n_children
        self._n_parent_clusters = math.prod(model.parent_radices)
        self._child_radices = model.child_radices
        *below, _ = subtree_weights(model, n_parents)
        self._steps = [
            (step, _by_digit(weights, step))
            for step, weights in zip(steps(model), below[::-1], strict=True)
        ]
        self._widest = max(step.shares.shape[1] for step, _ in self._steps)
        self._stream = stream

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64."""
        start = index * BLOCK_ROWS
        stop = min(start + BLOCK_ROWS, self._n_children)
        bits = self._stream.bits(index)
        keys = np.empty(stop - start, dtype=np.int64)
        size = max(1, _AT_ONCE // self._widest)
        for begin in range(start, stop, size):
            end = min(begin + size, stop)
            cluster = labels_of(np.arange(begin, end), self._n_children, self._child_radices)
            keys[begin - start : end - start] = self._rows(cluster, bits)
        return keys

    def _rows(self, cluster: NDArray[np.int64], bits: np.random.SFC64) -> NDArray[np.int64]:
        """Parent rows of children in these clusters."""
        parent = np.zeros(len(cluster), dtype=np.int64)
        for step, below in self._steps:
            coarser, finer = np.divmod(cluster, step.n_finer)
            n_child, n_parent = step.shares.shape
            weights = below.take(parent * step.n_finer + finer, axis=0)
            weights *= step.shares.take(coarser % n_child, axis=0)
            sums = weights.cumsum(axis=1)
            point = uniforms(bits, len(cluster)) * sums[:, -1]
            point = np.minimum(point, np.nextafter(sums[:, -1], 0.0))  # whatever it is rounded to
            parent = parent * n_parent + (sums > point[:, None]).argmax(axis=1)
        return parent * self._n_parents // self._n_parent_clusters


def _by_digit(below: Doubles, step: DescentStep) -> Doubles:
    """What is below the digits of a step, side by side in a row for each label of the parent above
    it and of the child below.
    """
    n_parent = step.shares.shape[1]
    by_digit = below.reshape(-1, n_parent, step.n_finer).swapaxes(1, 2)
    return np.ascontiguousarray(by_digit).reshape(-1, n_parent)
