"""Perceptrons of one call, drawn as `features.mechanisms.mlp` draws them: first how many layers
there are and of what kinds, then all that they hold.
"""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code import doubles
from plurel_cli.compiled.code.bits import begun
from plurel_cli.compiled.code.draws import integers, picked, uniforms
from plurel_cli.compiled.code.machine import (
    BITS16,
    BITS64,
    DOUBLE,
    SINGLE,
    WHOLE,
    Doubles,
    Singles,
    Wholes,
    Words,
    compiled,
    pasted,
    read,
    written,
)
from plurel_cli.compiled.code.weights import Quarters, drawn_matrices
from plurel_cli.compiled.code.words import draw
from plurel_cli.kernel.names import ACTIVATIONS, FAMILIES

COUNT, N_IN, N_OUT, HIDDEN, FEWEST, N_DEPTHS = range(6)
ARE_SCALES, ARE_LAWS, ARE_SHARES, ARE_BENDS = range(6, 10)
N_LAYERS, N_WEIGHTS, N_GROUPS, N_SUMS, N_TERMS = range(10, 15)
"""Whole numbers of a call: what is wanted, what of it is drawn, and what comes of it."""

SCALE, SCALES, SHARE, SHARES = range(4)
"""Reals of a call: the least logarithm of a factor and how far they reach, and of a share."""

N_KINDS = 4
"""Of layers: from inputs or from within, by outputs or within."""

N_QUARTERS, FEWEST_SINES, N_COUNTS, N_OF_TERM = 24, 3, 5, 3
MOST_TERMS = (FEWEST_SINES + N_COUNTS - 1) * N_OF_TERM

_LIMIT, _GRID = 1e6, 65536.0
_SIXTEEN = np.int64(16)
_LAYER_BYTES, _LIMIT_BYTES = 6 * 8, 4
_SINES, _PERCEPTRON = ACTIVATIONS.index("sines"), FAMILIES.index("perceptron")
_WIDTH_BITS = 20


@pasted
def _slots(shapes: Wholes, slots: Wholes) -> None:
    """The rank of each shape of layers among all of them."""
    for kind in range(N_KINDS):
        rank = 0
        for other in range(N_KINDS):
            is_new = shapes[other] < shapes[kind]
            for before in range(other):
                is_new &= shapes[before] != shapes[other]
            rank += 1 if is_new else 0
        slots[kind] = rank


