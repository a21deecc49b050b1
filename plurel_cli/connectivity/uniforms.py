"""Uniform reals of the rows of a block, exact on any machine."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.kernel import twin
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream


def block_uniforms(stream: Stream, block: int, n: int) -> NDArray[np.float64]:
    """n uniform reals in (0, 1) from the generator of one block: odd multiples of 2⁻⁵⁴.

    Parameters
    ----------
    stream
        Randomness of the table's rows.
    block
        Which block of rows.
    n
        How many, at most 65,536.

    Returns
    -------
    ndarray
        Shape (n,).

    Examples
    --------
    >>> bool((block_uniforms(Stream(1), 0, 100) > 0).all())
    True
    """
    return _middles(stream.bits(block).random_raw(n))


@twin("middles")
def _middles(words: NDArray[np.uint64]) -> NDArray[np.float64]:
    """The middles of the 2⁵² equal steps of the unit interval that words lie in."""
    values = (words >> np.uint64(12)).astype(np.float64)
    values += 0.5
    values *= 2.0**-52
    return values


def all_uniforms(stream: Stream, n_rows: int) -> NDArray[np.float64]:
    """One uniform real for each row of a table, drawn block by block.

    Parameters
    ----------
    stream
        Randomness of the table's rows.
    n_rows
        Rows of the table.

    Returns
    -------
    ndarray
        Shape (n_rows,), in (0, 1).
    """
    values = np.empty(n_rows)
    for block in range(-(-n_rows // BLOCK_ROWS)):
        start, stop = block_rows(block, n_rows)
        values[start:stop] = block_uniforms(stream, block, stop - start)
    return values


class Trait:
    """The hidden trait of a table's rows: a uniform real each, which no column shows.

    What keys do with a row may hang on it (how often it is referred to, whether its own reference
    is null), and so may its columns: both read it from its address, and neither waits for the
    other.

    Parameters
    ----------
    seed
        Seed of the database.
    table_id
        Permanent identity of the table.
    n_rows
        Its rows.
    """

    def __init__(self, seed: int, table_id: str, n_rows: int) -> None:
        self._stream = Stream(seed).child("trait", table_id)
        self._n_rows = n_rows

    def block(self, index: int) -> NDArray[np.float64]:
        """Trait of the rows of one block, float64 in (0, 1)."""
        start, stop = block_rows(index, self._n_rows)
        return block_uniforms(self._stream, index, stop - start)

    def whole(self) -> NDArray[np.float64]:
        """Trait of all rows."""
        return all_uniforms(self._stream, self._n_rows)
