"""Columns of tables that have grown: earlier rows by one column, those after them by another.

`Continued` puts the two together at the row where the later ones begin. What makes the later rows
may count them from that row on: `Placed` gives them at their places in the whole table, and `After`
does the reverse.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.numerics.stream import BLOCK_ROWS

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class Continued:
    """A column whose first rows another column gives.

    Attributes
    ----------
    former
        The first rows.
    later
        All rows, of which those after the first count.
    n_former
        How many the first are.
    """

    former: BlockColumn
    later: BlockColumn
    n_former: int

    def block(self, index: int) -> Any:
        """Values of one block of rows."""
        first = index * BLOCK_ROWS
        if first + BLOCK_ROWS <= self.n_former:
            return self.former.block(index)
        if first >= self.n_former:
            return self.later.block(index)
        n = self.n_former - first
        return _joined(self.former.block(index)[:n], self.later.block(index)[n:])


@dataclass(frozen=True)
class Placed:
    """Rows after those of an earlier time, at their places in the whole table.

    Attributes
    ----------
    column
        The rows, counted from the first of them on.
    n_former
        Rows before them, in whose place there are zeros.
    n_rows
        Rows of the table.
    """

    column: BlockColumn
    n_former: int
    n_rows: int

    def block(self, index: int) -> Any:
        """Values of one block of rows."""
        first, last = block_rows(index, self.n_rows)
        values = _rows(self.column, max(first - self.n_former, 0), last - self.n_former)
        if first < self.n_former:
            values = np.concatenate([np.zeros(self.n_former - first, values.dtype), values])
        return values


@dataclass(frozen=True)
class After:
    """A column of all rows, from some row on.

    Attributes
    ----------
    column
        All rows.
    first
        The row that is the first here.
    n_rows
        How many rows there are here.
    """

    column: BlockColumn
    first: int
    n_rows: int

    def block(self, index: int) -> NDArray[Any]:
        """Values of one block of rows, counted from the first."""
        begin, end = block_rows(index, self.n_rows)
        return _rows(self.column, self.first + begin, self.first + end)


def _rows(column: BlockColumn, first: int, last: int) -> NDArray[Any]:
    """Values of rows from `first` up to `last`, which is not among them."""
    pieces = [
        column.block(k)[max(first - k * BLOCK_ROWS, 0) : last - k * BLOCK_ROWS]
        for k in range(first // BLOCK_ROWS, -(-last // BLOCK_ROWS))
    ]
    return np.concatenate(pieces)


def _joined(former: Any, later: Any) -> Any:
    """Values of both, as one array or series."""
    if isinstance(former, np.ndarray) and isinstance(later, np.ndarray):
        return np.concatenate([former, later])
    import polars as pl

    series: pl.Series = pl.concat([pl.Series(former), pl.Series(later)])
    return series