@compiled(
    WHOLE(
        written(BITS64, 1),
        written(WHOLE, 1),
        read(DOUBLE, 1),
        read(DOUBLE, 1),
        *(read(WHOLE, 1), read(WHOLE, 2), read(SINGLE, 2)),
        *(written(WHOLE, 2), written(WHOLE, 1), written(SINGLE, 1)),
        *(written(WHOLE, 2), written(SINGLE, 1), written(BITS16, 1), written(SINGLE, 1)),
    )
)
def arranged(
    state: Words,
    plan: Wholes,
    reals: Doubles,
    bounds: Doubles,
    ranks: Wholes,
    laws: Wholes,
    spreads: Singles,
    layers: Wholes,
    firsts: Wholes,
    limits: Singles,
    groups: Wholes,
    factors: Singles,
    last: Quarters,
    gains: Singles,
) -> int:
    """Draw how many layers perceptrons have, and of what kinds these are.

    Parameters
    ----------
    state
        Of the bits.
    plan, reals
        Whole numbers and reals of the call; what comes of it is written into the first.
    bounds, ranks
        Of initialisations: the bounds of their weights, and the rank of the name of each.
    laws, spreads
        Of each rank and kind of layers: a law, and its factor; shape (ranks, kinds).
    layers, firsts, limits
        As `features.mechanisms.perceptrons` has them, activations apart; as many as there may be.
    groups, factors, last, gains
        As `weights.matrices` has them.

    Returns
    -------
    int
        0.
    """
    begun(state)
    count, hidden = plan[COUNT], plan[HIDDEN]
    depths = np.empty(count, np.int64)
    if plan[N_DEPTHS]:
        integers(state, plan[FEWEST], plan[N_DEPTHS], depths)
    n_layers = 0
    for each in range(count):
        firsts[each] = n_layers
        n_layers += depths[each] if plan[N_DEPTHS] else plan[FEWEST]
    firsts[count] = n_layers
    scales = np.ones(n_layers, np.float64)
    drawn = uniforms(state, n_layers - count if plan[ARE_SCALES] else 0)
    shapes = np.empty(N_KINDS, np.int64)
    for kind in range(N_KINDS):
        n_in, n_out = hidden if kind & 1 else plan[N_IN], hidden if kind & 2 else plan[N_OUT]
        shapes[kind] = n_in << _WIDTH_BITS | n_out
    kinds, n_inner = np.zeros(n_layers, np.int64), 0
    for each in range(count):
        for layer in range(firsts[each], firsts[each + 1]):
            is_first, is_last = layer == firsts[each], layer == firsts[each + 1] - 1
            kinds[layer] = (0 if is_first else 1) + (0 if is_last else 2)
            if not is_first:
                far = drawn[n_inner] * reals[SCALES] if plan[ARE_SCALES] else 0.0
                scales[layer] = doubles._exp(far + reals[SCALE])
                n_inner += 1
            limits[layer] = np.float32(_LIMIT / scales[layer])
    which, slots = np.empty(n_layers, np.int64), np.empty(N_KINDS, np.int64)
    picked(state, bounds, plan[ARE_LAWS], which)
    _slots(shapes, slots)
    n_groups = len(laws) * N_KINDS
    sizes, of_group = np.zeros(n_groups, np.int64), np.zeros(n_groups, np.int64)
    for layer in range(n_layers):
        group = ranks[which[layer]] * N_KINDS + slots[kinds[layer]]
        which[layer] = group
        sizes[group] += 1
        of_group[group] = kinds[layer]
    places, begins = np.empty(n_groups, np.int64), np.empty(n_groups, np.int64)
    n_drawn = n_before = n_weights = 0
    for group in range(n_groups):
        places[group], begins[group] = n_before, n_weights
        if sizes[group]:
            rank, kind = group // N_KINDS, of_group[group]
            n_in, n_out = shapes[kind] >> _WIDTH_BITS, shapes[kind] & ((1 << _WIDTH_BITS) - 1)
            groups[n_drawn, 0], groups[n_drawn, 1] = laws[rank, kind], n_in
            groups[n_drawn, 2], groups[n_drawn, 3] = n_out, sizes[group]
            factors[n_drawn] = spreads[rank, kind]
            n_drawn += 1
            n_before += sizes[group]
            n_weights += sizes[group] * n_in * n_out
    shares = uniforms(state, n_layers if plan[ARE_SHARES] else 0)
    for layer in range(n_layers):
        far = shares[layer] * reals[SHARES] if plan[ARE_SHARES] else 0.0
        kept = min(max(np.rint((far + reals[SHARE]) * _GRID), 1.0), _GRID)
        group, shape = which[layer], shapes[kinds[layer]]
        n_in, n_out = shape >> _WIDTH_BITS, shape & ((1 << _WIDTH_BITS) - 1)
        last[places[group]] = np.uint16(np.int64(kept) - 1)
        gains[places[group]] = np.float32(scales[layer] * _GRID / kept)
        layers[layer, 0], layers[layer, 1], layers[layer, 2] = n_in, n_out, begins[group]
        layers[layer, 3], layers[layer, 4], layers[layer, 5] = -1, 0, 0
        places[group] += 1
        begins[group] += n_in * n_out
    plan[N_LAYERS], plan[N_WEIGHTS], plan[N_GROUPS] = n_layers, n_weights, n_drawn
    return 0


