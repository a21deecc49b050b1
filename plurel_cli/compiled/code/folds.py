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

CODES = {"sum": SUM, "maximum": MAXIMUM, "product": PRODUCT, "logsumexp": LOGSUMEXP}
"""The same by the names of `features.aggregations.folds.Fold`."""


@inlined
def _logsumexp(total: np.float32, other: np.float32) -> np.float32:
    highest = total if total > other or total != total else other
    return scalars.log1p_of_share(scalars.exp(-abs(total - other))) + highest


def _joining(join: Callable[[np.float32, np.float32], np.float32]) -> Any:
    """Loops that join what is read from a grid, and what is there, by a function of two numbers."""

    def of_grid(total: Singles, table: Singles, cell: Wholes, share: Singles) -> None:
        width = table.shape[1]
        for row in range(len(total)):
            low, high, part = table[cell[row]], table[cell[row] + 1], share[row]
            of_row = total[row]
            for j in range(width):
                of_row[j] = join(of_row[j], (high[j] - low[j]) * part + low[j])

    def of_rows(total: Singles, table: Singles, index: NDArray[np.int32]) -> None:
        width = table.shape[1]
        for row in range(len(total)):
            encoding, of_row = table[index[row]], total[row]
            for j in range(width):
                of_row[j] = join(of_row[j], encoding[j])

    def of_all(total: Singles, encodings: Singles) -> None:
        width = encodings.shape[1]
        for row in range(len(total)):
            encoding, of_row = encodings[row], total[row]
            for j in range(width):
                of_row[j] = join(of_row[j], encoding[j])

    return tuple(inlined(apart(function, join)) for function in (of_grid, of_rows, of_all))


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


_set_grid, _set_rows, _set_all = _joining(_other)
_add_grid, _add_rows, _add_all = _joining(_sum)
_raise_grid, _raise_rows, _raise_all = _joining(_larger)
_multiply_grid, _multiply_rows, _multiply_all = _joining(_product)
_logsumexp_grid, _logsumexp_rows, _logsumexp_all = _joining(_logsumexp)


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
    if code == SET:
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
    if code == SET:
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
    if code == SET:
        _set_all(total, encodings)
    elif code == SUM:
        _add_all(total, encodings)
    elif code == MAXIMUM:
        _raise_all(total, encodings)
    elif code == PRODUCT:
        _multiply_all(total, encodings)
    else:
        _logsumexp_all(total, encodings)
    return 0


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
    for row in range(len(encodings)):
        of_row = encodings[row]
        for j in range(len(largest)):
            of_row[j] = scalars.exp(of_row[j] - largest[j])
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
    for row in range(len(total)):
        of_row = total[row]
        for j in range(len(largest)):
            of_row[j] = scalars.log(of_row[j]) + largest[j]
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
