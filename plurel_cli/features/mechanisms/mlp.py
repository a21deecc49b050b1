"""Multilayer perceptrons without biases, the mechanism of the published method.

Linear layers with a drawn activation between them, whose output is scaled and held within ±1e6.
Each matrix has an initialisation and a share of weights kept of its own. All that a node or table
needs are drawn together, matrices of one shape and initialisation in one array.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations.several import draw_activations
from plurel_cli.features.initialisations.bits import slices
from plurel_cli.features.initialisations.groups import MatrixGroup, draw_groups
from plurel_cli.features.mechanisms import Mechanism, by_grid, mechanisms
from plurel_cli.features.mechanisms.drawn import DrawnTogether
from plurel_cli.features.mechanisms.perceptrons import Layers, Perceptron
from plurel_cli.features.mechanisms.recipes import Recipe, recipe_of
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.kernel import twin
from plurel_cli.numerics.elementary import exps
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.products import greatest, hold

Floats = NDArray[np.float32]

LIMIT = 1e6
"""Outputs of activations are held within this, on both sides of zero."""

_GRID = 1 << 16


@mechanisms()
@by_grid
def mlp(
    generator: Generator, count: int, n_in: int, n_out: int, settings: MlpConfig
) -> Sequence[Mechanism]:
    """Multilayer perceptron without biases, of the depth, width and kinds in `scm.mlp`.

    Notes
    -----
    x W₁, then for each further layer clip(s f(x), ±1e6) W with an activation f. The factor s is
    part of the next matrix, and the limits are divided by it: the same to rounding.

    The share kept of a matrix's weights is rounded to 2⁻¹⁶.
    """
    if count == 0:
        return []
    layers = _layers(generator, count, recipe_of(settings, n_in, n_out))
    return DrawnTogether(count, partial(Perceptron, layers), lambda: layers.packed.rows)


@twin("layers")
def _layers(generator: Generator, count: int, recipe: Recipe) -> Layers:
    """Draw the layers of perceptrons."""
    settings = recipe.settings
    depths = settings.layers.numbers(generator, count).astype(np.int64)
    lasts = depths.cumsum()
    firsts, n_layers = lasts - depths, int(lasts[-1])
    is_inner = np.ones(n_layers, dtype=np.bool_)
    is_inner[firsts] = False
    factors = np.ones(n_layers)
    factors[is_inner] = exps(settings.log_scale.numbers(generator, n_layers - count))
    shapes = np.full((n_layers, 2), settings.hidden, dtype=np.int64)
    shapes[firsts, 0] = recipe.n_in
    shapes[lasts - 1, 1] = recipe.n_out
    weights, begins = _matrices(generator, settings, shapes, factors)
    limits = (LIMIT / factors).astype(np.float32)
    between = draw_activations(settings.activation, generator, n_layers - count)
    return Layers(weights, begins, shapes, np.append(firsts, n_layers), between, limits)


@twin("matrices")
def _drawn(
    generator: Generator, groups: Sequence[MatrixGroup], last: NDArray[np.uint16], gains: Floats
) -> Floats:
    """Weights of groups of matrices: drawn, kept where their bits are up to the last of a matrix,
    times its gain, and held to a grid if it has several inputs.
    """
    weights = np.empty(sum(n_in * n_out * n for _, n_in, n_out, n in groups), dtype=np.float32)
    begin = first = 0
    for group in groups:
        n, drawn = group.n, group.drawn(generator)
        flat = weights[begin : begin + drawn.size].reshape(n, -1)
        most, of_group = last[first : first + n, None], gains[first : first + n, None]
        begin, first, largest = begin + drawn.size, first + n, np.float32(greatest(drawn))
        for some in slices(*flat.shape):
            bits = generator.quarters(flat[some].size).reshape(flat[some].shape)
            np.multiply(drawn[some], bits <= most[some], out=flat[some])
            flat[some] *= of_group[some]
            if group.n_in > 1:
                hold(flat[some], largest * of_group[some])
    return weights


def _matrices(
    generator: Generator,
    settings: MlpConfig,
    shapes: NDArray[np.int64],
    scales: NDArray[np.float64],
) -> tuple[Floats, NDArray[np.int64]]:
    """Weights of all layers, each times its factor, and where those of each layer begin."""
    groups, order, begins = draw_groups(settings.initialisation, generator, shapes)
    kept = np.rint(settings.keep.numbers(generator, len(shapes)) * _GRID).clip(1, _GRID)
    last = (kept - 1).astype(np.uint16).take(order)
    gains = (scales * _GRID / kept).astype(np.float32).take(order)
    return _drawn(generator, groups, last, gains), begins
