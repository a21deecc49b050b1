"""Sums over the rows with one reference, up to each row."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.determined.column import Doubles, Floats, as_floats
from plurel_cli.features.siblings import siblings

_FEW = 64  # runs that are summed one by one


class Running:
    """A sum over the rows with one reference, up to each row.

    Parameters
    ----------
    keys
        The references; a row with one below 0 is null.
    number
        What is summed, NaN for nothing; none where rows are counted.
    n_parents
        Rows of the referenced table.

    Notes
    -----
    Blocks are made one after another, a number a parent carried on; from the first on again
    where an earlier one is wanted.
    """

    def __init__(self, keys: BlockColumn, number: BlockColumn | None, n_parents: int) -> None:
        self._keys, self._number, self._n_parents = keys, number, n_parents
        self._next, self._sums, self._values = 0, np.empty(0), np.empty(0, np.float32)

    def block(self, index: int) -> Floats:
        """Sums of one block of rows."""
        if self._next == 0 or index < self._next - 1:
            self._next, self._sums = 0, np.zeros(self._n_parents)
        while self._next <= index:
            self._values = self._advanced(self._next)
            self._next += 1
        return self._values

    def _advanced(self, index: int) -> Floats:
        keys = self._keys.block(index)
        values = np.full(len(keys), np.nan, dtype=np.float32)
        rows, parents, starts, ends = siblings(keys, self._n_parents)
        if not len(parents):
            return values
        amounts = np.ones(len(rows))
        if self._number is not None:
            amounts = np.nan_to_num(self._number.block(index).take(rows).astype(np.float64))
        amounts[starts] += self._sums.take(parents.take(starts))
        sums = _running(amounts, starts, ends + 1)
        self._sums[parents.take(starts)] = sums.take(ends)
        values[rows] = as_floats(sums)
        return values


def _running(amounts: Doubles, starts: NDArray[np.intp], ends: NDArray[np.intp]) -> Doubles:
    """Running sums of runs of amounts, each added up from its own first amount on.

    Place by place of all runs that are so long, and when few are, run by run.
    """
    sums = amounts.copy()
    sizes = ends - starts
    longest_first = np.argsort(-sizes, kind="stable")
    starts, sizes = starts.take(longest_first), sizes.take(longest_first)
    place, n_going = 1, int(np.count_nonzero(sizes > 1))
    while n_going > _FEW:
        here = starts[:n_going] + place
        sums[here] += sums.take(here - 1)
        place += 1
        n_going = int(np.count_nonzero(sizes[:n_going] > place))
    for start, size in zip(starts[:n_going].tolist(), sizes[:n_going].tolist(), strict=True):
        rest = sums[start + place - 1 : start + size]
        np.cumsum(rest, out=rest)
    return sums
