"""Trees and discretisers, each drawn in one call: as `features.mechanisms.cells` draws them."""

from __future__ import annotations

import math

import numpy as np

from plurel_cli.compiled.code.bits import begun
from plurel_cli.compiled.code.draws import hold, integers, normals, stratified
from plurel_cli.compiled.code.machine import (
    BITS64,
    SINGLE,
    WHOLE,
    Singles,
    Wholes,
    Words,
    compiled,
    read,
    written,
)
from plurel_cli.compiled.code.weights import from_table

N_SPLITS = 8
N_CELLS = 1 << N_SPLITS // 2
FEWEST_CENTRES, MOST_CENTRES = 3, 9
DEPTHS = ((4, 0, 0), (3, 1, 0), (2, 2, 0), (2, 1, 1))
N_TREES = (1, 2, 2, 3)

_ONE, _HALF = np.float32(1.0), np.float32(0.5)


@compiled(
    WHOLE(
        written(BITS64, 1),
        read(SINGLE, 1),
        read(SINGLE, 1),
        *(WHOLE, WHOLE, WHOLE),
        *(written(WHOLE, 1), written(SINGLE, 1), written(SINGLE, 1)),
    )
)
def trees(
    state: Words,
    normal: Singles,
    scales: Singles,
    count: int,
    n_in: int,
    n_out: int,
    inputs: Wholes,
    thresholds: Singles,
    halves: Singles,
) -> int:
    """Parts of trees.

    Parameters
    ----------
    state, normal, scales
        Of the bits, and tables of the normal distribution and of scales.
    count, n_in, n_out
        How many, of how many inputs and outputs.
    inputs, thresholds, halves
        What is written; there are no inputs where there is only one.

    Returns
    -------
    int
        0.
    """
    begun(state)
    if n_in > 1:
        integers(state, 0, n_in, inputs)
    from_table(state, normal, _ONE, thresholds)
    spread = stratified(state, scales, count, N_SPLITS)
    for index in range(len(thresholds)):
        thresholds[index] *= spread[index]
    picked, size = np.empty(2 * count, np.int64), N_CELLS * n_out
    integers(state, 0, len(DEPTHS), picked)
    for kind in range(len(DEPTHS)):
        which = np.flatnonzero(picked == kind)
        n_before = 1
        for level in range(N_TREES[kind]):
            n_leaves = 1 << DEPTHS[kind][level]
            leaves = normals(state, normal, len(which) * n_leaves * n_out, 1.0)
            for index in range(len(which)):
                half = halves[which[index] * size : (which[index] + 1) * size]
                for leaf in range(n_leaves - 1, -1, -1):
                    of_leaf = leaves[(index * n_leaves + leaf) * n_out :][:n_out]
                    for before in range(n_before):
                        at = (leaf * n_before + before) * n_out
                        for column in range(n_out):
                            below = half[before * n_out + column] if level else np.float32(0.0)
                            half[at + column] = of_leaf[column] + below
            n_before *= n_leaves
    for ensemble in range(count):
        n_trees = N_TREES[picked[2 * ensemble]] + N_TREES[picked[2 * ensemble + 1]]
        root = np.float32(math.sqrt(n_trees))
        for index in range(2 * ensemble * size, 2 * (ensemble + 1) * size):
            halves[index] /= root
    return 0


@compiled(
    WHOLE(
        written(BITS64, 1),
        *(read(SINGLE, 1), read(SINGLE, 1), read(SINGLE, 1)),
        *(WHOLE, WHOLE, WHOLE),
        *(written(SINGLE, 1), written(SINGLE, 1), written(SINGLE, 1)),
    )
)
def centres(
    state: Words,
    normal: Singles,
    scales: Singles,
    innermost: Singles,
    count: int,
    n_in: int,
    n_out: int,
    places: Singles,
    offsets: Singles,
    vectors: Singles,
) -> int:
    """Parts of discretisers.

    Parameters
    ----------
    state, normal, scales, innermost
        Of the bits, and tables of the normal distribution, of scales and of the first ones.
    count, n_in, n_out
        How many, of how many inputs and outputs.
    places, offsets, vectors
        What is written: bounds and no offsets where there is only one input, or else centres.

    Returns
    -------
    int
        0.
    """
    begun(state)
    most = MOST_CENTRES
    n_used = np.empty(count, np.int64)
    integers(state, FEWEST_CENTRES, most + 1 - FEWEST_CENTRES, n_used)
    drawn = normals(state, normal, count * most * n_in, 1.0 / math.sqrt(n_in))
    first = np.empty(2 * count, np.float32)
    from_table(state, innermost, _ONE, first)
    spread = stratified(state, scales, count, most - 2)
    from_table(state, normal, _ONE, vectors)
    for each in range(count):
        for centre in range(most):
            rest = each * (most - 2) + centre - 2
            scale = first[2 * each + centre] if centre < 2 else spread[rest]
            for column in range(n_in):
                drawn[(each * most + centre) * n_in + column] *= scale
    if n_in == 1:
        for each in range(count):
            line = drawn[each * most : (each + 1) * most]
            line[n_used[each] :] = np.inf
            line.sort()
            bounds = places[each * (most - 1) : (each + 1) * (most - 1)]
            for index in range(most - 1):
                bounds[index] = line[index] * _HALF + line[index + 1] * _HALF
        return 0
    for each in range(count):
        for centre in range(most):
            for column in range(n_in):
                at = (each * n_in + column) * most + centre
                places[at] = drawn[(each * most + centre) * n_in + column]
    hold(places, count, n_in, most)
    for each in range(count):
        for centre in range(most):
            square = 0.0
            for column in range(n_in):
                number = np.float64(places[(each * n_in + column) * most + centre])
                square += number * number
            is_used = centre < n_used[each]
            offsets[each * most + centre] = np.float32(-0.5 * square) if is_used else -np.inf
    return 0
