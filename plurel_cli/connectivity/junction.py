"""Junction tables: no pair of a row's first two parents comes twice.

Both keys are drawn as ever, and a row whose pair an earlier row has draws one of them anew, until
all pairs differ: so pairs are drawn one after another, each from those still free. A row that
finds none in many draws takes the first pair of parents that exist by its time and is free.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.connectivity.shaped import ShapedKeys
from plurel_cli.errors import ConfigError, Problem
from plurel_cli.numerics.stream import BLOCK_ROWS

Integers = NDArray[np.int64]

_ATTEMPTS = 64
_KEYS, _PRESENT = 0, 1  # what is kept of a junction


class UniquePairs:
    """The first two keys of a junction.

    Parameters
    ----------
    keys
        Both keys before pairs are made to differ.
    n_parents
        Rows of the tables they refer to.
    n_rows
        Rows of the junction.
    kept
        Where both keys of all rows are kept once they are made.

    Notes
    -----
    The key that keeps to no time is drawn anew, or else the second. Both keys are held whole, 16
    bytes a row. Pairs with a null never clash.
    """

    def __init__(
        self,
        keys: tuple[ShapedKeys, ShapedKeys],
        n_parents: tuple[int, int],
        n_rows: int,
        kept: KeptBlocks | None = None,
    ) -> None:
        self._keys, self._n_parents, self._n_rows = keys, n_parents, n_rows
        self._kept = kept or KeptBlocks()

    @property
    def has_room(self) -> bool:
        """Whether there are at no time more rows than pairs."""
        a, b = self._present
        return bool(np.all(np.arange(1, self._n_rows + 1) <= a.astype(np.float64) * b))

    def refused(self, place: str) -> ConfigError:
        """What says that there is no room, naming `place`."""
        rule = "has more rows by some time than there are pairs of parents by then"
        return ConfigError([Problem(place, rule, remedy="give it fewer rows, or no junction")])

    def column(self, which: int) -> JunctionKeys:
        """The first (0) or the second key (1)."""
        return JunctionKeys(self, which)

    @property
    def _blocks(self) -> range:
        return range(-(-self._n_rows // BLOCK_ROWS))

    @property
    def _present(self) -> Integers:
        """How many parents of each key exist by the time of each row, shape (2, rows)."""
        return self._kept.get((self, _PRESENT), self._count_present)

    @property
    def whole(self) -> Integers:
        """Both keys of all rows, shape (2, rows)."""
        return self._kept.get((self, _KEYS), self._solve)

    def _count_present(self) -> Integers:
        present = np.empty((2, self._n_rows), dtype=np.int64)
        for row, keys, n in zip(present, self._keys, self._n_parents, strict=True):
            for block in self._blocks:
                start, stop = block_rows(block, self._n_rows)
                counts = keys.present(block)
                row[start:stop] = n if counts is None else counts
        return present

    def _solve(self) -> Integers:
        pair = np.empty((2, self._n_rows), dtype=np.int64)
        for row, keys in zip(pair, self._keys, strict=True):
            for block in self._blocks:
                start, stop = block_rows(block, self._n_rows)
                row[start:stop] = keys.block(block)
        redrawn = 0 if self._keys[1].keeps_to_time and not self._keys[0].keeps_to_time else 1
        for attempt in range(_ATTEMPTS):
            clashing = _repeated(*pair)
            if not len(clashing):
                break
            present = self._present[redrawn][clashing]
            pair[redrawn][clashing] = self._keys[redrawn].again(clashing, present, attempt)
        else:
            self._fill(*pair)
        return pair

    def _fill(self, first: Integers, second: Integers) -> None:
        """Give each row that still clashes a pair that is free, or that a later row has.

        A later row may refer to all that an earlier one may, and to more, so that it finds another;
        there is one, as there are as many pairs by its time as rows.
        """
        clashing = _repeated(first, second).tolist()  # rising, so a heap
        waiting = set(clashing)
        holders = {
            pair: row
            for row, pair in enumerate(zip(first.tolist(), second.tolist(), strict=True))
            if row not in waiting
        }
        while clashing:
            row = heapq.heappop(clashing)
            found = self._open_pair(row, int(first[row]), holders)
            if (later := holders.get(found)) is not None:
                heapq.heappush(clashing, later)
            holders[found] = row
            first[row], second[row] = found

    def _open_pair(
        self, row: int, start: int, holders: dict[tuple[int, int], int]
    ) -> tuple[int, int]:
        """The first pair that is free, or else that a later row has, from a first parent on."""
        n_first, n_second = self._present[:, row].tolist()

        def pairs() -> Iterator[tuple[int, int]]:
            for step in range(n_first):
                one = (start + step) % n_first
                yield from ((one, other) for other in range(n_second))

        free = next((pair for pair in pairs() if pair not in holders), None)
        return free or next(pair for pair in pairs() if holders[pair] > row)


class JunctionKeys:
    """One key of a junction, by block."""

    def __init__(self, pairs: UniquePairs, which: int) -> None:
        self._pairs, self._which = pairs, which

    def block(self, index: int) -> Integers:
        """Keys of one block of rows, int64."""
        keys: Integers = self._pairs.whole[self._which]
        start, stop = block_rows(index, len(keys))
        return keys[start:stop].copy()


def _repeated(first: Integers, second: Integers) -> Integers:
    """Rows whose pair an earlier row has, rising."""
    order = np.lexsort((second, first))
    a, b = first[order], second[order]
    is_repeat = (a[1:] == a[:-1]) & (b[1:] == b[:-1]) & (a[1:] >= 0) & (b[1:] >= 0)
    return np.sort(order[1:][is_repeat])