@pasted
def _sums(
    state: Words, n: int, normal: Singles, frequencies: Singles, counts: Wholes, terms: Singles
) -> int:
    """Write the terms of random functions, and give how many numbers these are."""
    words, end = np.empty(n * N_QUARTERS // 4, np.uint64), 0
    draw(state, words)
    bits = words.view(np.uint16)
    for each in range(n):
        first = each * N_QUARTERS
        n_sines = FEWEST_SINES + ((np.int64(bits[first]) * N_COUNTS) >> _SIXTEEN)
        counts[each] = n_sines
        for sine in range(first + 1, first + 1 + n_sines):
            terms[end] = normal[np.int64(bits[sine])]
            terms[end + 1] = frequencies[np.int64(bits[sine + n_sines])]
            terms[end + 2] = np.float32(bits[sine + 2 * n_sines]) * np.float32(2.0**-16)
            end += N_OF_TERM
    return end


@compiled(
    WHOLE(
        written(BITS64, 1),
        written(WHOLE, 1),
        *(read(WHOLE, 2), read(SINGLE, 1), read(SINGLE, 2), read(SINGLE, 1)),
        *(read(BITS16, 1), read(SINGLE, 1), written(SINGLE, 1)),
        *(read(DOUBLE, 1), read(WHOLE, 1)),
        *(written(WHOLE, 2), read(WHOLE, 1), read(SINGLE, 1)),
        *(written(WHOLE, 1), written(WHOLE, 1), written(SINGLE, 1), written(WHOLE, 2)),
    )
)
def filled(
    state: Words,
    plan: Wholes,
    groups: Wholes,
    factors: Singles,
    tables: Singles,
    frequencies: Singles,
    last: Quarters,
    gains: Singles,
    weights: Singles,
    bounds: Doubles,
    numbers: Wholes,
    layers: Wholes,
    firsts: Wholes,
    limits: Singles,
    which: Wholes,
    counts: Wholes,
    terms: Singles,
    rows: Wholes,
) -> int:
    """Draw the weights and the activations of perceptrons whose layers are drawn.

    Parameters
    ----------
    state
        Of the bits.
    plan, layers, firsts, limits
        What `arranged` has written; activations are added to the layers.
    groups, factors, tables, last, gains, weights
        As `weights.matrices` has them; the first of the tables is the normal distribution's.
    frequencies
        The table of the frequencies of random functions.
    bounds, numbers
        Of activations: the bounds of their weights, and by which compiled code knows each, or −1.
    which, counts, terms
        What is written: which activation is before each inner layer, how many sines each random
        function has, and all their terms.
    rows
        What is written: each perceptron as in `mechanisms`, or −1 for its family where an
        activation is not known.

    Returns
    -------
    int
        0.
    """
    drawn_matrices(state, groups[: plan[N_GROUPS]], factors, tables, last, gains, weights)
    picked(state, bounds, plan[ARE_BENDS], which)
    n_sums = 0
    for each in range(len(which)):
        n_sums += 1 if numbers[which[each]] == _SINES else 0
    plan[N_SUMS] = n_sums
    plan[N_TERMS] = _sums(state, n_sums, tables[0], frequencies, counts, terms)
    inner = end = nth = 0
    for each in range(plan[COUNT]):
        first, n = firsts[each], firsts[each + 1] - firsts[each]
        is_known = True
        for layer in range(first + 1, first + n):
            number = numbers[which[inner]]
            layers[layer, 3] = number
            is_known &= number >= 0
            if number == _SINES:
                layers[layer, 4], layers[layer, 5] = end, counts[nth] * N_OF_TERM
                end += counts[nth] * N_OF_TERM
                nth += 1
            inner += 1
        rows[each, 0] = _PERCEPTRON if is_known else -1
        rows[each, 1], rows[each, 2] = plan[N_IN], plan[N_OUT]
        rows[each, 3], rows[each, 6] = np.int64(weights.ctypes.data), np.int64(terms.ctypes.data)
        rows[each, 4] = np.int64(layers.ctypes.data) + _LAYER_BYTES * first
        rows[each, 5] = np.int64(limits.ctypes.data) + _LIMIT_BYTES * first
        rows[each, 7] = n
    return 0
