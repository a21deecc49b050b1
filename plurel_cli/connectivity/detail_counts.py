"""How many details each parent has, from an address each.

A parent's number is the quantile of its share, a uniform real, in a table of the distribution. So
any parents' numbers are made alone; how many there are before a block of parents needs those of
all blocks before once, eight bytes a block.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.connectivity.counts import counts
from plurel_cli.connectivity.uniforms import Trait, block_uniforms
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream

Integers = NDArray[np.int64]

_TINY = 1e-9


class Numbers(Protocol):
    """Numbers of details by blocks of parents."""

    @property
    def edges(self) -> Integers:
        """Details before each block of parents, and all: shape (blocks + 1,)."""
        ...

    def block(self, index: int, /) -> Integers:
        """Number of details of each parent of a block."""
        ...


def settled_least(mean: float, least: int, none: float) -> int:
    """The least number of details of a parent that has some, where the mean allows no more.

    Parameters
    ----------
    mean
        Mean number over all parents.
    least
        The least number that is asked for.
    none
        Share of parents that have none.

    Returns
    -------
    int
        At most mean / (1 − none).

    Examples
    --------
    >>> settled_least(0.4, 1, 0.0), settled_least(3.2, 1, 0.0)
    (0, 1)
    """
    return min(least, int(mean / (1.0 - none)))


def cumulated(
    count: str, mean: float, least: int, none: float, parameters: Mapping[str, float]
) -> NDArray[np.float64]:
    """Probabilities of at most 0, 1, 2, … details.

    Parameters
    ----------
    count
        Name of the distribution of what a parent has besides the least number.
    mean
        Mean number over all parents, above 0.
    least
        Fewest details of a parent that has some; at most mean / (1 − none).
    none
        Share of parents that have none, besides those of which the distribution says so.
    parameters
        Of the distribution.

    Returns
    -------
    ndarray
        Rising to 1.

    Examples
    --------
    >>> cumulated("constant", 2.0, 1, 0.0, {}).tolist()
    [0.0, 0.0, 1.0, 1.0]
    """
    further = mean / (1.0 - none) - least
    alone = np.ones(1)
    shares = alone if further < _TINY else counts[count].function(further, **parameters)
    probabilities = np.concatenate([np.zeros(least), shares])
    probabilities *= 1.0 - none
    probabilities[0] += none
    rising = np.add.accumulate(probabilities)
    rising /= rising[-1]
    return rising


class DetailCounts:
    """Numbers of details that each parent draws.

    Parameters
    ----------
    rising
        Probabilities of at most 0, 1, 2, … details.
    n_parents
        Rows of the parent.
    latent
        Share of parents whose number follows from their hidden trait.
    trait
        That trait.
    stream
        Randomness of these numbers alone.

    Notes
    -----
    The first parent has one at least, so that a table is never empty, and whatever keeps to time
    finds a row there from the first moment on.
    """

    def __init__(
        self,
        rising: NDArray[np.float64],
        n_parents: int,
        latent: float,
        trait: Trait,
        stream: Stream,
    ) -> None:
        self._rising, self._n_parents = rising, n_parents
        self._latent, self._trait, self._stream = latent, trait, stream
        self._last = -1
        self._numbers = np.empty(0, np.int64)

    def drawn(self, index: int) -> Integers:
        """Numbers of a block of parents as they are drawn, the first like any other."""
        start, stop = block_rows(index, self._n_parents)
        shares = block_uniforms(self._stream.child("share"), index, stop - start)
        if self._latent > 0:
            is_told = block_uniforms(self._stream.child("told"), index, stop - start) < self._latent
            np.copyto(shares, self._trait.block(index), where=is_told)
        return self._rising.searchsorted(shares, side="right")

    def block(self, index: int) -> Integers:
        """Number of details of each parent of a block."""
        if index != self._last:
            self._numbers, self._last = self.drawn(index), index
            if index == 0:
                self._numbers[0] = max(self._numbers[0], 1)
        return self._numbers

    @cached_property
    def edges(self) -> Integers:
        """Details before each block of parents, and all; O(parents) time once."""
        n_blocks = -(-self._n_parents // BLOCK_ROWS)
        sums = [int(self.block(index).sum()) for index in range(n_blocks)]
        return np.concatenate([[0], np.cumsum(np.array(sums, np.int64))])
