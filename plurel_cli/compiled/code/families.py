"""Mechanisms made of matrices, a family drawn in one call: as `features.mechanisms` draws them."""

from __future__ import annotations

import math

import numpy as np

from plurel_cli.compiled.code.bits import begun
from plurel_cli.compiled.code.draws import hold, integers, normals, scaled, stratified
from plurel_cli.compiled.code.machine import (
    BITS64,
    SINGLE,
    WHOLE,
    Singles,
    Words,
    compiled,
    read,
    written,
)
from plurel_cli.compiled.code.weights import from_table
from plurel_cli.compiled.code.words import draw

MOST_RANK, N_WAVES = 4, 8

_ONE, _EIGHT = np.float32(1.0), np.uint32(8)


@compiled(WHOLE(written(BITS64, 1), read(SINGLE, 1), WHOLE, WHOLE, WHOLE, written(SINGLE, 1)))
def linear(
    state: Words, normal: Singles, count: int, n_in: int, n_out: int, weights: Singles
) -> int:
    """Matrices of normal weights.

    Parameters
    ----------
    state, normal
        Of the bits, and the table of the normal distribution.
    count, n_in, n_out
        How many matrices, of how many inputs and outputs.
    weights
        What is written.

    Returns
    -------
    int
        0.
    """
    begun(state)
    from_table(state, normal, np.float32(1.0 / math.sqrt(n_in)), weights)
    hold(weights, count, n_in, n_out)
    return 0


@compiled(
    WHOLE(
        written(BITS64, 1),
        read(SINGLE, 1),
        read(SINGLE, 1),
        WHOLE,
        WHOLE,
        WHOLE,
        written(SINGLE, 1),
    )
)
def low_rank(
    state: Words,
    normal: Singles,
    gains: Singles,
    count: int,
    n_in: int,
    n_out: int,
    weights: Singles,
) -> int:
    """Matrices of low rank.

    Parameters
    ----------
    state, normal, gains
        Of the bits, and tables of the normal distribution and of the factors of outputs.
    count, n_in, n_out
        How many matrices, of how many inputs and outputs.
    weights
        What is written.

    Returns
    -------
    int
        0.
    """
    begun(state)
    most = min(MOST_RANK, n_in, n_out)
    ranks = np.empty(count, np.int64)
    integers(state, 1, most, ranks)
    left = normals(state, normal, count * n_in * most, 1.0 / math.sqrt(n_in))
    right = normals(state, normal, count * most * n_out, 1.0)
    factors = np.empty(count * n_out, np.float32)
    from_table(state, gains, _ONE, factors)
    for matrix in range(count):
        root = np.float32(math.sqrt(ranks[matrix]))
        for row in range(n_in):
            begin = (matrix * n_in + row) * n_out
            of_row = weights[begin : begin + n_out]
            for rank in range(ranks[matrix]):
                share = left[(matrix * n_in + row) * most + rank] / root
                of_rank = right[(matrix * most + rank) * n_out :][:n_out]
                if rank == 0:
                    for column in range(n_out):
                        of_row[column] = share * of_rank[column]
                else:
                    for column in range(n_out):
                        of_row[column] += share * of_rank[column]
            for column in range(n_out):
                of_row[column] *= factors[matrix * n_out + column]
    hold(weights, count, n_in, n_out)
    return 0


_THREE_PARTS = (
    written(BITS64, 1),
    read(SINGLE, 1),
    read(SINGLE, 1),
    *(WHOLE, WHOLE, WHOLE),
    *(written(SINGLE, 1), written(SINGLE, 1), written(SINGLE, 1)),
)


@compiled(WHOLE(*_THREE_PARTS))
def forms(
    state: Words,
    normal: Singles,
    scales: Singles,
    count: int,
    n_in: int,
    n_out: int,
    factors: Singles,
    offsets: Singles,
    mixing: Singles,
) -> int:
    """Parts of quadratic forms.

    Parameters
    ----------
    state, normal, scales
        Of the bits, and tables of the normal distribution and of scales.
    count, n_in, n_out
        How many, of how many inputs and outputs.
    factors, offsets, mixing
        What is written.

    Returns
    -------
    int
        0.
    """
    begun(state)
    rank = min(MOST_RANK, n_in + 1)
    from_table(state, normal, np.float32(1.0 / math.sqrt(n_in)), factors)
    from_table(state, normal, _ONE, offsets)
    scaled(state, scales, offsets)
    from_table(state, normal, np.float32(1.0 / math.sqrt(rank)), mixing)
    hold(factors, count, n_in, 2 * rank)
    hold(mixing, count, rank, n_out)
    return 0


@compiled(WHOLE(*_THREE_PARTS))
def waves(
    state: Words,
    normal: Singles,
    scales: Singles,
    count: int,
    n_in: int,
    n_out: int,
    frequencies: Singles,
    phases: Singles,
    amplitudes: Singles,
) -> int:
    """Parts of sums of waves.

    Parameters
    ----------
    state, normal, scales
        Of the bits, and tables of the normal distribution and of scales.
    count, n_in, n_out
        How many, of how many inputs and outputs.
    frequencies, phases, amplitudes
        What is written.

    Returns
    -------
    int
        0.
    """
    begun(state)
    spread = stratified(state, scales, count, N_WAVES)
    sd = 0.5 / (math.pi * math.sqrt(n_in))
    from_table(state, normal, np.float32(sd), frequencies)
    for index in range(len(frequencies)):
        wave = index // (n_in * N_WAVES) * N_WAVES + index % N_WAVES
        frequencies[index] *= spread[wave]
    words = np.empty((len(phases) + 1) // 2, np.uint64)
    draw(state, words)
    halves = words.view(np.uint32)
    for index in range(len(phases)):
        phases[index] = np.float32(halves[index] >> _EIGHT) * np.float32(2.0**-24)
    from_table(state, normal, np.float32(math.sqrt(2.0 / N_WAVES)), amplitudes)
    for wave in range(count * N_WAVES):
        root = np.sqrt(max(spread[wave], _ONE))
        for column in range(wave * n_out, (wave + 1) * n_out):
            amplitudes[column] /= root
    hold(frequencies, count, n_in, N_WAVES)
    hold(amplitudes, count, N_WAVES, n_out)
    return 0
