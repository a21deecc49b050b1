"""A column that can be made one block of rows at a time, from any block on.

Stages hand these over, and whoever needs rows (a file, a frame, a later stage) asks for blocks.
"""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.stream import BLOCK_ROWS


class BlockColumn(Protocol):
    """Values of a column by blocks of `BLOCK_ROWS` rows."""

    def block(self, index: int, /) -> NDArray[Any]:
        """Values of rows ``index * BLOCK_ROWS`` up to the end of the block or table."""
        ...


def block_rows(index: int, n_rows: int) -> tuple[int, int]:
    """First row of a block, and the one after its last.

    Parameters
    ----------
    index
        Which block, from 0.
    n_rows
        Rows of the column.

    Returns
    -------
    tuple of int
        First row, and the one after the last.

    Examples
    --------
    >>> block_rows(1, 100_000)
    (65536, 100000)
    """
    start = index * BLOCK_ROWS
    return start, min(start + BLOCK_ROWS, n_rows)


def blocks_of(first: int, n_rows: int) -> range:
    """Blocks of some rows, of which the first begins a block.

    Parameters
    ----------
    first
        First of the rows.
    n_rows
        How many rows they are.

    Returns
    -------
    range
        Indices of the blocks.

    Examples
    --------
    >>> blocks_of(65536, 100_000)
    range(1, 3)
    """
    start = first // BLOCK_ROWS
    return range(start, start - (-n_rows // BLOCK_ROWS))


class RowIndex:
    """The primary key: 0..N − 1 in row order.

    Parameters
    ----------
    n_rows
        Rows of the table.
    """

    def __init__(self, n_rows: int) -> None:
        self._n_rows = n_rows

    def block(self, index: int) -> NDArray[np.int64]:
        """Row numbers of one block."""
        return np.arange(*block_rows(index, self._n_rows), dtype=np.int64)
