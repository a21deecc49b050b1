"""Rows of a block by the parent that they refer to, and of each parent in their order."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.kernel import twin

Places = NDArray[np.int64]


class SiblingRows(NamedTuple):
    """The rows of a block that refer to somebody, by whom.

    Attributes
    ----------
    rows
        Their places in the block, by parent and then in order.
    parents
        The parent of each.
    starts, ends
        Where the rows of each parent begin, and the last of them.
    """

    rows: Places
    parents: Places
    starts: Places
    ends: Places

    @property
    def sizes(self) -> Places:
        """How many rows each parent has."""
        return self.ends - self.starts + 1

    @property
    def place(self) -> Places:
        """How many rows of its parent are before each."""
        return np.arange(len(self.parents)) - self.starts.repeat(self.sizes)


def siblings(keys: Places, n_parents: int) -> SiblingRows:
    """The rows of a block by parent.

    Parameters
    ----------
    keys
        The parent of each row, below 0 where it has none.
    n_parents
        How many parents there are.

    Returns
    -------
    SiblingRows
    """
    return SiblingRows(*_by_parent(keys, n_parents))


@twin("by_parent")
def _by_parent(keys: Places, n_parents: int) -> tuple[Places, Places, Places, Places]:
    rows = np.flatnonzero(keys >= 0)
    parents = keys.take(rows)
    order = _stable_order(parents, n_parents)
    rows, parents = rows.take(order), parents.take(order)
    is_first = np.ones(len(parents), dtype=np.bool_)
    np.not_equal(parents[1:], parents[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    ends = np.append(starts[1:], len(parents))[: len(starts)] - 1
    return rows, parents, starts, ends


def _stable_order(keys: Places, n: int) -> Places:
    """Order of keys below n, equal ones as they are; numpy sorts 16 bits by radix."""
    order = (keys & 0xFFFF).astype(np.uint16).argsort(kind="stable")
    for shift in range(16, max(n - 1, 1).bit_length(), 16):
        digits = (keys.take(order) >> shift & 0xFFFF).astype(np.uint16)
        order = order.take(digits.argsort(kind="stable"))
    return order
