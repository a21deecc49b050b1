"""Rows of a block by parent, and what goes on along those of each."""

from __future__ import annotations

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
    read,
    written,
)

_TRUTH = types.boolean

Truths = NDArray[np.bool_]


@compiled(
    WHOLE(
        read(WHOLE, 1),
        written(WHOLE, 1),
        written(WHOLE, 1),
        written(WHOLE, 1),
        written(WHOLE, 1),
        written(WHOLE, 1),
    )
)
def by_parent(
    keys: Wholes, counts: Wholes, rows: Wholes, parents: Wholes, starts: Wholes, ends: Wholes
) -> int:
    """Rows by parent, and in order.

    Parameters
    ----------
    keys
        The parent of each row, below 0 where it has none.
    counts
        0 for each parent; overwritten.
    rows, parents
        The rows that have a parent, and that.
    starts, ends
        Where the rows of each parent that has some begin, and the last of them.

    Returns
    -------
    int
        How many parents have some; −1 where there is no such parent.
    """
    for key in keys:
        if key >= len(counts):
            return -1
        if key >= 0:
            counts[key] += 1
    place = run = 0
    for parent in range(len(counts)):
        n = counts[parent]
        if n:
            starts[run], ends[run] = place, place + n - 1
            run += 1
        counts[parent] = place
        place += n
    for row in range(len(keys)):
        key = keys[row]
        if key >= 0:
            place = counts[key]
            counts[key] = place + 1
            rows[place], parents[place] = row, key
    return run


@compiled(
    WHOLE(
        written(SINGLE, 1),
        read(SINGLE, 1),
        read(WHOLE, 1),
        read(WHOLE, 1),
        read(_TRUTH, 1),
        read(SINGLE, 1),
    )
)
def faded(
    x: Singles,
    carried: Singles,
    starts: Wholes,
    ends: Wholes,
    is_known: Truths,
    factors: Singles,
) -> int:
    """Chains that move a little with every row, by doubling.

    Parameters
    ----------
    x
        Innovations by parent, and then values.
    carried, starts, ends, is_known
        Of each parent: the last value before the block, where its rows begin and end, and whether
        there is such a value.
    factors
        Of innovations, of what is carried, and of what is 1, 2, 4, … rows before.

    Returns
    -------
    int
        0.
    """
    factor, of_carried, powers = factors[0], factors[1], factors[2:]
    for run in range(len(starts)):
        first, last = starts[run], ends[run]
        if is_known[run]:
            x[first] *= factor
        for index in range(first + 1, last + 1):
            x[index] *= factor
        x[first] += of_carried * carried[run]
        step = 1
        for power in powers:
            if first + step > last:
                break
            for index in range(last, first + step - 1, -1):
                x[index] += power * x[index - step]
            step *= 2
    return 0


@compiled(
    WHOLE(
        read(SINGLE, 1),
        read(SINGLE, 1),
        read(WHOLE, 1),
        read(WHOLE, 1),
        read(WHOLE, 1),
        read(_TRUTH, 1),
        read(DOUBLE, 1),
        DOUBLE,
        written(SINGLE, 1),
    )
)
def stuck(
    x: Singles,
    carried: Singles,
    order: Wholes,
    starts: Wholes,
    ends: Wholes,
    is_known: Truths,
    uniforms: Doubles,
    p: float,
    out: Singles,
) -> int:
    """Chains that stay where they are, or jump.

    Parameters
    ----------
    x
        Innovations by parent.
    carried, starts, ends, is_known
        Of each parent: the last value before the block, where its rows begin and end, and whether
        there is such a value.
    order, uniforms, p
        Which row each is, a uniform number of each row, and below what it stays.
    out
        The values, by parent.

    Returns
    -------
    int
        0.
    """
    for run in range(len(starts)):
        first, last = starts[run], ends[run]
        is_carried = is_known[run] and uniforms[order[first]] < p
        value = carried[run] if is_carried else x[first]
        out[first] = value
        for index in range(first + 1, last + 1):
            value = value if uniforms[order[index]] < p else x[index]
            out[index] = value
    return 0
