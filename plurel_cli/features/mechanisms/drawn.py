"""Mechanisms that are drawn together, as whole numbers for compiled code, and as objects of those
that are asked for: to make an object of each takes longer than to draw it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.mechanisms import Mechanism
from plurel_cli.kernel.names import FAMILIES

Wholes = NDArray[np.int64]

N_WORDS = 8
"""Whole numbers of a mechanism."""

_N_FIRST = 3  # a family, inputs and outputs


class DrawnTogether(Sequence[Mechanism]):
    """Mechanisms of one family and shape.

    Parameters
    ----------
    n
        How many.
    made
        Makes an object of one.
    rows
        What compiled code is told of all, shape (n, 8); a family of −1 where it does not know one.
    """

    def __init__(
        self, n: int, made: Callable[[int], Mechanism], rows: Callable[[], Wholes]
    ) -> None:
        self._made, self._rows = made, rows
        self._objects: list[Mechanism | None] = [None] * n

    def __len__(self) -> int:
        return len(self._objects)

    @overload
    def __getitem__(self, index: int) -> Mechanism: ...
    @overload
    def __getitem__(self, index: slice) -> list[Mechanism]: ...
    def __getitem__(self, index: int | slice) -> Mechanism | list[Mechanism]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self)))]
        mechanism = self._objects[index]
        if mechanism is None:
            mechanism = self._objects[index] = self._made(range(len(self))[index])
        return mechanism

    @cached_property
    def rows(self) -> Wholes:
        """What compiled code is told of all, shape (n, 8); they keep what lies where it says."""
        return self._rows()


def rows_of(
    family: str,
    n_in: int,
    n_out: int,
    arrays: Sequence[NDArray[Any] | None],
    numbers: Sequence[int] = (),
) -> Wholes:
    """What compiled code is told of mechanisms that hold arrays of one shape.

    Parameters
    ----------
    family, n_in, n_out
        What they are, one of `kernel.names.FAMILIES`, and their inputs and outputs.
    arrays
        What they hold, in the order in which compiled code asks for it, each one's in order in
        memory; what there is not is none.
    numbers
        Whole numbers besides.

    Returns
    -------
    ndarray
        int64, shape (n, 8).
    """
    n = max(len(array) for array in arrays if array is not None)
    rows, index = np.zeros((n, N_WORDS), dtype=np.int64), np.arange(n)
    rows[:, :_N_FIRST] = FAMILIES.index(family), n_in, n_out
    for place, array in enumerate(arrays, _N_FIRST):
        if array is not None:
            rows[:, place] = array.ctypes.data + array.strides[0] * index
    begin = _N_FIRST + len(arrays)
    rows[:, begin : begin + len(numbers)] = numbers
    return rows


class _Whole:
    """Mechanisms of any families, in the order in which they are wanted.

    Parameters
    ----------
    n
        How many.
    groups
        Those that were drawn together, and which of all these are.
    """

    def __init__(self, n: int, groups: Sequence[tuple[Sequence[Mechanism], Sequence[int]]]) -> None:
        self._n, self._groups = n, groups

    @cached_property
    def _places(self) -> dict[int, tuple[Sequence[Mechanism], int]]:
        return {
            index: (several, nth)
            for several, where in self._groups
            for nth, index in enumerate(where)
        }

    def one(self, index: int) -> Mechanism:
        """One of them."""
        several, nth = self._places[index]
        return several[nth]

    @cached_property
    def rows(self) -> Wholes | None:
        """What compiled code is told of all, shape (n, 8), if it knows all of them."""
        rows = np.empty((self._n, N_WORDS), dtype=np.int64)
        for several, where in self._groups:
            if not isinstance(several, DrawnTogether):
                return None
            rows[where] = several.rows
        return None if (rows[:, 0] < 0).any() else rows


class Mechanisms(Sequence[Mechanism]):
    """Mechanisms of any families, or some of these."""

    __slots__ = ("_range", "_whole")

    def __init__(self, whole: _Whole, some: range) -> None:
        self._whole, self._range = whole, some

    @classmethod
    def of(cls, n: int, groups: Iterable[tuple[Sequence[Mechanism], Sequence[int]]]) -> Mechanisms:
        """All of some.

        Parameters
        ----------
        n
            How many.
        groups
            Those that were drawn together, and which of all these are.

        Returns
        -------
        Mechanisms
        """
        return cls(_Whole(n, list(groups)), range(n))

    def __len__(self) -> int:
        return len(self._range)

    @overload
    def __getitem__(self, index: int) -> Mechanism: ...
    @overload
    def __getitem__(self, index: slice) -> Mechanisms: ...
    def __getitem__(self, index: int | slice) -> Mechanism | Mechanisms:
        if isinstance(index, slice):
            return Mechanisms(self._whole, self._range[index])
        return self._whole.one(self._range[index])

    @property
    def rows(self) -> Wholes | None:
        """What compiled code is told of them, shape (n, 8), if it knows all that were drawn with
        them; they keep what lies where it says.
        """
        rows, some = self._whole.rows, self._range
        return None if rows is None else rows[some.start : some.stop : some.step]
