"""Rows that lie in the order of one of their foreign keys, as after a sorted load.

In a table with times, rows of one time are sorted; in one without, all of them. Its foreign keys
are drawn for rows in any order, and then whole rows change places, all keys of a row together.
They do so within blocks of rows, so that any block can be made alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.numerics.stream import Draws
from plurel_cli.schema.table import Table

_FEW = 1 << 16
"""Numbers that NumPy sorts digit by digit, in time proportional to how many there are."""


def sorting_key(table: Table, p: float, draws: Draws) -> str | None:
    """Draw the foreign key by which the rows of a table are sorted.

    Parameters
    ----------
    table
        The table, its keys planned.
    p
        Probability that there is one.
    draws
        Randomness of this choice alone.

    Returns
    -------
    str or None
        Its name; none in a table of details or of at most one row a parent, whose rows have an
        order already, in one that refers to itself, whose rows must stay behind those that they
        refer to, and where a hidden trait of the row tells of nulls.
    """
    keys = [key for key in table.foreign_keys if not key.nullable]
    is_fixed = any(
        key.to_self or key.draws_counts or key.one_child or key.nullable
        for key in table.foreign_keys
    )
    is_sorted = draws.chance(p)
    return draws.item(keys).name if keys and is_sorted and not is_fixed else None


class LoadOrder:
    """Which row of its block stands at each place.

    Parameters
    ----------
    keys
        Keys that are sorted.
    n_parents
        Rows that they may refer to.
    times
        Times of the rows, which stay as they are; None for a table without.
    """

    def __init__(self, keys: BlockColumn, n_parents: int, times: BlockColumn | None) -> None:
        self._keys, self._n_parents, self._times = keys, n_parents, times

    def block(self, index: int) -> NDArray[np.int64]:
        """Places of one block of rows, counted from its first."""
        keys: NDArray[np.int64] = self._keys.block(index)
        few = keys.astype(np.uint16) if self._n_parents <= _FEW else keys
        order = few.argsort(kind="stable")
        if self._times is None:
            return order
        load = np.zeros(keys.size, dtype=np.uint16)
        (np.diff(self._times.block(index)) != 0).cumsum(out=load[1:])
        return order.take(load.take(order).argsort(kind="stable"))


class SortedKeys:
    """Keys of rows that have changed places.

    Parameters
    ----------
    keys
        Keys as they are drawn.
    order
        Which row of its block stands at each place.
    """

    def __init__(self, keys: BlockColumn, order: BlockColumn) -> None:
        self._keys, self._order = keys, order

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64."""
        keys: NDArray[np.int64] = self._keys.block(index)
        return keys.take(self._order.block(index))
