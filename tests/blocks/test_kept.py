"""Blocks that are kept within a bound."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.blocks.frames import whole_column
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.numerics.stream import BLOCK_ROWS

N_ROWS = 3 * BLOCK_ROWS + 7


class Squares:
    """Squares of row numbers, which counts how often each block is made."""

    def __init__(self) -> None:
        self.made: list[int] = []

    def block(self, index: int) -> NDArray[np.int64]:
        self.made.append(index)
        return np.arange(*block_rows(index, N_ROWS)) ** 2


@given(
    asked=st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=40),
    most_blocks=st.integers(0, 13),
)
def test_any_order_gives_the_plain_blocks_within_the_bound(
    asked: list[tuple[int, int]], most_blocks: int
) -> None:
    most_bytes = most_blocks * BLOCK_ROWS * 8
    kept = KeptBlocks(most_bytes)
    sources = [Squares() for _ in range(3)]
    columns = [kept.column(source) for source in sources]
    for which, index in asked:
        block = columns[which].block(index)
        np.testing.assert_array_equal(block, Squares().block(index))
        assert not block.flags.writeable
        assert kept.n_bytes <= max(most_bytes, block.nbytes)
        n_made = len(sources[which].made)
        assert columns[which].block(index) is block
        assert len(sources[which].made) == n_made
    if most_blocks >= 12:
        for source in sources:
            assert len(source.made) == len(set(source.made))


def test_the_block_asked_for_longest_ago_goes_first() -> None:
    kept, source = KeptBlocks(2 * BLOCK_ROWS * 8), Squares()
    column = kept.column(source)
    for index in (0, 1, 0, 2, 0, 1):
        column.block(index)
    assert source.made == [0, 1, 2, 1]


def test_what_is_kept_cannot_be_changed() -> None:
    block: NDArray[Any] = KeptBlocks().column(Squares()).block(0)
    with pytest.raises(ValueError, match="read-only"):
        block += 1


def test_a_whole_column_is_all_its_blocks() -> None:
    np.testing.assert_array_equal(whole_column(Squares(), N_ROWS), np.arange(N_ROWS) ** 2)
    assert len(whole_column(Squares(), 5)) == BLOCK_ROWS
