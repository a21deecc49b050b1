"""What compiled functions are made with: how they are compiled, and what numba has no word for.

Nothing is reordered and no product is fused with a sum, unless it is exact in any case. A result
is then the same as numpy's, operation by operation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
import numpy as np
from llvmlite import ir
from llvmlite.binding import add_symbol
from numba.core import cgutils, types
from numba.extending import intrinsic as untyped_intrinsic
from numpy.typing import NDArray

Singles = NDArray[np.float32]
Doubles = NDArray[np.float64]
Wholes = NDArray[np.int64]
Words = NDArray[np.uint64]

Function = TypeVar("Function", bound=Callable[..., Any])

SINGLE, DOUBLE = types.float32, types.float64
WHOLE, BITS64, BITS32, BITS16 = types.int64, types.uint64, types.int32, types.uint16

pointed_at: dict[str, Any] = {}
"""Functions that are compiled by themselves and called by name."""

_FOUR = (WHOLE,) * 4


def compiled(signature: Any) -> Callable[[Function], Function]:
    """Decorator of a function for these types alone, compiled now or read from the cache."""
    decorator: Callable[[Function], Function] = numba.njit(
        signature, cache=True, error_model="numpy", nogil=True
    )
    return decorator


def inlined(function: Function) -> Function:
    """Decorator of a function that is compiled as a part of others."""
    made: Function = numba.njit(
        error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True
    )(function)
    return made


def pasted(function: Function) -> Function:
    """Decorator of a function whose lines are put in the place of each call, which takes less time
    to compile than a function where there is one call.
    """
    made: Function = numba.njit(
        error_model="numpy", no_cpython_wrapper=True, no_cfunc_wrapper=True, inline="always"
    )(function)
    return made


def apart(function: Function, by: Any) -> Function:
    """A function that is made for another one, known by a name of its own.

    Parameters
    ----------
    function
        Made where others like it are.
    by
        The function that it is made for.

    Returns
    -------
    callable
        The same.

    Notes
    -----
    Compiled functions that are kept call others by name. Two of one name would be told apart by
    how many were compiled before them, which another process may count otherwise, and then one is
    called in place of the other.
    """
    function.__qualname__ = f"{function.__qualname__}_of_{by.__name__}"
    return function


def read(kind: Any, n_dim: int) -> Any:
    """Type of an array that is only read.

    Parameters
    ----------
    kind, n_dim
        Type of its numbers, and how many dimensions it has.

    Returns
    -------
    type
        Of numba.
    """
    return types.Array(kind, n_dim, "C", readonly=True)


def written(kind: Any, n_dim: int) -> Any:
    """Type of an array that may be written into.

    Parameters
    ----------
    kind, n_dim
        Type of its numbers, and how many dimensions it has.

    Returns
    -------
    type
        Of numba.
    """
    return types.Array(kind, n_dim, "C")


def intrinsic(function: Callable[..., Any]) -> Any:
    """Decorator of a function that is written in the words of the compiler."""
    return untyped_intrinsic(function)


@intrinsic
def bits(context: Any, number: Any) -> Any:
    """The bits of a float32, as an int32.

    Parameters
    ----------
    context
        Of the compiler.
    number
        The number.

    Returns
    -------
    tuple
        Its types, and what writes its code.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.IntType(32))

    return BITS32(SINGLE), code


@intrinsic
def single(context: Any, word: Any) -> Any:
    """The float32 of some bits.

    Parameters
    ----------
    context
        Of the compiler.
    word
        The bits.

    Returns
    -------
    tuple
        Its types, and what writes its code.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.bitcast(arguments[0], ir.FloatType())

    return SINGLE(BITS32), code


@intrinsic
def kept(context: Any, word: Any) -> Any:
    """A word of 64 bits as it is, of whose making the compiler makes nothing else.

    Parameters
    ----------
    context
        Of the compiler.
    word
        The word.

    Returns
    -------
    tuple
        Its types, and what writes its code.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        of_word = ir.FunctionType(ir.IntType(64), [ir.IntType(64)])
        return builder.asm(of_word, "", "=r,0", [arguments[0]], False)

    return BITS64(BITS64), code


@intrinsic
def n_ones(context: Any, word: Any) -> Any:
    """How many bits of 64 are 1.

    Parameters
    ----------
    context
        Of the compiler.
    word
        The bits.

    Returns
    -------
    tuple
        Its types, and what writes its code.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.ctpop(arguments[0])

    return BITS64(BITS64), code


@intrinsic
def lowest_one(context: Any, word: Any) -> Any:
    """The place of the lowest bit of 64 that is 1; there must be one.

    Parameters
    ----------
    context
        Of the compiler.
    word
        The bits.

    Returns
    -------
    tuple
        Its types, and what writes its code.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return BITS64(BITS64), code


def pointed(name: str) -> Callable[[Function], Function]:
    """Decorator of a function of four whole numbers that gives one, compiled once by itself.

    Parameters
    ----------
    name
        By which `called` finds it, and not the code of it, which others would be compiled with.

    Returns
    -------
    callable
        The decorator.
    """

    def decorator(function: Function) -> Function:
        made = numba.cfunc(WHOLE(*_FOUR), cache=True, error_model="numpy", nogil=True)(function)
        add_symbol(name, made.address)
        pointed_at[name] = made
        return function

    return decorator


def called(name: str) -> Callable[[int, int, int, int], int]:
    """A function that is `pointed`, to be called in compiled code."""

    def call(context: Any, first: Any, second: Any, third: Any, fourth: Any) -> Any:
        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            word = ir.IntType(64)
            kind = ir.FunctionType(word, [word] * len(_FOUR))
            function = cgutils.get_or_insert_function(builder.module, kind, name)
            return builder.call(function, arguments)

        return WHOLE(*_FOUR), code

    function: Callable[[int, int, int, int], int] = untyped_intrinsic(call)
    return function
