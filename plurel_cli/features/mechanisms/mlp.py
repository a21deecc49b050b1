"""Multilayer perceptrons without biases, the mechanism of the published method.

Linear layers with a drawn activation between them, whose output is scaled and held within ±1e6.
Each matrix has an initialisation and a share of weights kept of its own. All that a node or table
needs are drawn together, matrices of one shape and initialisation in one array.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations
from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.initialisations.bits import slices
from plurel_cli.features.mechanisms import Mechanism, by_grid, mechanisms, together
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.numerics.elementary import exps
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.products import Weights, greatest, hold, several_times, times

Floats = NDArray[np.float32]

LIMIT = 1e6
"""Outputs of activations are held within this, on both sides of zero."""

_GRID = 1 << 16


@dataclass(frozen=True, slots=True)
class Perceptron:
    """x W₁, then for each further layer clip(f(x), ±limit) W.

    Attributes
    ----------
    first
        W₁, shape (inputs, outputs of the layer).
    layers
        The activation f before each further layer, its limit, and W.
    """

    first: Weights
    layers: list[tuple[Activation, np.float32, Weights]]

    def __call__(self, x: Floats) -> Floats:
        x = times(x, self.first)
        for activation, limit, weights in self.layers:
            x = activation(x)
            largest = greatest(x)
            if not largest <= limit:
                x.clip(-limit, limit, out=x)
                largest = greatest(x)
            x = times(x, weights, largest)
        return x


_AT_ONCE = 1 << 17  # numbers of a layer; with their copies they stay in the cache


@together(Perceptron)
def _evaluated(several: list[Perceptron], inputs: list[Floats]) -> list[Floats]:
    """Those of one shape and depth layer by layer, in one array."""
    alike: dict[tuple[int, ...], list[int]] = {}
    for index, (perceptron, x) in enumerate(zip(several, inputs, strict=True)):
        *_, last = (perceptron.first, *(weights for _, _, weights in perceptron.layers))
        shape = len(x), *perceptron.first.shape, last.shape[1], len(perceptron.layers)
        alike.setdefault(shape, []).append(index)
    outputs: dict[int, Floats] = {}
    for (n, _, width, *_), indices in alike.items():
        step = max(_AT_ONCE // (n * width), 1)
        for first in range(0, len(indices), step):
            some = indices[first : first + step]
            if len(some) == 1:
                outputs[some[0]] = several[some[0]](inputs[some[0]])
                continue
            made = _layer_by_layer([several[k] for k in some], [inputs[k] for k in some])
            outputs.update(zip(some, made, strict=True))
    return [outputs[index] for index in range(len(several))]


def _layer_by_layer(several: list[Perceptron], inputs: list[Floats]) -> Floats:
    x = np.array(inputs)
    x = several_times(x, np.array([perceptron.first.held for perceptron in several]), _greatest(x))
    for layer in zip(*(perceptron.layers for perceptron in several), strict=True):
        for index, (activation, _, _) in enumerate(layer):
            part = x[index]
            made = activation(part)
            if made is not part:
                part[...] = made
        largest = _greatest(x)
        limits = np.array([limit for _, limit, _ in layer])
        if not (largest <= limits).all():
            np.nan_to_num(x, copy=False)
            np.clip(x, -limits[:, None, None], limits[:, None, None], out=x)
            largest = _greatest(x)
        x = several_times(x, np.array([weights.held for _, _, weights in layer]), largest)
    return x


def _greatest(x: Floats) -> Floats:
    """Largest absolute value of each, shape (several,)."""
    flat = x.reshape(len(x), -1)
    largest: Floats = np.maximum(flat.max(axis=1), -flat.min(axis=1))
    return largest


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
    weights = _matrices(generator, settings, shapes, factors)
    limits = list((LIMIT / factors).astype(np.float32))
    names = settings.activation.many(generator, n_layers - count)
    factory_of = {name: activations[name].function for name in sorted(set(names))}
    factories = iter([factory_of[name] for name in names])
    made: list[Mechanism] = []
    for first, depth in zip(firsts.tolist(), depths, strict=True):
        further = [
            (next(factories)(generator), limits[k], weights[k])
            for k in range(first + 1, first + depth)
        ]
        made.append(Perceptron(weights[first], further))
    return made


def _matrices(
    generator: Generator,
    settings: MlpConfig,
    shapes: list[tuple[int, int]],
    scales: NDArray[np.float64],
) -> list[Weights]:
    """Weights of all layers, each times its factor."""
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
    matrices: list[Weights] = []
    for (kind, n_in, n_out), layers in ordered:
        drawn = initialisations[kind].function(generator, len(layers), n_in, n_out)
        flat, largest = drawn.reshape(len(layers), -1), np.float32(greatest(drawn))
        its_last, its_gains = last[len(matrices) :], gains[len(matrices) :]
        for some in slices(*flat.shape):
            part = flat[some]
            part *= generator.quarters(part.size).reshape(part.shape) <= its_last[some]
            part *= its_gains[some]
            if n_in > 1:
                hold(part, largest * its_gains[some])
        matrices.extend(map(Weights, drawn))
    by_layer = dict(zip(order, matrices, strict=True))
    return [by_layer[layer] for layer in range(n_layers)]
