"""Gamma numbers, one by one as `plurel_cli.numerics.gammas` draws them."""

from __future__ import annotations

import math

import numpy as np

from plurel_cli.compiled.code import doubles
from plurel_cli.compiled.code.bits import begun
from plurel_cli.compiled.code.machine import (
    BITS64,
    DOUBLE,
    SINGLE,
    WHOLE,
    Doubles,
    Singles,
    Words,
    compiled,
    inlined,
    read,
    written,
)
from plurel_cli.compiled.code.words import draw
from plurel_cli.numerics import gammas as definitions

_LEAST = definitions.LEAST_SHAPE
_ELEVEN, _SIXTEEN, _QUARTER = np.uint64(11), np.uint64(16), np.uint64(0xFFFF)


@inlined
def _gamma(state: Words, table: Singles, shape: float, word: Words) -> float:
    """One of a shape of at least 1."""
    d = shape - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    while True:
        draw(state, word)
        x = np.float64(table[np.int64(word[0] & _QUARTER)])
        v = 1.0 + c * x
        if v <= 0.0:
            continue
        v = v * v * v
        u = (np.float64(word[0] >> _SIXTEEN) + 1.0) * 2.0**-48
        square = x * x
        if u < 1.0 - 0.0331 * square * square:
            return d * v
        if doubles._log(u) < 0.5 * square + d * (1.0 - v + doubles._log(v)):
            return d * v


@compiled(WHOLE(written(BITS64, 1), read(SINGLE, 1), read(DOUBLE, 1), written(DOUBLE, 1)))
def gammas(state: Words, table: Singles, shapes: Doubles, out: Doubles) -> int:
    """Gamma numbers of scale one.

    Parameters
    ----------
    state, table
        Of the bits, and the table of the normal distribution.
    shapes, out
        The shapes, and what is written.

    Returns
    -------
    int
        0.
    """
    begun(state)
    word = np.empty(1, np.uint64)
    for index in range(len(shapes)):
        shape = shapes[index]
        out[index] = _gamma(state, table, shape + 1.0 if shape < 1.0 else shape, word)
    for index in range(len(shapes)):
        shape = shapes[index]
        if shape < 1.0:
            draw(state, word)
            uniform = np.float64(word[0] >> _ELEVEN) * 2.0**-53
            shrunk = doubles._log(1.0 - uniform) / max(shape, _LEAST)
            out[index] *= doubles._exp(shrunk) if shape > 0.0 else 0.0
    return 0
