"""Mechanisms of every family, as `plurel_cli.features.mechanisms` defines them.

A mechanism is a row of whole numbers: its family, its inputs and outputs, and what else the family
says, addresses of its arrays among it.
"""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code import scalars
from plurel_cli.compiled.code.bends import bend
from plurel_cli.compiled.code.layers import INFINITE, most, perceptron, product, rounding
from plurel_cli.compiled.code.machine import (
    Singles,
    Wholes,
    called,
    inlined,
    pasted,
    pointed,
    single,
)
from plurel_cli.compiled.code.memory import singles, whole_rows, wholes
from plurel_cli.compiled.code.packing import N_WORDS

LINEAR, BENT, TREES, INTERVALS, NEAREST, QUADRATIC, WAVES, PERCEPTRON = range(8)
"""Families."""

FAMILY, N_IN, N_OUT, FIRST, SECOND, THIRD, FOURTH, FIFTH = range(N_WORDS)
"""What a row says."""

N_SPLITS = 8
_LEAVES = 16


@inlined
def _times(x: Singles, n: int, n_in: int, n_out: int, weights: Singles, out: Singles) -> int:
    largest = most(x, np.int32(0))
    if largest >= INFINITE:
        return 1
    highest = single(np.int32(INFINITE - 1))
    product(x, n, n_in, n_out, weights, rounding(largest, n_in), highest, out)
    return 0


