"""Blocks that were made lately, kept within a bound on their bytes.

A column is asked for the same block by several stages, features and files. Whoever wraps it here
makes each block once as long as it is remembered; the blocks that were asked for longest ago are
dropped first, and one that is asked for again is made again, with the same values. What is kept is
read-only, since all who ask share it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn

MOST_BYTES = 1 << 24
"""Bytes of blocks that are kept, unless said otherwise: 32 blocks of keys or times."""

BlockName = tuple[object, int]
"""What stands for a column, and a block of it."""


class KeptBlocks:
    """Arrays that were made lately.

    Parameters
    ----------
    most_bytes
        Bytes that are kept at most, but for the last array, however large it is.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._arrays: OrderedDict[BlockName, NDArray[Any]] = OrderedDict()
        self.n_bytes = 0

    def column(self, column: BlockColumn) -> KeptColumn:
        """The same column, whose blocks are kept here.

        Examples
        --------
        >>> from plurel_cli.blocks.column import RowIndex
        >>> rows = KeptBlocks().column(RowIndex(3))
        >>> rows.block(0) is rows.block(0)
        True
        """
        return KeptColumn(column, self)

    def get(self, name: BlockName, make: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """The array of a name, made if it is not kept; read-only.

        Parameters
        ----------
        name
            Which array.
        make
            Makes it, the same each time.

        Returns
        -------
        ndarray
            Shape and type as `make` gives them.
        """
        if name in self._arrays:
            self._arrays.move_to_end(name)
            return self._arrays[name]
        array = make()
        array.flags.writeable = False
        self._arrays[name] = array
        self.n_bytes += array.nbytes
        while self.n_bytes > self._most_bytes and len(self._arrays) > 1:
            self.n_bytes -= self._arrays.popitem(last=False)[1].nbytes
        return array


class KeptColumn:
    """A column whose blocks are kept.

    Parameters
    ----------
    column
        What makes the blocks.
    kept
        Where they are kept.
    """

    def __init__(self, column: BlockColumn, kept: KeptBlocks) -> None:
        self.column, self._kept = column, kept

    def block(self, index: int) -> NDArray[Any]:
        """Values of one block of rows, read-only."""
        return self._kept.get((self, index), lambda: self.column.block(index))
