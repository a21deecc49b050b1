"""Arrays by the address of their first number: how compiled code is given any number of them.

Whoever packs an address keeps the array alive, and has seen that it lies in order in memory and is
of the type that compiled code takes it for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core.types import CPointer  # type: ignore[attr-defined]
from numpy.typing import NDArray

from plurel_cli.compiled.code.machine import BITS32, SINGLE, WHOLE, inlined, intrinsic

Inlined = Callable[..., Any]


def _pointer(kind: Any, word: ir.Type) -> Any:
    """What takes a whole number for the address of numbers of a kind."""

    def pointer(context: Any, number: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return builder.inttoptr(arguments[0], word.as_pointer())

        return CPointer(kind)(WHOLE), code

    return intrinsic(pointer)


_single = _pointer(SINGLE, ir.FloatType())
_whole = _pointer(WHOLE, ir.IntType(64))
_integer = _pointer(BITS32, ir.IntType(32))


@inlined
def singles(where: int, n: int) -> NDArray[np.float32]:
    """The float32 numbers from an address on.

    Parameters
    ----------
    where
        The address.
    n
        How many.

    Returns
    -------
    ndarray
        Shape (n,).
    """
    numbers: NDArray[np.float32] = numba.carray(_single(where), (n,))
    return numbers


@inlined
def single_rows(where: int, n: int, width: int) -> NDArray[np.float32]:
    """The float32 numbers from an address on.

    Parameters
    ----------
    where
        The address.
    n, width
        How many rows, and how long.

    Returns
    -------
    ndarray
        Shape (n, width).
    """
    numbers: NDArray[np.float32] = numba.carray(_single(where), (n, width))
    return numbers


@inlined
def wholes(where: int, n: int) -> NDArray[np.int64]:
    """The int64 numbers from an address on.

    Parameters
    ----------
    where
        The address.
    n
        How many.

    Returns
    -------
    ndarray
        Shape (n,).
    """
    numbers: NDArray[np.int64] = numba.carray(_whole(where), (n,))
    return numbers


@inlined
def whole_rows(where: int, n: int, width: int) -> NDArray[np.int64]:
    """The int64 numbers from an address on.

    Parameters
    ----------
    where
        The address.
    n, width
        How many rows, and how long.

    Returns
    -------
    ndarray
        Shape (n, width).
    """
    numbers: NDArray[np.int64] = numba.carray(_whole(where), (n, width))
    return numbers


@inlined
def integers(where: int, n: int) -> NDArray[np.int32]:
    """The int32 numbers from an address on.

    Parameters
    ----------
    where
        The address.
    n
        How many.

    Returns
    -------
    ndarray
        Shape (n,).
    """
    numbers: NDArray[np.int32] = numba.carray(_integer(where), (n,))
    return numbers
