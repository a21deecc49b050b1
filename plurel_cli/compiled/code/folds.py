"""Encodings read from tables and joined to what there is, in one pass over rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import scalars
from plurel_cli.compiled.code.machine import (
    BITS32,
    SINGLE,
    WHOLE,
    Singles,
    Wholes,
    apart,
    compiled,
    inlined,
    read,
    written,
)
from plurel_cli.compiled.code.scalars import clipped

SET, SUM, MAXIMUM, PRODUCT, LOGSUMEXP = range(5)
"""How an encoding is joined; the first writes it."""

_AT_ONCE = 1 << 6
_FEW = 8  # numbers of a row that take longer to loop over than to write and join all at once

CODES = {"sum": SUM, "maximum": MAXIMUM, "product": PRODUCT, "logsumexp": LOGSUMEXP}
"""The same by the names of `features.aggregations.folds.Fold`."""


@inlined
def _logsumexp(total: np.float32, other: np.float32) -> np.float32:
    highest = total if total > other or total != total else other
    return scalars.log1p_of_share(scalars.exp(-abs(total - other))) + highest


def _joining(join: Callable[[np.float32, np.float32], np.float32]) -> Any:
    """Loops that join numbers, what lies between rows of a table, or its rows, to what there is,
    by a function of two numbers.
    """

    def of_all(total: Singles, others: Singles) -> None:
        for index in range(len(total)):
            total[index] = join(total[index], others[index])

    def of_grid(total: Singles, table: Singles, cell: Wholes, share: Singles) -> None:
        for row in range(len(total)):
            low, high, part = table[cell[row]], table[cell[row] + 1], share[row]
            of_row = total[row]
            for j in range(table.shape[1]):
                of_row[j] = join(of_row[j], (high[j] - low[j]) * part + low[j])

    def of_rows(total: Singles, table: Singles, index: NDArray[np.int32]) -> None:
        for row in range(len(total)):
            encoding, of_row = table[index[row]], total[row]
            for j in range(table.shape[1]):
                of_row[j] = join(of_row[j], encoding[j])

    return tuple(inlined(apart(function, join)) for function in (of_all, of_grid, of_rows))


@inlined
def _other(total: np.float32, other: np.float32) -> np.float32:
    return other


@inlined
def _sum(total: np.float32, other: np.float32) -> np.float32:
    return total + other


@inlined
def _larger(total: np.float32, other: np.float32) -> np.float32:
    return total if total > other or total != total else other


@inlined
def _product(total: np.float32, other: np.float32) -> np.float32:
    return total * other


_set_all, _set_grid, _set_rows = _joining(_other)
_add_all, _add_grid, _add_rows = _joining(_sum)
_raise_all, _raise_grid, _raise_rows = _joining(_larger)
_multiply_all, _multiply_grid, _multiply_rows = _joining(_product)
_logsumexp_all, _logsumexp_grid, _logsumexp_rows = _joining(_logsumexp)


@inlined
def _join(code: int, total: Singles, others: Singles) -> None:
    """Join numbers to what there is, one by one."""
    if code == SET:
        _set_all(total, others)
    elif code == SUM:
        _add_all(total, others)
    elif code == MAXIMUM:
        _raise_all(total, others)
    elif code == PRODUCT:
        _multiply_all(total, others)
    else:
        _logsumexp_all(total, others)


@inlined
def _few_between(table: Singles, cell: Wholes, share: Singles) -> Singles:
    """What lies between rows of a table of few numbers; of one or two, without a loop."""
    flat, n, width = table.reshape(-1), len(cell), table.shape[1]
    encodings = np.empty(n * width, np.float32)
    if width == 1:
        for row in range(n):
            low = flat[cell[row]]
            encodings[row] = (flat[cell[row] + 1] - low) * share[row] + low
    elif width == 2:
        for row in range(n):
            at, part = 2 * cell[row], share[row]
            encodings[2 * row] = (flat[at + 2] - flat[at]) * part + flat[at]
            encodings[2 * row + 1] = (flat[at + 3] - flat[at + 1]) * part + flat[at + 1]
    else:
        _set_grid(encodings.reshape(n, width), table, cell, share)
    return encodings


@inlined
def _few_rows(table: Singles, index: NDArray[np.int32]) -> Singles:
    """Rows of a table of few numbers; of one or two, without a loop."""
    flat, n, width = table.reshape(-1), len(index), table.shape[1]
    encodings = np.empty(n * width, np.float32)
    if width == 1:
        for row in range(n):
            encodings[row] = flat[index[row]]
    elif width == 2:
        for row in range(n):
            at = 2 * np.int64(index[row])
            encodings[2 * row], encodings[2 * row + 1] = flat[at], flat[at + 1]
    else:
        _set_rows(encodings.reshape(n, width), table, index)
    return encodings


@compiled(WHOLE(WHOLE, written(SINGLE, 2), read(SINGLE, 2), read(WHOLE, 1), read(SINGLE, 1)))
def fold_grid(code: int, total: Singles, table: Singles, cell: Wholes, share: Singles) -> int:
    """Join what lies between rows of a table; 1 is given where there are no such rows.

    Parameters
    ----------
    code, total
        How, and to what, shape (n, width).
    table, cell, share
        The table, and which rows and how far to the next, shape (n,).

    Returns
    -------
    int
        0, or 1 where it could not be done.
    """
    n_points = len(table)
    for row in range(len(total)):
        if cell[row] < 0 or cell[row] > n_points - 2:
            return 1
    if table.shape[1] <= _FEW:
        _join(code, total.reshape(-1), _few_between(table, cell, share))
    elif code == SET:
        _set_grid(total, table, cell, share)
    elif code == SUM:
        _add_grid(total, table, cell, share)
    elif code == MAXIMUM:
        _raise_grid(total, table, cell, share)
    elif code == PRODUCT:
        _multiply_grid(total, table, cell, share)
    else:
        _logsumexp_grid(total, table, cell, share)
    return 0


@compiled(WHOLE(WHOLE, written(SINGLE, 2), read(SINGLE, 2), read(BITS32, 1)))
def fold_rows(code: int, total: Singles, table: Singles, index: NDArray[np.int32]) -> int:
    """Join rows of a table; 1 is given where there are no such rows.

    Parameters
    ----------
    code, total
        How, and to what, shape (n, width).
    table, index
        The table, and which rows, shape (n,).

    Returns
    -------
    int
        0, or 1 where it could not be done.
    """
    for row in range(len(total)):
        if index[row] < 0 or index[row] >= len(table):
            return 1
    if table.shape[1] <= _FEW:
        _join(code, total.reshape(-1), _few_rows(table, index))
    elif code == SET:
        _set_rows(total, table, index)
    elif code == SUM:
        _add_rows(total, table, index)
    elif code == MAXIMUM:
        _raise_rows(total, table, index)
    elif code == PRODUCT:
        _multiply_rows(total, table, index)
    else:
        _logsumexp_rows(total, table, index)
    return 0


@compiled(WHOLE(WHOLE, written(SINGLE, 2), read(SINGLE, 2)))
def fold_all(code: int, total: Singles, encodings: Singles) -> int:
    """Join encodings row by row.

    Parameters
    ----------
    code, total
        How, and to what, shape (n, width).
    encodings
        Of the same shape.

    Returns
    -------
    int
        0.
    """
    _join(code, total.reshape(-1), encodings.reshape(-1))
    return 0


@inlined
def repeated(numbers: Singles) -> Singles:
    """Numbers again and again, so that rows of few are worked on many at once.

    Parameters
    ----------
    numbers
        Of each row, at least one.

    Returns
    -------
    ndarray
        As many times as there is room for, at least once.
    """
    width = len(numbers)
    many = np.empty(max(_AT_ONCE // width, 1) * width, np.float32)
    for first in range(0, len(many), width):
        for j in range(width):
            many[first + j] = numbers[j]
    return many


@compiled(WHOLE(written(SINGLE, 2), read(SINGLE, 1)))
def exponentials(encodings: Singles, largest: Singles) -> int:
    """Exponentials of how far encodings lie below the largest, in place.

    Parameters
    ----------
    encodings
        Shape (n, width).
    largest
        Shape (width,).

    Returns
    -------
    int
        0.
    """
    flat, many = encodings.reshape(-1), repeated(largest)
    for first in range(0, len(flat), len(many)):
        some = flat[first : first + len(many)]
        for index in range(len(some)):
            some[index] = scalars.exp(some[index] - many[index])
    return 0


@compiled(WHOLE(written(SINGLE, 2), read(SINGLE, 1)))
def logarithm(total: Singles, largest: Singles) -> int:
    """Logarithms of sums of exponentials, in place.

    Parameters
    ----------
    total
        Shape (n, width).
    largest
        Shape (width,).

    Returns
    -------
    int
        0.
    """
    flat, many = total.reshape(-1), repeated(largest)
    for first in range(0, len(flat), len(many)):
        some = flat[first : first + len(many)]
        for index in range(len(some)):
            some[index] = scalars.log(some[index]) + many[index]
    return 0


@compiled(WHOLE(read(SINGLE, 1), read(SINGLE, 1), written(WHOLE, 1), written(SINGLE, 1)))
def placed(points: Singles, values: Singles, cell: Wholes, share: Singles) -> int:
    """Find the cells of a grid in which numbers lie, and how far into them.

    Parameters
    ----------
    points, values
        Of the grid, rising, at least two; and the numbers.
    cell, share
        What is written, as many.

    Returns
    -------
    int
        0, or 1 where a number is not finite.
    """
    first, last = points[0], points[len(points) - 1]
    for index in range(len(values)):
        number = values[index]
        if not abs(number) < np.inf:
            return 1
        begin, n = 0, len(points)
        while n > 1:
            half = n >> 1
            begin += half if points[begin + half - 1] <= number else 0
            n -= half
        begin += 1 if points[begin] <= number else 0
        begin = min(max(begin - 1, 0), len(points) - 2)
        low = points[begin]
        cell[index] = begin
        share[index] = (clipped(number, first, last) - low) / (points[begin + 1] - low)
    return 0
