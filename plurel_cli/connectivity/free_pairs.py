"""Pairs of parents for the rows of a junction that found none by drawing.

A row may have the pairs of the parents that exist by its time, and, where some blocks are out of
reach of some rows, that are in reach of its own and not childless. Where all are in reach, later
rows may have all that earlier ones may, and a row takes a pair that is free or that a later row
has. Elsewhere pairs are passed on along the shortest chain of rows that ends at a free one, which
there is exactly if all rows can have pairs at once.
"""

from __future__ import annotations

import heapq
from collections import defaultdict, deque
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from plurel_cli.connectivity.shaped import ShapedKeys

Integers = NDArray[np.int64]

Pair = tuple[int, int]

_MOST_LOOKED_AT = 1 << 24
"""Pairs that are looked at in search of chains, before a junction counts as too full."""


class NoRoomError(Exception):
    """Not all rows can have pairs at once, or it takes too long to find out."""


class Choices:
    """The parents that the rows of a junction may refer to by one of its keys.

    Parameters
    ----------
    keys
        The key.
    """

    def __init__(self, keys: ShapedKeys) -> None:
        self._reach = keys.reach
        self.is_common = keys.leaves_blocks or self._reach.is_even
        self._parents: dict[int, Integers] = {}

    def groups(self, rows: Integers) -> Integers:
        """A number for each row; rows of one number may refer to the same parents but for time."""
        if self.is_common:
            return np.zeros(len(rows), dtype=np.int64)
        return self._reach.children.edges.searchsorted(rows, side="right") - 1

    def parents(self, group: int) -> Integers:
        """The parents of a group, rising."""
        if group not in self._parents:
            n = int(self._reach.parents.edges[-1])
            reach = self._reach
            self._parents[group] = np.arange(n) if self.is_common else reach.choices(group)
        return self._parents[group]

    def counts(self, groups: Integers, present: Integers) -> Integers:
        """How many parents each row may refer to.

        Parameters
        ----------
        groups
            Group of each row.
        present
            How many parents exist by its time.

        Returns
        -------
        ndarray
            int64.
        """
        counts = np.empty(len(groups), dtype=np.int64)
        for group in np.unique(groups).tolist():
            is_in = groups == group
            counts[is_in] = self.parents(group).searchsorted(present[is_in])
        return counts


class FreePairs:
    """Gives pairs to the rows of a junction that have none of their own.

    Parameters
    ----------
    choices
        What rows may refer to by both keys.
    present
        How many parents of both exist by the time of each row, shape (2, rows).
    pair
        Both keys of all rows, shape (2, rows), which are changed.
    """

    def __init__(self, choices: tuple[Choices, Choices], present: Integers, pair: Integers) -> None:
        self._choices, self._pair = choices, pair
        rows = np.arange(pair.shape[1])
        self._groups = [each.groups(rows) for each in choices]
        self._counts = [
            each.counts(groups, there)
            for each, groups, there in zip(choices, self._groups, present, strict=True)
        ]
        self._left = _MOST_LOOKED_AT
        self._holders: dict[Pair, int] = {}
        self._taken_up_to: defaultdict[int, int] = defaultdict(int)

    def fill(self, clashing: Integers) -> None:
        """Give pairs to some rows, whose pairs others have.

        Parameters
        ----------
        clashing
            The rows, rising.

        Raises
        ------
        NoRoomError
            If not all rows can have pairs at once.
        """
        waiting = set(clashing.tolist())
        self._holders = {
            pair: row
            for row, pair in enumerate(zip(*self._pair.tolist(), strict=True))
            if row not in waiting
        }
        if all(each.is_common for each in self._choices):
            self._fill_in_time(clashing.tolist())
        else:
            for row in clashing.tolist():
                self._pass_on(row)

    def _fill_in_time(self, clashing: list[int]) -> None:
        """By pairs that are free, or that a later row has, which finds another."""
        while clashing:  # a heap, as it rises; each row is put back by an earlier one alone
            row = heapq.heappop(clashing)
            pair = self._first_free(row) or next(
                (pair for pair in self._pairs(row) if self._holders[pair] > row), None
            )
            if pair is None:
                raise NoRoomError
            if (later := self._holders.get(pair)) is not None:
                heapq.heappush(clashing, later)
            self._give(row, pair)

    def _first_free(self, row: int) -> Pair | None:
        """The first of `_pairs` that no row has, where all parents are in reach of all rows.

        A pair that some row has stays taken, so those before the first free one of a parent are
        passed over for good.
        """
        n_first, n_second = (int(counts[row]) for counts in self._counts)
        start = min(int(self._pair[0, row]), n_first)
        for step in range(n_first):
            one = (start + step) % n_first
            other = self._taken_up_to[one]
            while other < n_second and (one, other) in self._holders:
                other += 1
            self._taken_up_to[one] = other
            if other < n_second:
                return one, other
        return None

    def _pass_on(self, row: int) -> None:
        """By the shortest chain of rows, each of which takes the pair of the next."""
        taker: dict[Pair, int] = {}
        looked_at: set[tuple[int, ...]] = set()
        rows = deque([row])
        while rows:
            asking = rows.popleft()
            sort = tuple(int(each[asking]) for each in (*self._groups, *self._counts))
            if sort in looked_at:
                continue  # a row that may have the same pairs has asked
            looked_at.add(sort)
            for pair in self._pairs(asking):
                self._left -= 1
                if self._left < 0:
                    raise NoRoomError
                if pair in taker:
                    continue
                taker[pair] = asking
                if pair not in self._holders:
                    self._move_up(row, pair, taker)
                    return
                rows.append(self._holders[pair])
        raise NoRoomError

    def _move_up(self, row: int, pair: Pair, taker: dict[Pair, int]) -> None:
        """Give a free pair to the row that asked for it, its pair to the one before, and so on."""
        while (asking := taker[pair]) != row:
            first, second = self._pair[:, asking].tolist()
            self._give(asking, pair)
            pair = first, second
        self._give(row, pair)

    def _give(self, row: int, pair: Pair) -> None:
        self._holders[pair] = row
        self._pair[:, row] = pair

    def _pairs(self, row: int) -> Iterator[Pair]:
        """All pairs that a row may have, from its first parent on."""
        first, second = (
            each.parents(int(groups[row]))[: counts[row]]
            for each, groups, counts in zip(self._choices, self._groups, self._counts, strict=True)
        )
        start = int(first.searchsorted(self._pair[0, row]))
        others = second.tolist()
        for step in range(len(first)):
            one = int(first[(start + step) % len(first)])
            yield from ((one, other) for other in others)
