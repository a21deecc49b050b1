"""What families of mechanisms are drawn with: integers, normal numbers, scales, held matrices."""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code.machine import Doubles, Singles, Wholes, Words, inlined
from plurel_cli.compiled.code.weights import from_table, rounds_of
from plurel_cli.compiled.code.words import draw

_ONE, _ELEVEN = np.float32(1.0), np.uint64(11)
_BITS = 16


@inlined
def integers(state: Words, low: int, n: int, out: Wholes) -> None:
    """Write uniform integers.

    Parameters
    ----------
    state
        Of the bits, which has begun.
    low, n
        The least, and how many there are.
    out
        As many as are wanted.
    """
    words = np.empty(len(out), np.uint64)
    draw(state, words)
    for index in range(len(out)):
        number = np.floor((np.float64(words[index] >> _ELEVEN) * 2.0**-53) * n)
        out[index] = np.int64(min(number, n - 1.0)) + low


@inlined
def uniforms(state: Words, n: int) -> Doubles:
    """Uniform reals on [0, 1).

    Parameters
    ----------
    state, n
        Of the bits, which has begun, and how many are wanted.

    Returns
    -------
    ndarray
        float64, shape (n,).
    """
    words, points = np.empty(n, np.uint64), np.empty(n, np.float64)
    draw(state, words)
    for index in range(n):
        points[index] = np.float64(words[index] >> _ELEVEN) * 2.0**-53
    return points


@inlined
def picked(state: Words, bounds: Doubles, is_drawn: int, which: Wholes) -> None:
    """Write which of some values each is.

    Parameters
    ----------
    state
        Of the bits, which has begun.
    bounds
        The weights of each value and those before it.
    is_drawn
        Whether anything is drawn, or it is the first value in any case.
    which
        As many as are wanted.
    """
    n, n_values = len(which), len(bounds)
    points = uniforms(state, n if is_drawn else 0)
    for index in range(n):
        number = 0
        if is_drawn:
            point = points[index] * bounds[n_values - 1]
            for value in range(n_values - 1):
                number += 1 if bounds[value] <= point else 0
        which[index] = number


@inlined
def normals(state: Words, table: Singles, n: int, sd: float) -> Singles:
    """Normal numbers.

    Parameters
    ----------
    state, table
        Of the bits, which has begun, and the table of the normal distribution.
    n, sd
        How many, and their standard deviation.

    Returns
    -------
    ndarray
        float32, shape (n,).
    """
    out = np.empty(n, np.float32)
    from_table(state, table, np.float32(sd), out)
    return out


@inlined
def scaled(state: Words, table: Singles, values: Singles) -> None:
    """Multiply numbers, each with one of a table by random bits.

    Parameters
    ----------
    state, table
        Of the bits, which has begun, and 2¹⁶ numbers.
    values
        What is multiplied, in place.
    """
    scales = np.empty(len(values), np.float32)
    from_table(state, table, _ONE, scales)
    for index in range(len(values)):
        values[index] *= scales[index]


@inlined
def stratified(state: Words, table: Singles, count: int, n: int) -> Singles:
    """As `scales.stratified`, one set after another.

    Parameters
    ----------
    state, table
        Of the bits, which has begun, and the table of scales.
    count, n
        How many sets, and how many scales in each.

    Returns
    -------
    ndarray
        float32, shape (count × n,).
    """
    out, total = np.empty(count * n, np.float32), count * n
    halves, quarters = np.empty((total + 1) // 2, np.uint64), np.empty((total + 3) // 4, np.uint64)
    draw(state, halves)
    draw(state, quarters)
    keys, bits = halves.view(np.uint32), quarters.view(np.uint16)
    for first in range(0, total, n):
        for index in range(n):
            key, rank = keys[first + index], 0
            for other in range(n):
                below = keys[first + other]
                rank += below < key or (below == key and other < index)
            at = first + rank
            out[at] = table[((index << _BITS) + np.int64(bits[at])) // n]
    return out


@inlined
def hold(several: Singles, count: int, n_in: int, n_out: int) -> None:
    """As `products.held_by_column`.

    Parameters
    ----------
    several
        Matrices, one after another, which are overwritten.
    count, n_in, n_out
        How many, of how many inputs and outputs.
    """
    if n_in == 1:
        return
    for begin in range(0, count * n_in * n_out, n_in * n_out):
        for column in range(begin, begin + n_out):
            largest = np.float32(0.0)
            for row in range(n_in):
                largest = max(largest, abs(several[column + row * n_out]))
            rounds = rounds_of(largest)
            for row in range(n_in):
                at = column + row * n_out
                several[at] = (several[at] + rounds) - rounds
