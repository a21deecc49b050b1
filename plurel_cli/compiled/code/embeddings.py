"""Embeddings that are drawn together, as `features.initialisations.embeddings` draws them."""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code.bits import begun
from plurel_cli.compiled.code.draws import hold, picked
from plurel_cli.compiled.code.machine import (
    BITS64,
    DOUBLE,
    SINGLE,
    WHOLE,
    Doubles,
    Singles,
    Wholes,
    Words,
    compiled,
    read,
    written,
)
from plurel_cli.compiled.code.weights import initialised

_CATEGORIES, _WIDTH, _IS_COMPARED, _SHAPE = range(4)
"""What is said of a variable."""


@compiled(
    WHOLE(
        written(BITS64, 1),
        *(read(DOUBLE, 1), WHOLE, read(WHOLE, 1), read(WHOLE, 2), read(WHOLE, 2), read(SINGLE, 2)),
        *(read(SINGLE, 2), written(SINGLE, 1), written(WHOLE, 1), written(SINGLE, 1)),
    )
)
def embedded(
    state: Words,
    bounds: Doubles,
    is_drawn: int,
    ranks: Wholes,
    shapes: Wholes,
    laws: Wholes,
    spreads: Singles,
    tables: Singles,
    numbers: Singles,
    begins: Wholes,
    compared: Singles,
) -> int:
    """Draw embeddings.

    Parameters
    ----------
    state
        Of the bits.
    bounds, is_drawn, ranks, shapes, laws, spreads
        As `DescribedEmbeddings` has them.
    tables
        As `weights.drawn_matrices` has them.
    numbers, begins
        What is written: all embeddings, and where those of each variable begin.
    compared
        What is written where it is asked for: from the same places on, what they are compared with.

    Returns
    -------
    int
        0.
    """
    begun(state)
    n, n_shapes = len(shapes), laws.shape[1]
    which, n_groups = np.empty(n, np.int64), laws.size
    picked(state, bounds, is_drawn, which)
    sizes, of_group = np.zeros(n_groups, np.int64), np.zeros(n_groups, np.int64)
    for index in range(n):
        group = ranks[which[index]] * n_shapes + shapes[index, _SHAPE]
        which[index] = group
        sizes[group] += 1
        of_group[group] = index
    groups, factors = np.empty((n_groups, 4), np.int64), np.empty(n_groups, np.float32)
    places, end, n_drawn = np.empty(n_groups, np.int64), 0, 0
    for group in range(n_groups):
        places[group] = end
        if sizes[group]:
            first, rank, shape = of_group[group], group // n_shapes, group % n_shapes
            n_in, n_out = shapes[first, _CATEGORIES], shapes[first, _WIDTH]
            groups[n_drawn, 0], groups[n_drawn, 1] = laws[rank, shape], n_in
            groups[n_drawn, 2], groups[n_drawn, 3] = n_out, sizes[group]
            factors[n_drawn] = spreads[rank, shape]
            n_drawn += 1
            end += sizes[group] * n_in * n_out
    initialised(state, groups[:n_drawn], factors, tables, numbers)
    for index in range(n):
        group, n_in, n_out = which[index], shapes[index, _CATEGORIES], shapes[index, _WIDTH]
        begin = places[group]
        begins[index] = begin
        places[group] += n_in * n_out
        if shapes[index, _IS_COMPARED]:
            of_one = compared[begin : begin + n_in * n_out]
            for column in range(n_out):
                for row in range(n_in):
                    of_one[column * n_in + row] = numbers[begin + row * n_out + column]
            hold(of_one, 1, n_out, n_in)
    return 0
