"""The order of the rows of a referenced table that do not lie by cohorts.

Foreign keys are drawn as if the rows that are referred to together lay together. Which row stands
at which of these places is then a permutation, the same for all keys to the table, which knows the
image of any row by itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.numerics.permutation import Permutation
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.table import Table

Integers = NDArray[np.int64]


def row_order(seed: int, table: Table) -> Permutation | None:
    """The row at each place among the cohorts of a table; none where these are the same.

    Parameters
    ----------
    seed
        Seed of the database.
    table
        The table.

    Returns
    -------
    Permutation or None
    """
    if table.row_order is None:
        return None
    return Permutation(table.rows, Stream(seed).child("row_order", table.id))


class ReorderedKeys:
    """Keys to rows instead of places.

    Parameters
    ----------
    places
        Places among the cohorts of the table referred to, below 0 for null.
    order
        The row at each place.
    """

    def __init__(self, places: BlockColumn, order: Permutation) -> None:
        self._places, self._order = places, order

    def block(self, index: int) -> Integers:
        """Keys of one block of rows, int64."""
        places = self._places.block(index)
        keys: Integers = self._order.of(np.maximum(places, 0))
        np.copyto(keys, places, where=places < 0)
        return keys
