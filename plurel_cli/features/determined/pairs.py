"""Pairs of numbers of a table as proposals, of which only the one that is drawn is made.

There are as many as the square of the columns, for each column that may be determined; the place
of a pair among them says which it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import overload

from plurel_cli.features.determined.column import Proposal


class Pairs(Sequence[Proposal]):
    """Pairs of different numbers, by the first and then by the second, as these come.

    Parameters
    ----------
    numbers
        Names of the numbers, all different.
    is_rising
        Whether only pairs count of which the second name comes after the first by the alphabet.

    Notes
    -----
    O(numbers log numbers) time for one pair, O(1) for their number.

    Examples
    --------
    >>> [pair.of for pair in Pairs(["b", "a", "c"], is_rising=True)]
    [('b', 'c'), ('a', 'b'), ('a', 'c')]
    """

    def __init__(self, numbers: Sequence[str], *, is_rising: bool) -> None:
        self._numbers, self._is_rising = numbers, is_rising

    def __len__(self) -> int:
        n = len(self._numbers)
        return n * (n - 1) // (2 if self._is_rising else 1)

    @overload
    def __getitem__(self, place: int) -> Proposal: ...

    @overload
    def __getitem__(self, place: slice) -> list[Proposal]: ...

    def __getitem__(self, place: int | slice) -> Proposal | list[Proposal]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        n, names = len(self._numbers), self._numbers
        if not self._is_rising:
            first, second = divmod(place, n - 1)
            return Proposal((names[first], names[second + (second >= first)]))
        rank = {name: number for number, name in enumerate(sorted(names))}
        ends = list(accumulate(n - 1 - rank[name] for name in names))
        first = bisect_right(ends, place)
        behind = place - (ends[first - 1] if first else 0)
        after = [name for name in names if name > names[first]]
        return Proposal((names[first], after[behind]))
