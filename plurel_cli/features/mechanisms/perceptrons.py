"""Perceptrons of one call, as what draws them leaves them: evaluated alone, or several at once.

Numpy takes those of one shape layer by layer in one array; compiled code takes one after another,
from arrays in which all that are drawn together lie.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation
from plurel_cli.features.activations.several import DrawnActivations
from plurel_cli.features.mechanisms import together
from plurel_cli.features.mechanisms.drawn import N_WORDS
from plurel_cli.kernel.names import FAMILIES
from plurel_cli.numerics.products import Weights, greatest, several_times, times

Floats = NDArray[np.float32]

_LAYER_BYTES, _LIMIT_BYTES = 6 * 8, 4


class PackedLayers(NamedTuple):
    """What compiled code is told of perceptrons.

    Attributes
    ----------
    layers
        Of each layer its inputs and outputs, where its weights begin, the number of the activation
        before it, where the terms of that begin and how many it has; shape (layers, 6).
    rows
        Of each perceptron its family, or −1 where an activation is not known, inputs and outputs,
        where the weights lie, what is said of its layers, their limits and the terms, and how many
        layers; shape (perceptrons, 8).
    """

    layers: NDArray[np.int64]
    rows: NDArray[np.int64]


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
    between
        The activations before all layers but the first ones.
    limits
        Of what the activation before each gives.
    drawn_as
        What compiled code is told, where that has drawn them.
    """

    weights: Floats
    begins: NDArray[np.int64]
    shapes: NDArray[np.int64]
    firsts: NDArray[np.int64]
    between: DrawnActivations
    limits: Floats
    drawn_as: PackedLayers | None = None

    @cached_property
    def packed(self) -> PackedLayers:
        """What compiled code is told of them."""
        if self.drawn_as is not None:
            return self.drawn_as
        layers = np.zeros((len(self.shapes), 6), dtype=np.int64)
        layers[:, :2], layers[:, 2], layers[:, 3] = self.shapes, self.begins, -1
        layers[self._inner, 3] = self.between.numbers
        layers[self._inner, 4:] = self.between.places
        firsts, lasts = self.firsts[:-1], self.firsts[1:] - 1
        rows = np.empty((len(firsts), N_WORDS), dtype=np.int64)
        numbers = layers[:, 3].copy()
        numbers[firsts] = 0
        are_known = np.minimum.reduceat(numbers, firsts) >= 0
        rows[:, 0] = np.where(are_known, FAMILIES.index("perceptron"), -1)
        rows[:, 1], rows[:, 2] = layers[firsts, 0], layers[lasts, 1]
        rows[:, 3], rows[:, 6] = self.weights.ctypes.data, self.between.terms.ctypes.data
        rows[:, 4] = layers.ctypes.data + _LAYER_BYTES * firsts
        rows[:, 5] = self.limits.ctypes.data + _LIMIT_BYTES * firsts
        rows[:, 7] = lasts - firsts + 1
        return PackedLayers(layers, rows)

    @cached_property
    def _inner(self) -> NDArray[np.intp]:
        """All layers but the first ones."""
        is_inner = np.ones(len(self.shapes), dtype=np.bool_)
        is_inner[self.firsts[:-1]] = False
        return np.flatnonzero(is_inner)

    @cached_property
    def activations(self) -> list[Activation | None]:
        """Those before each layer; none before a first one."""
        activations: list[Activation | None] = [None] * len(self.shapes)
        for layer, activation in zip(self._inner.tolist(), self.between.functions, strict=True):
            activations[layer] = activation
        return activations

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
        return self.drawn.matrices[int(self.drawn.firsts[self.index])]

    @cached_property
    def layers(self) -> list[tuple[Activation, np.float32, Weights]]:
        """The activation f before each further layer, its limit, and W."""
        drawn, (first, last) = self.drawn, self.drawn.firsts[self.index : self.index + 2].tolist()
        return [
            (activation, drawn.limits[layer], drawn.matrices[layer])
            for layer in range(first + 1, last)
            if (activation := drawn.activations[layer]) is not None
        ]

    @property
    def row(self) -> list[int]:
        """What compiled code is told; a family of −1 where it does not know an activation."""
        row: list[int] = self.drawn.packed.rows[self.index].tolist()
        return row


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
