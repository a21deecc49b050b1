"""The rows that are computed together.

Everything is computed slice by slice of `SLICE_ROWS` rows, whoever asks for which rows: a matrix
product differs in its last bits with the number of its rows, so that number must not depend on
the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream

SLICE_ROWS = 1 << 11
"""Rows computed together; their temporaries stay in the cache."""

REFERENCE_ROWS = 1 << 16
"""Most rows of a reference sample; tables of up to as many are their own."""

_SLICES_A_BLOCK = BLOCK_ROWS // SLICE_ROWS


@dataclass(frozen=True)
class Slice:
    """Rows of a table that are computed together.

    Attributes
    ----------
    index
        Which slice of the table it is.
    first, last
        Its rows in the table, `last` excluded.
    begin, end
        Their place among the rows asked for.
    """

    index: int
    first: int
    last: int
    begin: int
    end: int


class Rows:
    """Some slices of a table, in order.

    Parameters
    ----------
    n_rows
        Rows of the table.
    slices
        Indices of the slices, rising.
    """

    def __init__(self, n_rows: int, slices: Sequence[int]) -> None:
        self.table_rows = n_rows
        several, begin = [], 0
        for index in slices:
            first = index * SLICE_ROWS
            last = min(first + SLICE_ROWS, n_rows)
            several.append(Slice(index, first, last, begin, begin + last - first))
            begin += last - first
        self.slices = tuple(several)
        self.n = begin

    @cached_property
    def ends(self) -> NDArray[np.int64]:
        """Where each slice ends among the rows asked for."""
        return np.array([piece.end for piece in self.slices], dtype=np.int64)

    def of(self, column: BlockColumn) -> NDArray[Any]:
        """Values of a block column at these rows."""
        pieces = []
        held, values = -1, np.empty(0)
        for piece in self.slices:
            block = piece.first // BLOCK_ROWS
            if block != held:
                held, values = block, column.block(block)
            start = piece.first - block * BLOCK_ROWS
            pieces.append(values[start : start + piece.last - piece.first])
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def taken(self, values: NDArray[Any]) -> NDArray[Any]:
        """Values at these rows, of those of the whole table."""
        if self.n == len(values):
            return values
        return np.concatenate([values[piece.first : piece.last] for piece in self.slices])

    def joined(
        self, some: Rows, values: NDArray[Any], others: Rows, others_values: NDArray[Any] | None
    ) -> NDArray[Any]:
        """Values at these rows, of those at some rows and at others.

        Parameters
        ----------
        some, values
            Some rows, among them a part of these, and their values.
        others, others_values
            All other of these rows, and their values, if there are any.

        Returns
        -------
        ndarray
            Shape (n,).
        """
        pieces = {piece.index: values[piece.begin : piece.end] for piece in some}
        if others_values is not None:
            for piece in others:
                pieces[piece.index] = others_values[piece.begin : piece.end]
        return np.concatenate([pieces[piece.index] for piece in self])

    def __iter__(self) -> Iterator[Slice]:
        return iter(self.slices)


def all_rows(n_rows: int) -> Rows:
    """Every row of a table."""
    return Rows(n_rows, range(-(-n_rows // SLICE_ROWS)))


def block_of_rows(n_rows: int, block: int) -> Rows:
    """The rows of one block.

    Parameters
    ----------
    n_rows
        Rows of the table.
    block
        Which block, from 0.

    Returns
    -------
    Rows
    """
    first = block * _SLICES_A_BLOCK
    return Rows(n_rows, range(first, min(first + _SLICES_A_BLOCK, -(-n_rows // SLICE_ROWS))))


def reference_rows(n_rows: int, stream: Stream) -> Rows:
    """The rows that stand for a table where something depends on the whole of a column.

    Parameters
    ----------
    n_rows
        Rows of the table.
    stream
        Randomness of this choice alone.

    Returns
    -------
    Rows
        All of up to 2¹⁶; of more rows that many, in whole slices drawn without replacement.
    """
    if n_rows <= REFERENCE_ROWS:
        return all_rows(n_rows)
    whole = n_rows // SLICE_ROWS
    taken = stream.generator().subset(whole, REFERENCE_ROWS // SLICE_ROWS)
    return Rows(n_rows, taken.tolist())
