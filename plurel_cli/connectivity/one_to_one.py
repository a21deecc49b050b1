"""Which parent each row of a one-to-one table belongs to: one at most for each, in row order.

The parents are cut into as many even pieces as there are children, and each child takes a row of
its piece, so that any block of keys is made alone and keys rise with the row. Times follow keys:
a one-to-one row of a parent that has a time is there from that time on.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.numerics.stream import Stream


def leading_stream(seed: int, child_id: str, parent_id: str, form: str) -> Stream:
    """Randomness of the rows of a table's first key, which its times or row count may need too.

    Parameters
    ----------
    seed
        Seed of the database.
    child_id, parent_id
        Identities of the two tables.
    form
        The form of the key.

    Returns
    -------
    Stream
    """
    return Stream(seed).child("fk", child_id, parent_id, 0, form)


class OneToOneKeys:
    """Keys of a one-to-one foreign key.

    Parameters
    ----------
    n_parents, n_children
        Row counts; at most as many children as parents.
    stream
        Randomness of this foreign key's rows alone.

    Notes
    -----
    The first child belongs to the first parent, so that whatever keeps to time finds it there.
    O(1) a row. Exact up to 2³¹ parents.

    Examples
    --------
    >>> keys = OneToOneKeys(10, 5, Stream(1)).block(0)
    >>> bool((keys // 2 == range(5)).all())
    True
    """

    def __init__(self, n_parents: int, n_children: int, stream: Stream) -> None:
        self._n_parents, self._n_children = n_parents, n_children
        self._stream = stream

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64, rising."""
        start, stop = block_rows(index, self._n_children)
        edges = np.arange(start, stop + 1, dtype=np.int64)
        edges *= self._n_parents
        edges //= self._n_children
        widths = edges[1:] - edges[:-1]
        words = (self._stream.bits(index).random_raw(stop - start) >> np.uint64(32)).view(np.int64)
        words *= widths  # below 2**63, as a piece has fewer than 2**31 rows
        words >>= 32
        if start == 0:
            words[0] = 0
        words += edges[:-1]
        return words
