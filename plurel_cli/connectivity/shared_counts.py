"""Numbers of details where it is stated how many there are: shared out among the parents.

Each parent that has some gets the least number; the rest is shared out in proportion to what the
parents draw besides, so that together the numbers are multinomial.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.connectivity.detail_counts import DetailCounts
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.temporal.spacings import spacings

Integers = NDArray[np.int64]


class SharedCounts:
    """A number of details in all, shared out.

    Parameters
    ----------
    drawn
        What parents draw, by which the details are shared.
    least
        Fewest details of a parent that draws some; fewer where there are not enough.
    total
        How many there are.
    n_parents
        Rows of the parent.
    stream
        Randomness of the sharing alone.

    Notes
    -----
    O(parents + details) time once, eight bytes a block of parents; a block needs those details
    alone that fall to it. The first parent has one at least.
    """

    def __init__(
        self, drawn: DetailCounts, least: int, total: int, n_parents: int, stream: Stream
    ) -> None:
        self._drawn, self._n_parents = drawn, n_parents
        n_blocks = -(-n_parents // BLOCK_ROWS)
        n_some = sum(int((drawn.block(index) > 0).sum()) for index in range(n_blocks))
        self._least = least if n_some * least <= total else 0
        firsts = np.zeros(n_blocks + 1, np.int64)  # details that parents have for certain
        weights = np.zeros(n_blocks + 1, np.int64)
        for index in range(n_blocks):
            certain, weight = self._parts(index)
            firsts[index + 1], weights[index + 1] = certain.sum(), weight.sum()
        self._weights = np.cumsum(weights)
        self._is_even = not self._weights[-1]
        if self._is_even:
            self._weights = np.minimum(np.arange(n_blocks + 1) * BLOCK_ROWS, n_parents)
        self._n = total - int(firsts.sum())
        self._positions: BlockColumn = spacings["poisson"].function(max(self._n, 1), 1.0, stream)
        self._shared = self._first_of_each_block()
        self.edges: Integers = np.cumsum(firsts) + self._shared

    def _parts(self, index: int) -> tuple[Integers, Integers]:
        """What parents of a block have for certain, and by what the rest is shared."""
        drawn = self._drawn.block(index)
        certain = np.where(drawn > 0, self._least, 0)
        weight = drawn - certain
        if index == 0:
            certain[0] = max(certain[0], 1)
        return certain, np.maximum(weight, 0)

    def _slots(self, block: int) -> Integers:
        """What the shared details of a block of them take of the sum of weights, rising."""
        whole = int(self._weights[-1])
        positions = self._positions.block(block)[: self._n - block * BLOCK_ROWS]
        slots: Integers = np.minimum((positions * whole).astype(np.int64), whole - 1)
        return slots

    def _slot_blocks(self, first: int, last: int) -> Iterator[Integers]:
        for block in range(first // BLOCK_ROWS, -(-last // BLOCK_ROWS)):
            start = block * BLOCK_ROWS
            yield self._slots(block)[max(first - start, 0) : last - start]

    def _first_of_each_block(self) -> Integers:
        """Shared details before each block of parents, and all."""
        before = np.zeros(len(self._weights), np.int64)
        for slots in self._slot_blocks(0, self._n):
            before += slots.searchsorted(self._weights, side="left")
        return before

    def block(self, index: int) -> Integers:
        """Number of details of each parent of a block."""
        numbers, weight = self._parts(index)
        if self._is_even:
            weight = np.ones_like(weight)
        ends = self._weights[index] + np.cumsum(weight)
        for slots in self._slot_blocks(int(self._shared[index]), int(self._shared[index + 1])):
            numbers += np.bincount(ends.searchsorted(slots, side="right"), minlength=len(numbers))
        return numbers
