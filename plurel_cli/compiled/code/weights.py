"""Weights of matrices, from random words to what is multiplied with, a group of them at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.compiled.code.bits import begun
from plurel_cli.compiled.code.layers import most
from plurel_cli.compiled.code.machine import (
    BITS16,
    BITS64,
    SINGLE,
    WHOLE,
    Singles,
    Wholes,
    Words,
    compiled,
    inlined,
    read,
    single,
    written,
)
from plurel_cli.compiled.code.words import draw
from plurel_cli.kernel.names import LAWS
from plurel_cli.numerics.products import WEIGHT_BITS

_NORMAL, _TRUNCATED, _UNIFORM, _SPARSE = (
    LAWS.index(name) for name in ("normal", "truncated", "uniform", "sparse")
)
_TABLES = (0, 1, 0, 0)  # of each law
_AT_ONCE = 1 << 11
_STEPS = 6
_QUARTERS, _HALVES = 4, 2  # numbers of a word
_ZERO, _MINUS_ZERO, _ONE = np.float32(0.0), np.float32(-0.0), np.float32(1.0)

Quarters = NDArray[np.uint16]


@inlined
def from_table(state: Words, table: Singles, factor: np.float32, out: Singles) -> None:
    """Write numbers of a table by 16 random bits, times a factor.

    Parameters
    ----------
    state
        Of the bits, which has begun.
    table, factor
        2¹⁶ numbers, and what they are multiplied with.
    out
        As many as are wanted.
    """
    n_words = (len(out) + _QUARTERS - 1) // _QUARTERS
    words = np.empty(min(n_words, _AT_ONCE), np.uint64)
    quarters = words.view(np.uint16)
    for first in range(0, len(out), _AT_ONCE * _QUARTERS):
        some = min(len(out) - first, _AT_ONCE * _QUARTERS)
        draw(state, words[: (some + _QUARTERS - 1) // _QUARTERS])
        for index in range(some):
            out[first + index] = table[np.int64(quarters[index])] * factor


@compiled(WHOLE(written(BITS64, 1), read(SINGLE, 1), SINGLE, written(SINGLE, 1)))
def looked_up(state: Words, table: Singles, factor: np.float32, out: Singles) -> int:
    """Numbers of a table by random bits, times a factor.

    Parameters
    ----------
    state
        Of the bits.
    table, factor
        2¹⁶ numbers, and what they are multiplied with.
    out
        As many as are wanted.

    Returns
    -------
    int
        0.
    """
    begun(state)
    from_table(state, table, factor, out)
    return 0


@inlined
def _ends(quarters: Quarters) -> tuple[np.int64, np.int64]:
    """The least and the greatest."""
    low, high = quarters[0], quarters[0]
    for index in range(len(quarters)):
        number = quarters[index]
        low = number if number < low else low
        high = number if number > high else high
    return np.int64(low), np.int64(high)


@inlined
def _integer_ends(halves: NDArray[np.int32]) -> tuple[np.int32, np.int32]:
    """The least and the greatest."""
    low, high = halves[0], halves[0]
    for index in range(len(halves)):
        number = halves[index]
        low = number if number < low else low
        high = number if number > high else high
    return low, high


@inlined
def _threshold(keys: NDArray[np.uint32], n_below: int) -> np.uint32:
    """A number up to which so many of the keys are, which are all unlike: as far from the number
    before as the keys that are too many or too few would take up if they lay evenly, and halfway
    between the bounds after some such steps.
    """
    low, high, middle = np.int64(0), np.int64(0xFFFFFFFF), np.int64(0x7FFFFFFF)
    apart, n_steps = np.int64(1 << 32) // len(keys), 0
    while True:
        at = np.uint32(middle)
        n_up_to = np.int32(0)
        for index in range(len(keys)):
            n_up_to += np.int32(1) if keys[index] <= at else np.int32(0)
        missing = np.int64(n_below) - np.int64(n_up_to)
        if missing == 0:
            return at
        if missing > 0:
            low = middle + 1
        else:
            high = middle - 1
        n_steps += 1
        middle = middle + missing * apart
        if middle < low or middle > high or n_steps > _STEPS:
            middle = (low + high) >> 1


@inlined
def _halved(
    state: Words,
    quarters: Quarters,
    table: Singles,
    factor: np.float32,
    shape: tuple[int, int, int],
    words: Words,
    matrices: Singles,
) -> np.float32:
    """Write weights of which half into each output are zero, and give the largest."""
    n, n_in, n_out = shape
    size, largest = n_in * n_out, np.int32(0)
    n_zero, index_bits = min((n_in + 1) // 2, n_in - 1), np.uint32(0)
    while (n_in - 1) >> np.int64(index_bits):
        index_bits = np.uint32(index_bits + np.uint32(1))
    thresholds, step = np.empty(n_out, np.uint32), _step(size)
    halves = words.view(np.uint32)
    for first in range(0, n, step):
        some = min(n - first, step)
        draw(state, words[: (some * size + _HALVES - 1) // _HALVES])
        for index in range(some):
            keys = halves[index * size : (index + 1) * size]
            for column in range(n_out):
                of_column = keys[column * n_in : (column + 1) * n_in]
                for row in range(n_in):
                    key = (of_column[row] >> index_bits) << index_bits
                    of_column[row] = key | np.uint32(row)
                thresholds[column] = _threshold(of_column, n_zero)
            begin = (first + index) * size
            which, weights = quarters[begin : begin + size], matrices[begin : begin + size]
            for row in range(n_in):
                for column in range(n_out):
                    at = row * n_out + column
                    is_kept = keys[column * n_in + row] > thresholds[column]
                    weight = (table[np.int64(which[at])] * factor) * (_ONE if is_kept else _ZERO)
                    weights[at] = weight
            largest = most(weights, largest)
    held: np.float32 = single(largest)
    return held


@inlined
def _step(size: int) -> int:
    """Matrices of so many weights that are made at once, without a word in common."""
    return _QUARTERS * max(1, _AT_ONCE // (_QUARTERS * size))


@inlined
def rounds_of(largest: np.float32) -> np.float32:
    """What `products.hold` adds and takes off, to hold numbers up to the largest."""
    word = np.float64(largest).view(np.int64)
    exponent = ((word >> 52) & 0x7FF) - 1022 if word else 0
    bits = ((exponent + 23 - WEIGHT_BITS + 1023) << 52) | (1 << 51)
    return np.float32(np.int64(bits).view(np.float64))


@inlined
def drawn_matrices(
    state: Words,
    groups: Wholes,
    factors: Singles,
    tables: Singles,
    last: Quarters,
    gains: Singles,
    weights: Singles,
) -> None:
    """Draw matrices, keep some of their weights, times a gain, and hold them to a grid.

    Parameters
    ----------
    state
        Of the bits, which has begun.
    groups
        Of each group its law, inputs, outputs and matrices; shape (groups, 4).
    factors
        That of the law, of each group.
    tables
        Those of the laws that are looked up, each 2¹⁶ numbers.
    last, gains
        Of each matrix the last bits that are kept, and a factor.
    weights
        What is written: all matrices, one after another.
    """
    n_words, n_bits = 1, 1
    for group in range(len(groups)):
        law, n_in, n_out, n = groups[group]
        of_word = _HALVES if law == _UNIFORM else _QUARTERS
        n_words = max(n_words, n * n_in * n_out // of_word + 1)
        n_bits = max(n_bits, min(n, _step(n_in * n_out)) * n_in * n_out // _HALVES + 1)
    words, bits = np.empty(n_words, np.uint64), np.empty(n_bits, np.uint64)
    quarters, halves = words.view(np.uint16), words.view(np.int32)
    kept = bits.view(np.uint16)
    begin = matrix = 0
    for group in range(len(groups)):
        law, n_in, n_out, n = groups[group]
        size, factor = n_in * n_out, factors[group]
        of_word = _HALVES if law == _UNIFORM else _QUARTERS
        draw(state, words[: (n * size + of_word - 1) // of_word])
        table = tables[_TABLES[law]]
        of_group = weights[begin : begin + n * size]
        is_written = law == _SPARSE and n_in > 1
        if is_written:
            largest = _halved(state, quarters, table, factor, (n, n_in, n_out), bits, of_group)
        elif law == _UNIFORM:
            low, high = _integer_ends(halves[: n * size])
            largest = max(abs(np.float32(low) * factor), abs(np.float32(high) * factor))
        else:
            lowest, highest = _ends(quarters[: n * size])
            largest = max(abs(table[lowest] * factor), abs(table[highest] * factor))
        step = _step(size)
        for first in range(0, n, step):
            some = min(n - first, step)
            draw(state, bits[: (some * size + _QUARTERS - 1) // _QUARTERS])
            for index in range(some):
                at, up_to, gain = (first + index) * size, last[matrix], gains[matrix]
                matrix += 1
                # With one input nothing is held: of what is added and taken off, −0 stays −0.
                rounds = rounds_of(largest * gain) if n_in > 1 else _MINUS_ZERO
                back = rounds if n_in > 1 else _ZERO
                of_matrix, of_bits = of_group[at : at + size], kept[index * size :][:size]
                if is_written:
                    for j in range(size):
                        share = _ONE if of_bits[j] <= up_to else _ZERO
                        of_matrix[j] = ((of_matrix[j] * share) * gain + rounds) - back
                elif law == _UNIFORM:
                    drawn = halves[at : at + size]
                    for j in range(size):
                        share = _ONE if of_bits[j] <= up_to else _ZERO
                        weight = np.float32(drawn[j]) * factor
                        of_matrix[j] = ((weight * share) * gain + rounds) - back
                else:
                    which = quarters[at : at + size]
                    for j in range(size):  # apart from what is done to many at once
                        of_matrix[j] = table[np.int64(which[j])]
                    for j in range(size):
                        share = _ONE if of_bits[j] <= up_to else _ZERO
                        weight = of_matrix[j] * factor
                        of_matrix[j] = ((weight * share) * gain + rounds) - back
        begin += n * size


@compiled(
    WHOLE(
        written(BITS64, 1),
        read(WHOLE, 2),
        read(SINGLE, 1),
        read(SINGLE, 2),
        read(BITS16, 1),
        read(SINGLE, 1),
        written(SINGLE, 1),
    )
)
def matrices(
    state: Words,
    groups: Wholes,
    factors: Singles,
    tables: Singles,
    last: Quarters,
    gains: Singles,
    weights: Singles,
) -> int:
    """Draw matrices, keep some of their weights, times a gain, and hold them to a grid.

    Parameters
    ----------
    state, groups, factors, tables, last, gains, weights
        As `drawn_matrices` has them, of bits that may be new.

    Returns
    -------
    int
        0.
    """
    begun(state)
    drawn_matrices(state, groups, factors, tables, last, gains, weights)
    return 0


@inlined
def initialised(
    state: Words, groups: Wholes, factors: Singles, tables: Singles, weights: Singles
) -> None:
    """Draw matrices.

    Parameters
    ----------
    state
        Of the bits, which has begun.
    groups, factors, tables
        As `drawn_matrices` has them.
    weights
        What is written: all matrices, one after another.
    """
    begin = 0
    for group in range(len(groups)):
        law, n_in, n_out, n = groups[group]
        size, factor, table = n_in * n_out, factors[group], tables[_TABLES[law]]
        of_group = weights[begin : begin + n * size]
        begin += n * size
        if law == _UNIFORM:
            words = np.empty((n * size + 1) // _HALVES, np.uint64)
            draw(state, words)
            halves = words.view(np.int32)
            for index in range(n * size):
                of_group[index] = np.float32(halves[index]) * factor
        elif law == _SPARSE and n_in > 1:
            words = np.empty((n * size + _QUARTERS - 1) // _QUARTERS, np.uint64)
            draw(state, words)
            bits = np.empty(min(n, _step(size)) * size // _HALVES + 1, np.uint64)
            quarters = words.view(np.uint16)
            _halved(state, quarters, table, factor, (n, n_in, n_out), bits, of_group)
        else:
            from_table(state, table, factor, of_group)
