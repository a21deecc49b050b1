"""Sorts by radix, 11 bits at a time, and ranks of what is sorted.

The bits of a number are turned so that they rise as numbers do. What is sorted together with a
place has both in one word of 64 bits.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.core import types
from numpy.typing import NDArray

from plurel_cli.compiled.code.machine import (
    DOUBLE,
    SINGLE,
    WHOLE,
    Doubles,
    Singles,
    Wholes,
    compiled,
    inlined,
    lowest_one,
    n_ones,
    read,
    written,
)

_HALF, _WORD = types.uint32, types.uint64
_FEW = 32
_ONE, _WORD_BITS, _IN_WORD = np.uint64(1), np.uint64(6), np.uint64(63)
_DIGIT = 11
_CELLS = 1 << _DIGIT
_LOW = np.uint32(_CELLS - 1)
_LOW_WORD = np.uint64(_CELLS - 1)
_FIRST, _SECOND = np.uint32(_DIGIT), np.uint32(2 * _DIGIT)
_SIGN, _ALL, _NONE = np.uint32(1 << 31), np.uint32((1 << 32) - 1), np.uint32(0)
_LEAST, _MOST = np.uint32(0x007FFFFF), np.uint32(0xFF800000)  # of what is not NaN
_PLACE_BITS = np.uint64(32)
_PLACE = np.uint64((1 << 32) - 1)
_TOP_BITS = np.uint64(31)
_TOP_PLACE = np.uint64((1 << 31) - 1)

Halves = NDArray[np.uint32]
Words = NDArray[np.uint64]


@inlined
def _turned(word: Any) -> Any:
    """Bits that rise as the numbers do."""
    return np.uint32(word ^ (_ALL if word >> np.uint32(31) else _SIGN))


@inlined
def _turned_without_minus_zero(word: Any) -> Any:
    """The same, those of −0 as those of 0."""
    return _SIGN if word == _SIGN else _turned(word)


@inlined
def _back(word: Any) -> Any:
    """The bits of the number again."""
    return np.uint32(word ^ (_SIGN if word >> np.uint32(31) else _ALL))


@inlined
def _begin(counts: Any) -> None:
    """Where each cell of each digit begins, of how many it has."""
    for digit in range(counts.shape[0]):
        place = 0
        for cell in range(_CELLS):
            here = counts[digit, cell]
            counts[digit, cell] = place
            place += here


@inlined
def _passed(begins: Any, shift: Any, before: Any, after: Any) -> None:
    """One pass over words with places."""
    for index in range(len(before)):
        word = before[index]
        cell = np.int64((word >> shift) & _LOW_WORD)
        place = begins[cell]
        begins[cell] = place + 1
        after[place] = word


@compiled(WHOLE(read(_HALF, 1), written(_HALF, 1), written(_HALF, 1)))
def in_order(bits: Halves, other: Halves, out: Halves) -> int:
    """Sort float32.

    Parameters
    ----------
    bits
        Of the numbers.
    other
        Room for as many.
    out
        The bits of the numbers, rising.

    Returns
    -------
    int
        0, or 1 where one is NaN.
    """
    counts = np.zeros((3, _CELLS), dtype=np.int64)
    least, most = _ALL, _NONE
    for index in range(len(bits)):
        word = _turned_without_minus_zero(bits[index])
        least, most = min(least, word), max(most, word)
        counts[0, np.int64(word & _LOW)] += 1
        counts[1, np.int64((word >> _FIRST) & _LOW)] += 1
        counts[2, np.int64(word >> _SECOND)] += 1
    if least < _LEAST or most > _MOST:
        return 1
    _begin(counts)
    for index in range(len(bits)):
        word = _turned_without_minus_zero(bits[index])
        cell = np.int64(word & _LOW)
        place = counts[0, cell]
        counts[0, cell] = place + 1
        out[place] = word
    for index in range(len(bits)):
        word = out[index]
        cell = np.int64((word >> _FIRST) & _LOW)
        place = counts[1, cell]
        counts[1, cell] = place + 1
        other[place] = word
    for index in range(len(bits)):
        word = other[index]
        cell = np.int64(word >> _SECOND)
        place = counts[2, cell]
        counts[2, cell] = place + 1
        out[place] = _back(word)
    return 0


@compiled(WHOLE(read(_HALF, 1), written(_WORD, 1), written(_WORD, 1), written(WHOLE, 1)))
def rising(bits: Halves, pairs: Words, others: Words, order: Wholes) -> int:
    """Positions of float32 in rising order, equal ones in the order in which they come.

    Parameters
    ----------
    bits
        Of the numbers, fewer than 2³².
    pairs, others
        Room for as many words.
    order
        The positions.

    Returns
    -------
    int
        0.
    """
    counts = np.zeros((3, _CELLS), dtype=np.int64)
    for index in range(len(bits)):
        word = _turned_without_minus_zero(bits[index])
        counts[0, np.int64(word & _LOW)] += 1
        counts[1, np.int64((word >> _FIRST) & _LOW)] += 1
        counts[2, np.int64(word >> _SECOND)] += 1
        pairs[index] = (np.uint64(word) << _PLACE_BITS) | np.uint64(index)
    _begin(counts)
    _passed(counts[0], np.uint64(32), pairs, others)
    _passed(counts[1], np.uint64(32 + _DIGIT), others, pairs)
    begins = counts[2]
    for index in range(len(pairs)):
        pair = pairs[index]
        cell = np.int64(pair >> np.uint64(32 + 2 * _DIGIT))
        place = begins[cell]
        begins[cell] = place + 1
        order[place] = np.int64(pair & _PLACE)
    return 0


@compiled(WHOLE(read(_WORD, 1), written(_WORD, 1), written(_WORD, 1), written(WHOLE, 1)))
def order_of_words(words: Words, pairs: Words, others: Words, order: Wholes) -> int:
    """Positions of words in rising order, equal ones in the order in which they come.

    Parameters
    ----------
    words
        Of 64 bits, fewer than 2³¹.
    pairs, others
        Room for as many.
    order
        The positions.

    Returns
    -------
    int
        0.

    Notes
    -----
    By their upper 33 bits; those few that have these in common are then put in order one by one.
    """
    counts = np.zeros((3, _CELLS), dtype=np.int64)
    for index in range(len(words)):
        word = words[index] >> _TOP_BITS
        counts[0, np.int64(word & _LOW_WORD)] += 1
        counts[1, np.int64((word >> np.uint64(_DIGIT)) & _LOW_WORD)] += 1
        counts[2, np.int64(word >> np.uint64(2 * _DIGIT))] += 1
        pairs[index] = (word << _TOP_BITS) | np.uint64(index)
    _begin(counts)
    _passed(counts[0], _TOP_BITS, pairs, others)
    _passed(counts[1], np.uint64(31 + _DIGIT), others, pairs)
    _passed(counts[2], np.uint64(31 + 2 * _DIGIT), pairs, others)
    for index in range(len(words)):
        place = np.int64(others[index] & _TOP_PLACE)
        top, word = others[index] >> _TOP_BITS, words[place]
        into = index
        while into > 0 and others[into - 1] >> _TOP_BITS == top:
            if words[order[into - 1]] <= word:
                break
            order[into] = order[into - 1]
            into -= 1
        order[into] = place
    return 0


@compiled(
    WHOLE(
        *(read(SINGLE, 1), read(SINGLE, 1), read(WHOLE, 1)),
        *(written(DOUBLE, 1), written(WHOLE, 1), written(WHOLE, 1)),
    )
)
def ranks_within(
    reference: Singles,
    ordered: Singles,
    further: Wholes,
    ranks: Doubles,
    tied: Wholes,
    widths: Wholes,
) -> int:
    """Ranks of rising numbers among others, linearly between two of them.

    Parameters
    ----------
    reference, ordered
        Rising; none of the second is below the first or above the last of the first.
    further
        How often each of the first occurs after it; empty where none does.
    ranks
        From 1 on.
    tied, widths
        As many as there is room for numbers: the first of them are which of the second occur among
        the first more than once, and how often after the first time.

    Returns
    -------
    int
        How many do.
    """
    index = below = 0
    while index < len(ordered):  # without a branch that cannot be foretold
        is_below = 1 if reference[below] < ordered[index] else 0
        widths[index] = below
        below += is_below
        index += 1 - is_below
    for index in range(len(ordered)):
        below = widths[index]
        before = np.float64(reference[max(below - 1, 0)])
        gap = np.float64(reference[below]) - before if below else 1.0
        share = (np.float64(ordered[index]) - before) / gap
        ranks[index] = np.float64(below) + share if below else 1.0
    n_tied = 0
    for index in range(len(ordered) if len(further) else 0):
        below = widths[index]
        tied[n_tied], widths[n_tied] = index, further[below]  # not before where it was read
        n_tied += 1 if further[below] and reference[below] == ordered[index] else 0
    return n_tied


@compiled(
    WHOLE(
        *(read(WHOLE, 1), WHOLE, written(_WORD, 1), written(WHOLE, 1)),
        *(written(WHOLE, 1), written(WHOLE, 1)),
    )
)
def distinct(
    rows: Wholes, least: int, marks: Words, before: Wholes, numbers: Wholes, which: Wholes
) -> int:
    """Which whole numbers there are among some, and which of these each is.

    Parameters
    ----------
    rows, least
        The numbers, and the least of them.
    marks
        A bit for each number that there may be, 0 at first.
    before
        As many as words of bits: how many of the numbers lie before each.
    numbers, which
        Those that there are, rising, of which there may be as many as rows; and which each is.

    Returns
    -------
    int
        How many there are.
    """
    for index in range(len(rows)):
        place = np.uint64(rows[index] - least)
        marks[np.int64(place >> _WORD_BITS)] |= _ONE << (place & _IN_WORD)
    n = 0
    for word in range(len(marks)):
        before[word], left = n, marks[word]
        while left:
            numbers[n] = (word << np.int64(_WORD_BITS)) + np.int64(lowest_one(left)) + least
            left &= left - _ONE
            n += 1
    for index in range(len(rows)):
        place = np.uint64(rows[index] - least)
        within = np.int64(place >> _WORD_BITS)
        lower = marks[within] & ((_ONE << (place & _IN_WORD)) - _ONE)
        which[index] = before[within] + np.int64(n_ones(lower))
    return n


@compiled(WHOLE(read(SINGLE, 1), read(SINGLE, 1), written(types.int32, 1)))
def labels(values: Singles, boundaries: Singles, out: NDArray[np.int32]) -> int:
    """How many boundaries are strictly below each number.

    Parameters
    ----------
    values, boundaries
        The numbers, and rising boundaries, at least one.
    out
        As many as the numbers.

    Returns
    -------
    int
        0, or 1 where a number is NaN and boundaries are many.
    """
    few = len(boundaries) <= _FEW
    for begin in range(0, len(values), _CELLS):
        part, into = values[begin : begin + _CELLS], out[begin : begin + _CELLS]
        into[:] = 0
        if few:
            for boundary in boundaries:
                for index in range(len(part)):
                    into[index] += 1 if part[index] > boundary else 0
            continue
        for value in part:
            if value != value:
                return 1
        n = len(boundaries)
        while n:  # halves it for all numbers of the part at once
            half = (n + 1) >> 1
            for index in range(len(part)):
                is_above = boundaries[np.int64(into[index]) + half - 1] < part[index]
                into[index] += half if is_above else 0
            n -= half
    return 0
