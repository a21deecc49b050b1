"""Multilayer perceptrons without biases, the mechanism of the published method.

Linear layers with a drawn activation between them, whose output is scaled and held within ±1e6.
Each matrix has an initialisation and a share of weights kept of its own. All that a node or table
needs are drawn together, matrices of one shape and initialisation in one array.
"""

from __future__ import annotations

from itertools import pairwise

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
from plurel_cli.numerics.products import Weights, greatest, hold

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
    depths = settings.layers.many(generator, count)
    n_layers = sum(depths)
    firsts = np.cumsum(depths, dtype=np.intp) - np.asarray(depths, dtype=np.intp)
    factors = np.ones(n_layers)
    inner = np.ones(n_layers, dtype=bool)
    inner[firsts] = False
    factors[inner] = exps(np.array(settings.log_scale.many(generator, n_layers - count)))
    shapes = [
        shape
        for depth in depths
        for shape in pairwise((n_in, *(settings.hidden,) * (depth - 1), n_out))
    ]
    weights, held, begins = _matrices(generator, settings, shapes, factors)
    limits = (LIMIT / factors).astype(np.float32)
    names = settings.activation.many(generator, n_layers - count)
    factory_of = {name: activations[name].function for name in sorted(set(names))}
    factories = iter([factory_of[name] for name in names])
    activations_before: list[Activation | None] = [None] * n_layers
    for layer in np.flatnonzero(inner).tolist():
        activations_before[layer] = next(factories)(generator)
    bounds = [*firsts.tolist(), n_layers]
    layers = Layers(weights, begins, shapes, bounds, activations_before, limits)
    made: list[Mechanism] = []
    for index, (first, last) in enumerate(pairwise(bounds)):
        further = [
            (activation, limits[layer], held[layer])
            for layer in range(first + 1, last)
            if (activation := activations_before[layer]) is not None
        ]
        made.append(Perceptron(held[first], further, (layers, index)))
    return made


@twin("thinned")
def _thinned(
    matrices: Floats,
    bits: NDArray[np.uint16],
    last: NDArray[np.uint16],
    gains: Floats,
    largest: np.float32 | None,
) -> None:
    """Keep weights whose bits are up to the last that is kept, times a gain, held to a grid where
    their largest is given; a matrix a row, in place.
    """
    matrices *= bits <= last
    matrices *= gains
    if largest is not None:
        hold(matrices, largest * gains)


def _matrices(
    generator: Generator,
    settings: MlpConfig,
    shapes: list[tuple[int, int]],
    scales: NDArray[np.float64],
) -> tuple[Floats, list[Weights], list[int]]:
    """Weights of all layers, each times its factor, the matrix of each, and where that begins."""
    n_layers = len(shapes)
    kinds = settings.initialisation.many(generator, n_layers)
    kept = np.rint(np.multiply(settings.keep.many(generator, n_layers), _GRID)).clip(1, _GRID)
    alike: dict[tuple[str, int, int], list[int]] = {}
    for layer, (kind, (n_in, n_out)) in enumerate(zip(kinds, shapes, strict=True)):
        alike.setdefault((kind, n_in, n_out), []).append(layer)
    ordered = sorted(alike.items())
    order = [layer for _, layers in ordered for layer in layers]
    last = (kept - 1).astype(np.uint16)[order, None]
    gains = (scales * _GRID / kept).astype(np.float32)[order, None]
    weights = np.empty(sum(n_in * n_out for n_in, n_out in shapes), dtype=np.float32)
    matrices: list[Weights] = []
    begins: list[int] = []
    end = 0
    for (kind, n_in, n_out), layers in ordered:
        drawn = initialisations[kind].function(generator, len(layers), n_in, n_out)
        begin, end = end, end + drawn.size
        flat, largest = weights[begin:end].reshape(len(layers), -1), np.float32(greatest(drawn))
        flat[...] = drawn.reshape(flat.shape)
        its_last, its_gains = last[len(matrices) :], gains[len(matrices) :]
        for some in slices(*flat.shape):
            part = flat[some]
            bits = generator.quarters(part.size).reshape(part.shape)
            _thinned(part, bits, its_last[some], its_gains[some], largest if n_in > 1 else None)
        matrices.extend(map(Weights, flat.reshape(drawn.shape)))
        begins.extend(range(begin, end, n_in * n_out))
    index_of = dict(zip(order, range(n_layers), strict=True))
    by_layer = [index_of[layer] for layer in range(n_layers)]
    return weights, [matrices[index] for index in by_layer], [begins[index] for index in by_layer]
