"""Mechanisms that are drawn together, as whole numbers for compiled code, and as objects of those
that are asked for: to make an object of each takes longer than to draw it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.mechanisms import Mechanism
from plurel_cli.kernel import twin
from plurel_cli.kernel.names import FAMILIES

Wholes = NDArray[np.int64]

N_WORDS = 8
"""Whole numbers of a mechanism."""


Layout: TypeAlias = tuple[int, ...]
"""The row of the first of some mechanisms, and how far each word is from one to the next."""


class DrawnTogether(Sequence[Mechanism]):
    """Mechanisms of one family and shape.

    Parameters
    ----------
    n
        How many.
    made
        Makes an object of one.
    packed
        What compiled code is told of all: a layout, or rows of shape (n, 8) with a family of −1
        where it does not know one.
    """

    def __init__(
        self, n: int, made: Callable[[int], Mechanism], packed: Callable[[], Wholes | Layout]
    ) -> None:
        self._made, self._packed = made, packed
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
    def packed(self) -> Wholes | Layout:
        """What compiled code is told of all; they keep what lies where it says."""
        return self._packed()


@twin("address_of")
def _address(array: NDArray[Any]) -> int:
    """Where the numbers of an array lie."""
    return array.ctypes.data


def layout_of(
    family: str,
    n_in: int,
    n_out: int,
    arrays: Sequence[NDArray[Any] | None],
    numbers: Sequence[int] = (),
) -> Layout:
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
    tuple of int
        16 of them.
    """
    places = [0 if array is None else _address(array) for array in arrays]
    steps = [0 if array is None else array.strides[0] for array in arrays]
    rest = (0,) * (N_WORDS - 3 - len(arrays) - len(numbers))
    first = FAMILIES.index(family), n_in, n_out, *places, *numbers, *rest
    return (*first, 0, 0, 0, *steps, *(0,) * (N_WORDS - 3 - len(arrays)))


@twin("rows_of_layouts")
def rows_of_layouts(layouts: Sequence[Layout], counts: Sequence[int]) -> Wholes:
    """Rows of mechanisms that compiled code is told by layouts.

    Parameters
    ----------
    layouts, counts
        What it is told, and of how many mechanisms.

    Returns
    -------
    ndarray
        int64, shape (mechanisms, 8).
    """
    n = np.array(counts, dtype=np.int64)
    each = np.array(layouts, dtype=np.int64).reshape(-1, 2, N_WORDS).repeat(n, axis=0)
    index = np.arange(len(each)) - (n.cumsum() - n).repeat(n)
    rows: Wholes = each[:, 0] + each[:, 1] * index[:, None]
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
        layouts: list[Layout] = []
        counts: list[int] = []
        indices: list[int] = []
        for several, where in self._groups:
            if not isinstance(several, DrawnTogether):
                return None
            packed = several.packed
            if isinstance(packed, tuple):
                layouts.append(packed)
                counts.append(len(where))
                indices += where
            else:
                rows[where] = packed
        if layouts:
            rows[indices] = rows_of_layouts(layouts, counts)
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
