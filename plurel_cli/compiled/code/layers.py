"""Perceptrons: layer by layer, each in two passes over rows that are in the cache."""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code.bends import bend
from plurel_cli.compiled.code.machine import (
    Doubles,
    Singles,
    Wholes,
    bits,
    inlined,
    single,
)
from plurel_cli.compiled.code.memory import singles
from plurel_cli.compiled.code.tiles import LANES, ROWS, along, tile, wide_tile

_SIZE = np.int32(0x7FFFFFFF)
INFINITE = np.int32(0x7F800000)
"""Bits of infinity: no finite number has more, its sign apart."""
_AT_ONCE = 1 << 10
_BYTES = 4  # of a number
_FEWEST, _FEW = 4, 6  # numbers that come in and go out, of which many rows are made at once
_ROWS_AT_ONCE = 1 << 8
_TERMS_AT_ONCE = 1 << 10  # doubles that stay in the innermost cache

INPUTS, OUTPUTS, WEIGHTS, ACTIVATION, TERMS, N_TERMS = range(6)
"""What is said of a layer."""


@inlined
def most(x: Singles, so_far: np.int32) -> np.int32:
    """Bits of the largest absolute value, those of infinity or more where there is any or NaN.

    Parameters
    ----------
    x
        Numbers.
    so_far
        Bits of the largest of others.

    Returns
    -------
    int32
        Bits of the largest of all.
    """
    for index in range(len(x)):
        size = np.int32(bits(x[index]) & _SIZE)
        so_far = size if size > so_far else so_far
    return so_far


@inlined
def rounding(largest: np.int32, n_in: int) -> float:
    """What is added and taken off again to hold numbers on the grid of `products._on_grid`.

    Parameters
    ----------
    largest
        Bits of the largest number.
    n_in
        Terms of a sum.

    Returns
    -------
    float
        A power of two, and half as much.
    """
    word = np.float64(single(largest)).view(np.int64)
    exponent = ((word >> 52) & 0x7FF) - 1022 if word else 0
    length = 0
    while (n_in - 1) >> length:
        length += 1
    return np.int64(((exponent + 14 + length - 1 + 1023) << 52) | (1 << 51)).view(np.float64)


@inlined
def _within(number: np.float32, limit: np.float32) -> np.float32:
    number = -limit if number < -limit else number
    return limit if number > limit else number


