"""Multilayer perceptrons without biases, the mechanism of the published method.

Linear layers with a drawn activation between them, whose output is scaled and held within ±1e6.
Each matrix has an initialisation and a share of weights kept of its own. All that a node or table
needs are drawn together, matrices of one shape and initialisation in one array.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations
from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.initialisations.bits import sixteen_bits
from plurel_cli.features.mechanisms import Mechanism, mechanisms
from plurel_cli.features.mechanisms.product import times

if TYPE_CHECKING:
    from plurel_cli.config.features import MlpConfig, ScmConfig

Floats = NDArray[np.float32]

LIMIT = 1e6
"""Outputs of activations are held within this, on both sides of zero."""

_GRID = 1 << 16


@mechanisms()
def mlp(
    generator: Generator, count: int, n_in: int, n_out: int, settings: ScmConfig
) -> list[Mechanism]:
    """Multilayer perceptron without biases, of the depth, width and kinds in `scm.mlp`.

    Notes
    -----
    x W₁, then for each further layer clip(s f(x), ±1e6) W with an activation f. The factor s is
    part of the next matrix, and the limits are divided by it: the same to rounding.

    The share kept of a matrix's weights is rounded to 2⁻¹⁶.
    """
    its = settings.mlp
    depths = its.layers.many(generator, count)
    shapes: list[tuple[int, int]] = []
    factors: list[float] = []
    scales = iter(np.exp(its.log_scale.many(generator, sum(depths) - count)).tolist())
    for depth in depths:
        widths = [n_in, *[its.hidden] * (depth - 1), n_out]
        shapes += pairwise(widths)
        factors.append(1.0)
        factors += [next(scales) for _ in range(depth - 1)]
    weights = _matrices(generator, its, shapes, factors)
    names = iter(its.activation.many(generator, len(shapes) - count))
    made: list[Mechanism] = []
    start = 0
    for depth in depths:
        inner = [
            (
                activations[next(names)].function(generator),
                np.float32(LIMIT / factors[layer]),
                weights[layer],
            )
            for layer in range(start + 1, start + depth)
        ]
        made.append(_forward(weights[start], inner))
        start += depth
    return made


def _forward(first: Floats, inner: list[tuple[Activation, np.float32, Floats]]) -> Mechanism:
    def evaluate(x: Floats) -> Floats:
        x = times(x, first)
        for activation, limit, weights in inner:
            x = activation(x)
            x.clip(-limit, limit, out=x)
            x = times(x, weights)
        return x

    return evaluate


def _matrices(
    generator: Generator, its: MlpConfig, shapes: list[tuple[int, int]], factors: list[float]
) -> list[Floats]:
    """Weights of all layers, each times its factor."""
    n = len(shapes)
    kinds = its.initialisation.many(generator, n)
    kept = np.rint(np.multiply(its.keep.many(generator, n), _GRID)).clip(1, _GRID)
    gains = np.asarray(factors) * _GRID / kept
    groups: dict[tuple[str, int, int], list[int]] = {}
    for layer, (kind, (n_in, n_out)) in enumerate(zip(kinds, shapes, strict=True)):
        groups.setdefault((kind, n_in, n_out), []).append(layer)
    matrices: list[Floats] = [np.empty((0, 0), dtype=np.float32)] * n
    for (kind, n_in, n_out), layers in sorted(groups.items()):
        drawn = initialisations[kind].function(generator, len(layers), n_in, n_out)
        draws = sixteen_bits(generator, drawn.size).reshape(drawn.shape)
        last = (kept[layers] - 1).astype(np.uint16)[:, None, None]
        drawn *= draws <= last
        drawn *= gains[layers].astype(np.float32)[:, None, None]
        for layer, matrix in zip(layers, drawn, strict=True):
            matrices[layer] = matrix
    return matrices
