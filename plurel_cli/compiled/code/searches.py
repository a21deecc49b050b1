"""Searches for many values at once, step by step; pairs that come again; points of words."""

from __future__ import annotations

from typing import Any

import numpy as np

from plurel_cli.compiled.code.machine import (
    BITS64,
    DOUBLE,
    WHOLE,
    Doubles,
    Wholes,
    Words,
    compiled,
    inlined,
    read,
    written,
)

_TOGETHER = 1 << 11
_TWELVE = np.uint64(12)
_MIXED = np.uint64(0x9E3779B97F4A7C15)  # 2⁶⁴ by the golden ratio


@inlined
def _ranked(rising: Any, part: Any, into: Any) -> None:
    """How many of some rising numbers are at most each of some values."""
    into[:] = 0
    n = len(rising)
    while n:
        half = (n + 1) >> 1
        for index in range(len(part)):
            into[index] += half if rising[into[index] + half - 1] <= part[index] else 0
        n -= half


@compiled(WHOLE(read(DOUBLE, 1), read(DOUBLE, 1), written(WHOLE, 1)))
def ranks(rising: Doubles, values: Doubles, out: Wholes) -> int:
    """How many of some rising numbers are at most each value.

    Parameters
    ----------
    rising, values
        The numbers, and the values.
    out
        As many as the values.

    Returns
    -------
    int
        0, or 1 where one is NaN.
    """
    if len(rising) and rising[-1] != rising[-1]:
        return 1
    for begin in range(0, len(values), _TOGETHER):
        part = values[begin : begin + _TOGETHER]
        for value in part:
            if value != value:
                return 1
        _ranked(rising, part, out[begin : begin + _TOGETHER])
    return 0


@compiled(WHOLE(read(WHOLE, 1), read(WHOLE, 1), written(WHOLE, 1)))
def whole_ranks(rising: Wholes, values: Wholes, out: Wholes) -> int:
    """How many of some rising integers are at most each value.

    Parameters
    ----------
    rising, values
        The integers, and the values.
    out
        As many as the values.

    Returns
    -------
    int
        0.
    """
    for begin in range(0, len(values), _TOGETHER):
        end = begin + _TOGETHER
        _ranked(rising, values[begin:end], out[begin:end])
    return 0


@compiled(WHOLE(read(BITS64, 1), written(DOUBLE, 1)))
def middles(words: Words, out: Doubles) -> int:
    """The middles of the 2⁵² equal steps of the unit interval that words lie in.

    Parameters
    ----------
    words
        Of 64 bits.
    out
        As many.

    Returns
    -------
    int
        0.
    """
    for index in range(len(words)):
        out[index] = (np.float64(np.int64(words[index] >> _TWELVE)) + 0.5) * 2.0**-52
    return 0


@compiled(WHOLE(read(DOUBLE, 2), read(WHOLE, 1), read(DOUBLE, 1), written(WHOLE, 1)))
def last_at_most(before: Doubles, which: Wholes, target: Doubles, out: Wholes) -> int:
    """Last column but one of a row of rising sums that is at most a target.

    Parameters
    ----------
    before, which, target
        The sums, and for each target the row, and that.
    out
        As many as the targets.

    Returns
    -------
    int
        0.
    """
    last = before.shape[1] - 2
    flat, width = before.reshape(-1), before.shape[1]
    first = 1
    while first <= last:
        first <<= 1
    for begin in range(0, len(target), _TOGETHER):
        part, into = target[begin : begin + _TOGETHER], out[begin : begin + _TOGETHER]
        rows = which[begin : begin + _TOGETHER]
        into[:] = 0
        step = first >> 1
        while step:
            for index in range(len(part)):
                ahead = min(into[index] + step, last)
                into[index] = (
                    ahead if flat[rows[index] * width + ahead] <= part[index] else into[index]
                )
            step >>= 1
    return 0


@compiled(WHOLE(read(WHOLE, 1), read(WHOLE, 1), written(WHOLE, 1), written(WHOLE, 1)))
def repeated(first: Wholes, second: Wholes, table: Wholes, out: Wholes) -> int:
    """Rows whose pair an earlier row has.

    Parameters
    ----------
    first, second
        The pairs; none where one of the two is below 0.
    table
        Where pairs are kept: −1 each, a power of 2 of them, at least twice as many as rows.
    out
        The rows, rising; room for all.

    Returns
    -------
    int
        How many there are.
    """
    most = 0
    for number in second:
        most = max(most, number)
    bits = 0
    while 1 << bits < len(table):
        bits += 1
    shift, mask = np.uint64(64 - bits), len(table) - 1
    n = 0
    for row in range(len(first)):
        if first[row] < 0 or second[row] < 0:
            continue
        pair = first[row] * (most + 1) + second[row]
        if pair < 0:
            continue
        place = np.int64((np.uint64(pair) * _MIXED) >> shift)
        while table[place] != pair and table[place] != -1:
            place = (place + 1) & mask
        if table[place] == pair:
            out[n] = row
            n += 1
        table[place] = pair
    return n
