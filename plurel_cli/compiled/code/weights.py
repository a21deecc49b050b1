"""Weights of matrices, drawn and thinned in one pass."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code.machine import (
    BITS16,
    SINGLE,
    WHOLE,
    Singles,
    compiled,
    read,
    written,
)


@compiled(WHOLE(read(SINGLE, 1), read(BITS16, 1), SINGLE, written(SINGLE, 1)))
def taken(table: Singles, bits: NDArray[np.uint16], factor: np.float32, out: Singles) -> int:
    """Numbers of a table by random bits, times a factor.

    Parameters
    ----------
    table, bits, factor
        2¹⁶ numbers, which of them, and what they are multiplied with.
    out
        As many as there are bits.

    Returns
    -------
    int
        0.
    """
    for index in range(len(bits)):
        out[index] = table[np.int64(bits[index])] * factor
    return 0


@compiled(
    WHOLE(
        written(SINGLE, 2),
        read(SINGLE, 2),
        read(BITS16, 2),
        read(BITS16, 1),
        read(SINGLE, 1),
        read(SINGLE, 1),
    )
)
def thinned(
    matrices: Singles,
    drawn: Singles,
    bits: NDArray[np.uint16],
    last: NDArray[np.uint16],
    gains: Singles,
    rounds: Singles,
) -> int:
    """Keep weights whose bits are up to the last that is kept, times a gain, held to a grid.

    Parameters
    ----------
    matrices
        What is written, a matrix a row.
    drawn
        Their weights, all of them.
    bits
        Random bits of each weight.
    last, gains, rounds
        Of each matrix the last bits that are kept, a factor, and what holds it to a grid.

    Returns
    -------
    int
        0.
    """
    n, size = matrices.shape
    for index in range(n):
        matrix, weights, of_matrix = matrices[index], drawn[index], bits[index]
        most, gain, rounded = last[index], gains[index], rounds[index]
        for j in range(size):
            kept = np.float32(1.0) if of_matrix[j] <= most else np.float32(0.0)
            matrix[j] = ((weights[j] * kept) * gain + rounded) - rounded
    return 0
