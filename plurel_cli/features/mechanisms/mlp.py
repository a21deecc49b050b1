"""Multilayer perceptrons without biases, the mechanism of the published method.

Linear layers with a drawn activation between them, whose output is scaled and held within ±1e6.
Each matrix has an initialisation and a share of weights kept of its own. All that a node or table
needs are drawn together, matrices of one shape and initialisation in one array.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations
from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.initialisations.bits import slices
from plurel_cli.features.mechanisms import Mechanism, by_grid, mechanisms
from plurel_cli.features.mechanisms.perceptrons import Layers, Perceptron
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
) -> list[Mechanism]:
    """Multilayer perceptron without biases, of the depth, width and kinds in `scm.mlp`.

    Notes
    -----
    x W₁, then for each further layer clip(s f(x), ±1e6) W with an activation f. The factor s is
    part of the next matrix, and the limits are divided by it: the same to rounding.

    The share kept of a matrix's weights is rounded to 2⁻¹⁶.
    """
    depths = np.array(settings.layers.many(generator, count), dtype=np.intp)
    n_layers = int(depths.sum())
    firsts = np.cumsum(depths) - depths
    factors = np.ones(n_layers)
    inner = np.ones(n_layers, dtype=bool)
    inner[firsts] = False
    factors[inner] = exps(np.array(settings.log_scale.many(generator, n_layers - count)))
    shapes = np.full((n_layers, 2), settings.hidden, dtype=np.int64)
    shapes[firsts, 0] = n_in
    shapes[firsts + depths - 1, 1] = n_out
    weights, begins = _matrices(generator, settings, shapes, factors)
    limits = (LIMIT / factors).astype(np.float32)
    names = settings.activation.many(generator, n_layers - count)
    factory_of = {name: activations[name].function for name in sorted(set(names))}
    activations_before: list[Activation | None] = [None] * n_layers
    for layer, name in zip(np.flatnonzero(inner).tolist(), names, strict=True):
        activations_before[layer] = factory_of[name](generator)
    bounds = [*firsts.tolist(), n_layers]
    layers = Layers(weights, begins, shapes, bounds, activations_before, limits)
    return [Perceptron(layers, index) for index in range(count)]


@twin("thinned")
def _thinned(
    matrices: Floats,
    drawn: Floats,
    bits: NDArray[np.uint16],
    last: NDArray[np.uint16],
    gains: Floats,
    largest: np.float32 | None,
) -> None:
    """Keep weights whose bits are up to the last that is kept, times a gain, held to a grid where
    their largest is given; a matrix a row.
    """
    np.multiply(drawn, bits <= last, out=matrices)
    matrices *= gains
    if largest is not None:
        hold(matrices, largest * gains)


def _matrices(
    generator: Generator,
    settings: MlpConfig,
    shapes: NDArray[np.int64],
    scales: NDArray[np.float64],
) -> tuple[Floats, NDArray[np.int64]]:
    """Weights of all layers, each times its factor, and where those of each layer begin."""
    n_layers = len(shapes)
    kinds = settings.initialisation.many(generator, n_layers)
    kept = np.rint(np.multiply(settings.keep.many(generator, n_layers), _GRID)).clip(1, _GRID)
    alike: dict[tuple[str, tuple[int, ...]], list[int]] = {}
    for layer, each in enumerate(zip(kinds, map(tuple, shapes.tolist()), strict=True)):
        alike.setdefault(each, []).append(layer)
    last = (kept - 1).astype(np.uint16)[:, None]
    gains = (scales * _GRID / kept).astype(np.float32)[:, None]
    weights = np.empty(int((shapes[:, 0] * shapes[:, 1]).sum()), dtype=np.float32)
    begins = np.empty(n_layers, dtype=np.int64)
    end = 0
    for (kind, (n_in, n_out)), layers in sorted(alike.items()):
        drawn = initialisations[kind].function(generator, len(layers), n_in, n_out)
        begin, end, largest = end, end + drawn.size, np.float32(greatest(drawn))
        begins[layers] = range(begin, end, n_in * n_out)
        flat, drawn = weights[begin:end].reshape(len(layers), -1), drawn.reshape(len(layers), -1)
        of_last, of_gains = last[layers], gains[layers]
        for some in slices(*flat.shape):
            bits = generator.quarters(flat[some].size).reshape(flat[some].shape)
            of_all = largest if n_in > 1 else None
            _thinned(flat[some], drawn[some], bits, of_last[some], of_gains[some], of_all)
    return weights, begins