@inlined
def _on_grid(
    x: Singles, n_in: int, padded: int, rounds: float, limit: np.float32, whole: Doubles
) -> None:
    """Rows held to the grid, each as long as is said."""
    if padded == n_in:
        for index in range(len(x)):
            whole[index] = (np.float64(_within(x[index], limit)) + rounds) - rounds
        return
    for row in range(len(x) // n_in):
        for k in range(n_in):
            number = _within(x[row * n_in + k], limit)
            whole[row * padded + k] = (np.float64(number) + rounds) - rounds


@inlined
def _by_column(
    x: Singles,
    n: int,
    n_in: int,
    n_out: int,
    weights: Singles,
    rounds: float,
    limit: np.float32,
    out: Singles,
) -> None:
    """As `product`, where rows are so short that as much is made of many of them at once."""
    whole, zero = np.empty(min(n, _ROWS_AT_ONCE) * n_in, np.float64), 0.0  # no sum is −0
    for first in range(0, n, _ROWS_AT_ONCE):
        some = min(_ROWS_AT_ONCE, n - first)
        _on_grid(x[first * n_in : (first + some) * n_in], n_in, n_in, rounds, limit, whole)
        made = out[first * n_out :]
        for j in range(n_out):
            one, two = np.float64(weights[j]), np.float64(weights[n_out + j])
            if n_in == 2:
                for row in range(some):
                    at = 2 * row
                    total = zero + whole[at] * one + whole[at + 1] * two
                    made[row * n_out + j] = np.float32(total)
                continue
            three = np.float64(weights[2 * n_out + j])
            if n_in == 3:
                for row in range(some):
                    at = 3 * row
                    total = zero + whole[at] * one + whole[at + 1] * two + whole[at + 2] * three
                    made[row * n_out + j] = np.float32(total)
                continue
            four = np.float64(weights[3 * n_out + j])
            for row in range(some):
                at = 4 * row
                total = zero + whole[at] * one + whole[at + 1] * two
                total += whole[at + 2] * three + whole[at + 3] * four
                made[row * n_out + j] = np.float32(total)


@inlined
def product(
    x: Singles,
    n: int,
    n_in: int,
    n_out: int,
    weights: Singles,
    rounds: float,
    limit: np.float32,
    out: Singles,
) -> None:
    """Rows times weights; exact before it is rounded.

    Parameters
    ----------
    x, n, n_in, n_out
        n rows of n_in numbers, and how many come out.
    weights
        Shape (n_in × n_out,).
    rounds, limit
        What holds numbers to the grid, and within what they are held before.
    out
        Shape (n × n_out,).
    """
    if n_in == 1 and n_out < LANES:
        for j in range(n_out):
            weight = weights[j]
            for row in range(n):
                out[row * n_out + j] = _within(x[row], limit) * weight
        return
    if n_in == 1:
        for row in range(n):
            number = _within(x[row], limit)
            for j in range(n_out):
                out[row * n_out + j] = number * weights[j]
        return
    if n_in <= _FEWEST and n_out <= _FEW:
        _by_column(x, n, n_in, n_out, weights, rounds, limit, out)
        return
    n_at_once = max(_TERMS_AT_ONCE // n_in // ROWS, 1) * ROWS
    if n_out == 1:
        padded = (n_in + LANES - 1) // LANES * LANES
        held, whole = np.zeros(padded, np.float64), np.zeros(n_at_once * padded, np.float64)
        for k in range(n_in):
            held[k] = weights[k]
        for row in range(0, n, n_at_once):
            some = min(n_at_once, n - row)
            _on_grid(x[row * n_in : (row + some) * n_in], n_in, padded, rounds, limit, whole)
            for index in range(some):
                out[row + index] = np.float32(along(whole, index * padded, padded, held))
        return
    padded = (n_out + LANES - 1) // LANES * LANES
    held = np.zeros(n_in * padded, np.float64)
    for k in range(n_in):
        for j in range(n_out):
            held[k * padded + j] = weights[k * n_out + j]
    whole, made = np.zeros(n_at_once * n_in, np.float64), np.empty(ROWS * padded, np.float32)
    for first in range(0, n, n_at_once):
        last = min(first + n_at_once, n)
        _on_grid(x[first * n_in : last * n_in], n_in, n_in, rounds, limit, whole)
        for row in range(first, last, ROWS):
            some, of_rows = min(ROWS, last - row), whole[(row - first) * n_in :]
            column = 0
            while column + 2 * LANES <= padded:
                wide_tile(of_rows, n_in, held, padded, column, made)
                column += 2 * LANES
            if column < padded:
                tile(of_rows, n_in, held, padded, column, made)
            target = out[row * n_out : (row + some) * n_out]
            if padded == n_out:
                for j in range(some * n_out):
                    target[j] = made[j]
            else:
                for k in range(some):
                    for j in range(n_out):
                        target[k * n_out + j] = made[k * padded + j]


@inlined
def perceptron(
    x: Singles,
    n: int,
    weights: int,
    layers: Wholes,
    limits: Singles,
    terms: int,
    out: Singles,
) -> int:
    """Write what a perceptron makes of rows.

    Parameters
    ----------
    x, n, out
        Its inputs, how many rows they are, and its outputs.
    weights, terms
        Where the weights of all layers lie, and the terms of all activations.
    layers, limits
        Its layers, as in `features.mechanisms.perceptrons.Packed`, and the limits before each.

    Returns
    -------
    int
        0, or 1 where a number on the way is not finite, and nothing useful is written.
    """
    n_layers = len(layers)
    widest = 1
    for layer in range(1, n_layers):
        widest = max(widest, layers[layer, INPUTS])
    largest = most(x, np.int32(0))
    if largest >= INFINITE:
        return 1
    held = out if n_layers == 1 else np.empty(n * widest, np.float32)
    bent = np.empty(n * widest if n_layers > 1 else 0, np.float32)
    highest = single(np.int32(INFINITE - 1))
    n_in, n_out = layers[0, INPUTS], layers[0, OUTPUTS]
    of_layer = singles(weights + _BYTES * layers[0, WEIGHTS], n_in * n_out)
    product(x, n, n_in, n_out, of_layer, rounding(largest, n_in), highest, held)
    for layer in range(1, n_layers):
        n_in, n_out = layers[layer, INPUTS], layers[layer, OUTPUTS]
        steps = singles(terms + _BYTES * layers[layer, TERMS], layers[layer, N_TERMS])
        before, largest = np.int32(0), np.int32(0)
        for first in range(0, n * n_in, _AT_ONCE):
            last = min(first + _AT_ONCE, n * n_in)
            before = most(held[first:last], before)
            bend(layers[layer, ACTIVATION], steps, held[first:last], bent[first:last])
            largest = most(bent[first:last], largest)
        if before >= INFINITE or largest >= INFINITE:
            return 1
        limit = limits[layer]
        if single(largest) > limit:
            largest = bits(limit)
        of_layer = singles(weights + _BYTES * layers[layer, WEIGHTS], n_in * n_out)
        target = out if layer == n_layers - 1 else held
        product(bent[: n * n_in], n, n_in, n_out, of_layer, rounding(largest, n_in), limit, target)
    return 0
