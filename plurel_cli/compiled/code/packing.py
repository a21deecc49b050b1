"""What compiled code is told of mechanisms: whole numbers, addresses of arrays among them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numba import njit
from numpy.typing import NDArray

from plurel_cli.compiled.code.machine import (
    BITS32,
    SINGLE,
    WHOLE,
    Wholes,
    compiled,
    read,
    written,
)
from plurel_cli.kernel.names import FAMILIES
from plurel_cli.kernel.twins import Twin

N_WORDS = 8
"""Numbers in the row of a mechanism."""

Row: TypeAlias = Sequence[int]

_NUMBER_OF = {name: number for number, name in enumerate(FAMILIES)}


@njit(
    [WHOLE(read(SINGLE, 1)), WHOLE(read(SINGLE, 2)), WHOLE(read(WHOLE, 1)), WHOLE(read(BITS32, 1))],
    cache=True,
)  # type: ignore[untyped-decorator]
def address(array: NDArray[Any]) -> int:
    """Where the numbers of an array lie, which must be in order; whoever asks keeps the array.

    Parameters
    ----------
    array
        Of one dimension, float32, int64 or int32, or of two, float32.

    Returns
    -------
    int

    Raises
    ------
    TypeError
        If it is of another type, or its numbers do not lie in order.
    """
    where: int = array.ctypes.data
    return where


@compiled(WHOLE(read(WHOLE, 2), read(WHOLE, 1), written(WHOLE, 2)))
def expanded(layouts: Wholes, counts: Wholes, rows: Wholes) -> int:
    """Write the rows of mechanisms by where the first of several lies, and how far it is from each
    to the next.

    Parameters
    ----------
    layouts
        Shape (groups, 16): the words of the first row, and the steps of each.
    counts
        How many mechanisms each is of.
    rows
        Shape (mechanisms, 8).

    Returns
    -------
    int
        0.
    """
    row = 0
    for group in range(len(layouts)):
        for index in range(counts[group]):
            for word in range(N_WORDS):
                step = layouts[group, N_WORDS + word]
                rows[row, word] = layouts[group, word] + step * index
            row += 1
    return 0


def _address_of(definition: Callable[..., int]) -> Callable[..., int]:
    def address_of(array: NDArray[Any]) -> int:
        if not array.flags.c_contiguous:  # whose numbers in one row would lie elsewhere
            return definition(array)
        try:
            where: int = address(array.reshape(-1))
        except TypeError:
            where = definition(array)
        return where

    return address_of


def _rows_of_layouts(definition: Callable[..., Wholes]) -> Callable[..., Wholes]:
    def rows_of_layouts(layouts: Sequence[Row], counts: Sequence[int]) -> Wholes:
        rows = np.empty((sum(counts), N_WORDS), dtype=np.int64)
        of_groups = np.array(layouts, dtype=np.int64), np.array(counts, dtype=np.int64)
        expanded(of_groups[0].reshape(-1, 2 * N_WORDS), of_groups[1], rows)
        return rows

    return rows_of_layouts


PACKING_TWINS: Mapping[str, Twin] = {
    "address_of": _address_of,
    "rows_of_layouts": _rows_of_layouts,
}


def row_of(mechanism: Any, n_in: int, kept: list[Any]) -> Row | None:
    """The row of a mechanism, as in `mechanisms`, if compiled code knows its like.

    Parameters
    ----------
    mechanism, n_in
        The mechanism, and how many inputs it has.
    kept
        To which arrays are added that the row says the addresses of, and that nobody else may keep.

    Returns
    -------
    sequence of int, or None
    """
    if (row := getattr(mechanism, "row", None)) is not None:
        return row if row[0] >= 0 else None
    parts = getattr(mechanism, "parts", None)
    if parts is None:
        return None
    family, n_out, arrays, numbers = parts
    kept.append(arrays)
    where = [0 if array is None else address(array) for array in arrays]
    words = (_NUMBER_OF[family], n_in, n_out, *where, *numbers)
    return words + (0,) * (N_WORDS - len(words))


def rows_of(mechanisms: Sequence[Any], n_in: Sequence[int], kept: list[Any]) -> Wholes | None:
    """The rows of mechanisms, if compiled code knows the like of all.

    Parameters
    ----------
    mechanisms, n_in
        The mechanisms, and how many inputs each has.
    kept
        To which is added what lies where the rows say.

    Returns
    -------
    ndarray or None
        int64, shape (mechanisms, 8).
    """
    drawn: Wholes | None = getattr(mechanisms, "rows", None)
    if drawn is not None:
        kept.append(mechanisms)
        return drawn
    several = [row_of(*each, kept) for each in zip(mechanisms, n_in, strict=True)]
    known = [row for row in several if row is not None]
    return np.array(known, dtype=np.int64) if len(known) == len(several) else None
