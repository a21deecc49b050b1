"""Perceptrons of one call, as what draws them leaves them: evaluated alone, or several at once.

Numpy takes those of one shape layer by layer in one array; compiled code takes one after another,
from arrays in which all that are drawn together lie.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation
from plurel_cli.features.activations.several import DrawnActivations
from plurel_cli.features.mechanisms import together
from plurel_cli.kernel.names import FAMILIES
from plurel_cli.numerics.products import Weights, greatest, several_times, times

Floats = NDArray[np.float32]

_LAYER_BYTES, _LIMIT_BYTES = 6 * 8, 4


class Packed(NamedTuple):
    """Layers as arrays, for compiled code.

    Attributes
    ----------
    weights
        Of all layers.
    firsts
        The first layer of each perceptron, and how many there are.
    layers
        Of each layer its inputs and outputs, where its weights begin, the number of the activation
        before it, where the terms of that begin and how many it has; shape (layers, 6).
    limits
        Of what the activation before each gives.
    terms
        Of all activations.
    """

    weights: Floats
    firsts: NDArray[np.int64]
    layers: NDArray[np.int64]
    limits: Floats
    terms: Floats


@dataclass(frozen=True)
class Layers:
    """The layers of perceptrons that are drawn together.

    Attributes
    ----------
    weights
        Of all of them.
    begins
        Where those of each layer begin.
    shapes
        Inputs and outputs of each, shape (layers, 2).
    firsts
        The first layer of each perceptron, and how many there are.
    is_inner
        Of each layer, whether it is no first one, which has an activation before it.
    between
        These activations.
    limits
        Of what they give.
    """

    weights: Floats
    begins: NDArray[np.int64]
    shapes: NDArray[np.int64]
    firsts: Sequence[int]
    is_inner: NDArray[np.bool_]
    between: DrawnActivations
    limits: Floats

    @cached_property
    def packed(self) -> Packed:
        """The same for compiled code."""
        rows = np.zeros((len(self.shapes), 6), dtype=np.int64)
        rows[:, :2], rows[:, 2], rows[:, 3] = self.shapes, self.begins, -1
        rows[self.is_inner, 3] = self.between.numbers
        rows[self.is_inner, 4:] = self.between.places
        firsts = np.array(self.firsts, dtype=np.int64)
        return Packed(self.weights, firsts, rows, self.limits, self.between.terms.reshape(-1))

    @cached_property
    def activations(self) -> list[Activation | None]:
        """Those before each layer; none before a first one."""
        activations: list[Activation | None] = [None] * len(self.shapes)
        inner = np.flatnonzero(self.is_inner).tolist()
        for layer, activation in zip(inner, self.between.functions, strict=True):
            activations[layer] = activation
        return activations

    @cached_property
    def rows(self) -> list[list[int]]:
        """Of each perceptron what compiled code is given; nothing where it does not know an
        activation: its family, inputs and outputs, where the weights lie, what is said of its
        layers, their limits and the terms, and how many layers.
        """
        packed = self.packed
        firsts, lasts = packed.firsts[:-1], packed.firsts[1:] - 1
        rows = np.empty((len(firsts), 8), dtype=np.int64)
        rows[:, 0] = FAMILIES.index("perceptron")
        rows[:, 1], rows[:, 2] = packed.layers[firsts, 0], packed.layers[lasts, 1]
        rows[:, 3], rows[:, 6] = packed.weights.ctypes.data, packed.terms.ctypes.data
        rows[:, 4] = packed.layers.ctypes.data + _LAYER_BYTES * firsts
        rows[:, 5] = packed.limits.ctypes.data + _LIMIT_BYTES * firsts
        rows[:, 7] = lasts - firsts + 1
        words: list[list[int]] = rows.tolist()
        numbers = packed.layers[:, 3].copy()
        numbers[firsts] = 0
        for index in np.flatnonzero(np.minimum.reduceat(numbers, firsts) < 0).tolist():
            words[index] = []
        return words

    @cached_property
    def matrices(self) -> list[Weights]:
        """The weights of each layer."""
        weights = self.weights
        return [
            Weights(weights[begin : begin + n_in * n_out].reshape(n_in, n_out))
            for begin, (n_in, n_out) in zip(self.begins.tolist(), self.shapes.tolist(), strict=True)
        ]


@dataclass(frozen=True)
class Perceptron:
    """x W₁, then for each further layer clip(f(x), ±limit) W.

    Attributes
    ----------
    drawn
        The layers that were drawn with it.
    index
        Which perceptron of these it is.
    """

    drawn: Layers
    index: int

    def __call__(self, x: Floats) -> Floats:
        return evaluated_alone(self, x)

    @cached_property
    def first(self) -> Weights:
        """W₁, shape (inputs, outputs of the layer)."""
        return self.drawn.matrices[self.drawn.firsts[self.index]]

    @cached_property
    def layers(self) -> list[tuple[Activation, np.float32, Weights]]:
        """The activation f before each further layer, its limit, and W."""
        drawn, (first, last) = self.drawn, self.drawn.firsts[self.index : self.index + 2]
        return [
            (activation, drawn.limits[layer], drawn.matrices[layer])
            for layer in range(first + 1, last)
            if (activation := drawn.activations[layer]) is not None
        ]

    @property
    def row(self) -> list[int]:
        """What compiled code is told, which is nothing where it does not know an activation."""
        return self.drawn.rows[self.index]


def evaluated_alone(perceptron: Perceptron, x: Floats) -> Floats:
    """What a perceptron makes of rows.

    Parameters
    ----------
    perceptron
        The perceptron.
    x
        float32, shape (n, inputs).

    Returns
    -------
    ndarray
        float32, shape (n, outputs).
    """
    x = times(x, perceptron.first)
    for activation, limit, weights in perceptron.layers:
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