@pasted
def _linear(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    n_in, n_out = row[N_IN], row[N_OUT]
    return _times(x, n, n_in, n_out, singles(row[FIRST], n_in * n_out), out)


@pasted
def _bent(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    n_in, n_out = row[N_IN], row[N_OUT]
    product_of = np.empty(n * n_out, np.float32)
    if _times(x, n, n_in, n_out, singles(row[FIRST], n_in * n_out), product_of):
        return 1
    if most(product_of, np.int32(0)) >= INFINITE:
        return 1
    bend(row[THIRD], singles(row[SECOND], row[FOURTH]), product_of, out)
    return 0


@pasted
def _trees(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    n_in, n_out = row[N_IN], row[N_OUT]
    thresholds = singles(row[SECOND], N_SPLITS)
    low, high = singles(row[THIRD], _LEAVES * n_out), singles(row[FOURTH], _LEAVES * n_out)
    which = np.zeros(N_SPLITS, np.int64)
    if row[FIRST]:
        given = wholes(row[FIRST], N_SPLITS)
        for split in range(N_SPLITS):
            which[split] = given[split]
    if n_in == 1 and n_out < N_SPLITS:
        cells = np.zeros(n, np.int32)
        for split in range(N_SPLITS):
            threshold, bit = thresholds[split], np.int32(1 << split)
            for k in range(n):
                cells[k] |= bit if x[k] > threshold else np.int32(0)
        for j in range(n_out):
            for k in range(n):
                below, above = (cells[k] & (_LEAVES - 1)) * n_out, (cells[k] >> 4) * n_out
                out[k * n_out + j] = low[below + j] + high[above + j]
        return 0
    for k in range(n):
        cell = 0
        for split in range(N_SPLITS):
            cell |= (1 if x[k * n_in + which[split]] > thresholds[split] else 0) << split
        below, above = (cell & (_LEAVES - 1)) * n_out, (cell >> 4) * n_out
        for j in range(n_out):
            out[k * n_out + j] = low[below + j] + high[above + j]
    return 0


@pasted
def _intervals(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    n_out = row[N_OUT]
    bounds, vectors = singles(row[FIRST], N_SPLITS), singles(row[SECOND], (N_SPLITS + 1) * n_out)
    cells = np.zeros(n, np.int32)
    for split in range(N_SPLITS):
        bound = bounds[split]
        for k in range(n):
            cells[k] += 1 if bound < x[k] else 0
    for k in range(n):
        for j in range(n_out):
            out[k * n_out + j] = vectors[cells[k] * n_out + j]
    return 0


@pasted
def _nearest(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    n_in, n_out, n_centres = row[N_IN], row[N_OUT], row[FOURTH]
    offsets, vectors = singles(row[SECOND], n_centres), singles(row[THIRD], n_centres * n_out)
    nearness = np.empty(n * n_centres, np.float32)
    if _times(x, n, n_in, n_centres, singles(row[FIRST], n_in * n_centres), nearness):
        return 1
    for k in range(n):
        cell, nearest = 0, nearness[k * n_centres] + offsets[0]
        for centre in range(1, n_centres):
            number = nearness[k * n_centres + centre] + offsets[centre]
            if number > nearest:
                cell, nearest = centre, number
            if number != number:
                return 1
        if nearest != nearest:
            return 1
        for j in range(n_out):
            out[k * n_out + j] = vectors[cell * n_out + j]
    return 0


@inlined
def _terms(
    x: Singles, n: int, n_in: int, n_terms: int, weights: Singles, offsets: Singles, out: Singles
) -> int:
    """Products, and an offset for each of them; 1 is given where one is not finite."""
    if _times(x, n, n_in, n_terms, weights, out):
        return 1
    for k in range(n):
        for j in range(n_terms):
            out[k * n_terms + j] += offsets[j]
    return 1 if most(out, np.int32(0)) >= INFINITE else 0


@pasted
def _quadratic(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    n_in, n_out, rank = row[N_IN], row[N_OUT], row[FOURTH]
    terms = np.empty(n * 2 * rank, np.float32)
    factors, offsets = singles(row[FIRST], n_in * 2 * rank), singles(row[SECOND], 2 * rank)
    if _terms(x, n, n_in, 2 * rank, factors, offsets, terms):
        return 1
    products = np.empty(n * rank, np.float32)
    for k in range(n):
        for j in range(rank):
            products[k * rank + j] = terms[k * 2 * rank + j] * terms[k * 2 * rank + rank + j]
    return _times(products, n, rank, n_out, singles(row[THIRD], rank * n_out), out)


@pasted
def _waves(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    n_in, n_out, n_waves = row[N_IN], row[N_OUT], row[FOURTH]
    terms = np.empty(n * n_waves, np.float32)
    frequencies, phases = singles(row[FIRST], n_in * n_waves), singles(row[SECOND], n_waves)
    if _terms(x, n, n_in, n_waves, frequencies, phases, terms):
        return 1
    for index in range(len(terms)):
        terms[index] = scalars.sine_of_turns(terms[index])
    return _times(terms, n, n_waves, n_out, singles(row[THIRD], n_waves * n_out), out)


@pasted
def _perceptron(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    n_layers = row[FIFTH]
    layers, limits = whole_rows(row[SECOND], n_layers, 6), singles(row[THIRD], n_layers)
    return perceptron(x, n, row[FIRST], layers, limits, row[FOURTH], out)


@pasted
def _apply(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    """As `apply`."""
    family = row[FAMILY]
    if family == PERCEPTRON:
        return _perceptron(row, x, n, out)
    if family == LINEAR:
        return _linear(row, x, n, out)
    if family == BENT:
        return _bent(row, x, n, out)
    if family == TREES:
        return _trees(row, x, n, out)
    if family == INTERVALS:
        return _intervals(row, x, n, out)
    if family == NEAREST:
        return _nearest(row, x, n, out)
    if family == QUADRATIC:
        return _quadratic(row, x, n, out)
    return _waves(row, x, n, out)


_NAME = "plurel_apply"
_called = called(_NAME)


@pointed(_NAME)
def _pointed(row: int, x: int, n: int, out: int) -> int:
    """As `apply`, by where these lie."""
    mechanism = wholes(row, N_WORDS)
    numbers, given = singles(x, n * mechanism[N_IN]), singles(out, n * mechanism[N_OUT])
    return _apply(mechanism, numbers, n, given)


@inlined
def apply(row: Wholes, x: Singles, n: int, out: Singles) -> int:
    """Write what a mechanism makes of rows.

    Parameters
    ----------
    row
        The mechanism.
    x, n, out
        Its inputs, how many rows they are, and its outputs.

    Returns
    -------
    int
        0, or 1 where a number on the way is not finite, and nothing useful is written.
    """
    return _called(row.ctypes.data, x.ctypes.data, n, out.ctypes.data)
