"""Junction tables: no pair of a row's first two parents comes twice.

Both keys are drawn as ever, and a row whose pair an earlier row has draws one of them anew, until
all pairs differ: so pairs are drawn one after another, each from those still free. A row that
finds none in many draws is given one that it may have.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.connectivity.free_pairs import Choices, FreePairs, NoRoomError
from plurel_cli.connectivity.shaped import ShapedKeys
from plurel_cli.errors import ConfigError, Problem
from plurel_cli.kernel import twin
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
    taken
        Pairs that no row may have, shape (2, n), since earlier rows have them.

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
        taken: Integers | None = None,
    ) -> None:
        self._taken = np.empty((2, 0), dtype=np.int64) if taken is None else taken
        self._keys, self._n_parents, self._n_rows = keys, n_parents, n_rows
        self._kept = kept or KeptBlocks()

    @property
    def has_room(self) -> bool:
        """Whether all rows can have pairs of parents that they may refer to.

        Notes
        -----
        Where keys leave no block whose parents some rows alone may refer to, rows are counted, in
        O(rows) time; elsewhere the pairs are made.
        """
        if self._taken.size:
            return self._is_solved
        rows = np.arange(self._n_rows)
        groups = [each.groups(rows) for each in self._choices]
        first, second = (
            each.counts(numbers, there).astype(np.float64)
            for each, numbers, there in zip(self._choices, groups, self._present, strict=True)
        )
        if all(each.is_common for each in self._choices):
            return bool(np.all(rows < first * second))
        order = np.lexsort(groups[::-1])
        sorts = np.array(groups)[:, order]
        starts = np.flatnonzero(np.append(True, (sorts[:, 1:] != sorts[:, :-1]).any(axis=0)))
        places = np.empty(self._n_rows, dtype=np.int64)  # of each row among those of its groups
        sizes = np.diff(np.append(starts, self._n_rows))
        places[order] = np.arange(self._n_rows) - np.repeat(starts, sizes)
        return bool(np.all(places < first * second)) and self._is_solved

    @property
    def _is_solved(self) -> bool:
        try:
            return len(self.whole) == 2
        except NoRoomError:
            return False

    @cached_property
    def _choices(self) -> tuple[Choices, Choices]:
        return Choices(self._keys[0]), Choices(self._keys[1])

    def refused(self, place: str) -> ConfigError:
        """What says that there is no room, naming `place`."""
        rule = "has more rows by some time than there are pairs of parents that they may refer to"
        remedy = "give it fewer rows, or no junction, or raise p_off_diagonal above 0"
        return ConfigError([Problem(place, rule, remedy=remedy)])

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
            clashing = self._clashing(pair)
            if not len(clashing):
                break
            present = self._present[redrawn][clashing]
            pair[redrawn][clashing] = self._keys[redrawn].again(clashing, present, attempt)
        else:
            if self._taken.size:
                raise NoRoomError
            FreePairs(self._choices, self._present, pair).fill(_repeated(*pair))
        return pair

    def _clashing(self, pair: Integers) -> Integers:
        """Rows whose pair is taken, or an earlier row has, rising."""
        n = self._taken.shape[1]
        both = np.concatenate([self._taken, pair], axis=1)
        return _repeated(*both) - n if n else _repeated(*pair)


class JunctionKeys:
    """One key of a junction, by block."""

    def __init__(self, pairs: UniquePairs, which: int) -> None:
        self._pairs, self._which = pairs, which

    def block(self, index: int) -> Integers:
        """Keys of one block of rows, int64."""
        keys: Integers = self._pairs.whole[self._which]
        start, stop = block_rows(index, len(keys))
        return keys[start:stop].copy()


@twin("repeated")
def _repeated(first: Integers, second: Integers) -> Integers:
    """Rows whose pair an earlier row has, rising.

    Notes
    -----
    Pairs are numbered, which fits 64 bits, and their numbers sorted alone, which takes a tenth of
    the time of finding their order; that is found of those that occur more than once.
    """
    numbers = first * (second.max(initial=0) + 1) + second
    numbers[(first < 0) | (second < 0)] = -1
    ordered = np.sort(numbers)
    often = ordered[1:][(ordered[1:] == ordered[:-1]) & (ordered[1:] >= 0)]
    if not len(often):
        return np.empty(0, dtype=np.int64)
    place = np.minimum(often.searchsorted(numbers), len(often) - 1)
    rows = np.flatnonzero(often[place] == numbers)
    order = rows[np.argsort(numbers[rows], kind="stable")]
    sorts = numbers[order]
    return np.sort(order[1:][sorts[1:] == sorts[:-1]])
