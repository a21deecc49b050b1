"""Encodings read from tables and joined to what there is, in one pass over rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code import scalars
from plurel_cli.compiled.code.machine import (
    BITS16,
    BITS32,
    SINGLE,
    WHOLE,
    Singles,
    Wholes,
    compiled,
    inlined,
    read,
    written,
)
from plurel_cli.compiled.code.scalars import clipped

SET, SUM, MAXIMUM, PRODUCT, LOGSUMEXP = range(5)
"""How an encoding is joined; the first writes it."""

_LEAST, _MOST = np.float32(-1e6), np.float32(1e6)
_LAST_QUANTILE = 4095


@inlined
def _logsumexp(total: np.float32, other: np.float32) -> np.float32:
    highest = total if total > other or total != total else other
    return scalars.log1p_of_share(scalars.exp(-abs(total - other))) + highest


@inlined
def _join(code: int, total: Singles, encoding: Singles) -> None:
    """Join the encoding of one row."""
    if code == SET:
        for j in range(len(total)):
            total[j] = encoding[j]
    elif code == SUM:
        for j in range(len(total)):
            total[j] += encoding[j]
    elif code == MAXIMUM:
        for j in range(len(total)):
            held, other = total[j], encoding[j]
            total[j] = held if held > other or held != held else other
    elif code == PRODUCT:
        for j in range(len(total)):
            total[j] *= encoding[j]
    else:
        for j in range(len(total)):
            total[j] = _logsumexp(total[j], encoding[j])


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
    n_points, width = table.shape
    for row in range(len(total)):
        if cell[row] < 0 or cell[row] > n_points - 2:
            return 1
    encoding = np.empty(width, np.float32)
    for row in range(len(total)):
        low, high, part = table[cell[row]], table[cell[row] + 1], share[row]
        for j in range(width):
            encoding[j] = (high[j] - low[j]) * part + low[j]
        _join(code, total[row], encoding)
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
    for row in range(len(total)):
        _join(code, total[row], table[index[row]])
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
    for row in range(len(total)):
        _join(code, total[row], encodings[row])
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


@compiled(WHOLE(written(SINGLE, 1), read(SINGLE, 1), read(BITS16, 1)))
def with_noise(embeddings: Singles, quantiles: Singles, bits: NDArray[np.uint16]) -> int:
    """Hold embeddings within bounds and add noise, in place.

    Parameters
    ----------
    embeddings
        All their numbers.
    quantiles, bits
        What may be added, and random bits that say which.

    Returns
    -------
    int
        0.
    """
    for index in range(len(embeddings)):
        noise = quantiles[bits[index] & _LAST_QUANTILE]
        embeddings[index] = clipped(embeddings[index], _LEAST, _MOST) + noise
    return 0
