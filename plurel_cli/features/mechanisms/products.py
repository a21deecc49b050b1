"""Mechanisms that are a product with a matrix, or of two: linear, low-rank, quadratic.

Weights are normal and the products divided by the root of their number of terms, so that what
comes out is of the size of what goes in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, number_of, terms_of
from plurel_cli.features.activations.several import DrawnActivations, draw_activations
from plurel_cli.features.initialisations.bits import normals
from plurel_cli.features.mechanisms import Mechanism, Parts, mechanisms
from plurel_cli.features.mechanisms.drawn import DrawnTogether, layout_of, rows_of_layouts
from plurel_cli.features.mechanisms.scales import log_uniform
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.kernel import twin
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.products import Weights, columns, held_by_column, times

Floats = NDArray[np.float32]

MAX_RANK = 4
"""Largest rank of `matrix`, and number of products behind a quadratic form."""

GAINS = (0.1, 10.0)
"""Factors of the outputs of `matrix` before its activation."""


def _normal(generator: Generator, shape: tuple[int, ...], n_terms: int = 1) -> Floats:
    return normals(generator, math.prod(shape), 1.0 / math.sqrt(n_terms)).reshape(shape)


@dataclass(frozen=True, slots=True)
class Linear:
    """x W."""

    weights: Weights

    @property
    def parts(self) -> Parts:
        """What compiled code is told."""
        return Parts("linear", self.weights.shape[1], (self.weights.held,))

    def __call__(self, x: Floats) -> Floats:
        return times(x, self.weights)


@mechanisms()
def linear(
    generator: Generator, count: int, n_in: int, n_out: int, settings: MlpConfig
) -> Sequence[Mechanism]:
    """A matrix of normal weights."""
    several = _linear(generator, count, n_in, n_out)
    return DrawnTogether(
        count,
        lambda index: Linear(Weights(several[index])),
        lambda: layout_of("linear", n_in, n_out, [several]),
    )


@twin("linear")
def _linear(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    return held_by_column(_normal(generator, (count, n_in, n_out), n_in))


@dataclass(frozen=True, slots=True)
class Bent:
    """f(x W)."""

    weights: Weights
    activation: Activation

    @property
    def parts(self) -> Parts | None:
        """What compiled code is told."""
        if (number := number_of(self.activation)) < 0:
            return None
        terms = terms_of(self.activation)
        arrays = self.weights.held, terms
        return Parts("bent", self.weights.shape[1], arrays, (number, terms.size))

    def __call__(self, x: Floats) -> Floats:
        return self.activation(times(x, self.weights))


@mechanisms()
def matrix(
    generator: Generator, count: int, n_in: int, n_out: int, settings: MlpConfig
) -> Sequence[Mechanism]:
    """A matrix of low rank, then one activation.

    Notes
    -----
    f(g x A B / √r), A (inputs × r) and B (r × outputs) normal, r uniform from 1 to 4, or the number
    of inputs or outputs where that is less; a gain g for each output, log-uniform from 0.1 to 10;
    f drawn as the activations of `scm.mlp`.
    """
    several = _low_rank(generator, count, n_in, n_out)
    bends = draw_activations(settings.activation, generator, count)
    return DrawnTogether(
        count,
        lambda index: Bent(Weights(several[index]), bends.functions[index]),
        lambda: _bent_rows(several, bends),
    )


def _bent_rows(several: Floats, bends: DrawnActivations) -> NDArray[np.int64]:
    _, n_in, n_out = several.shape
    rows = rows_of_layouts([layout_of("bent", n_in, n_out, [several])], [len(several)])
    rows[:, 4] = bends.terms.ctypes.data + bends.terms.itemsize * bends.places[:, 0]
    rows[:, 5], rows[:, 6] = bends.numbers, bends.places[:, 1]
    rows[bends.numbers < 0, 0] = -1
    return rows


@twin("low_rank")
def _low_rank(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    most = min(MAX_RANK, n_in, n_out)
    ranks = generator.integers(1, most + 1, size=count)
    left = _normal(generator, (count, n_in, most), n_in)
    left *= (np.arange(most) < ranks[:, None])[:, None, :]
    left /= np.sqrt(ranks).astype(np.float32)[:, None, None]
    right = _normal(generator, (count, most, n_out))
    weights = left[:, :, :1] * right[:, :1]
    for rank in range(1, most):
        weights += left[:, :, rank : rank + 1] * right[:, rank : rank + 1]
    weights *= log_uniform(generator, (count, 1, n_out), GAINS)
    return held_by_column(weights)


@dataclass(frozen=True, slots=True)
class Quadratic:
    """Σ_r (x u_r + a_r)(x v_r + b_r) c_r.

    Attributes
    ----------
    factors
        u and v, shape (inputs, 2 r).
    offsets
        a and b, shape (2 r, 1).
    mixing
        c, shape (r, outputs).
    """

    factors: Weights
    offsets: Floats
    mixing: Weights

    @property
    def parts(self) -> Parts:
        """What compiled code is told."""
        rank, n_out = self.mixing.shape
        arrays = self.factors.held, self.offsets, self.mixing.held
        return Parts("quadratic", n_out, arrays, (rank,))

    def __call__(self, x: Floats) -> Floats:
        terms = columns(x, self.factors, self.offsets)
        rank, _ = self.mixing.shape
        terms[:rank] *= terms[rank:]
        return times(terms[:rank].T, self.mixing)


@mechanisms()
def quadratic(
    generator: Generator, count: int, n_in: int, n_out: int, settings: MlpConfig
) -> Sequence[Mechanism]:
    """A quadratic form of the inputs and a constant for each output.

    Notes
    -----
    The forms' matrices are sums of the same r = min(4, inputs + 1) products (x u + a)(x v + b) with
    normal weights c of their own; u, v, a and b are normal, a and b times a scale that is
    log-uniform from 0.01 to 100: near zero a form is a line, and far from it a parabola.
    """
    factors, offsets, mixing = _forms(generator, count, n_in, n_out)
    return DrawnTogether(
        count,
        lambda index: Quadratic(Weights(factors[index]), offsets[index], Weights(mixing[index])),
        lambda: layout_of("quadratic", n_in, n_out, [factors, offsets, mixing], [mixing.shape[1]]),
    )


@twin("forms")
def _forms(
    generator: Generator, count: int, n_in: int, n_out: int
) -> tuple[Floats, Floats, Floats]:
    rank = min(MAX_RANK, n_in + 1)
    factors = _normal(generator, (count, n_in, 2 * rank), n_in)
    offsets = _normal(generator, (count, 2 * rank, 1))
    offsets *= log_uniform(generator, offsets.shape)
    mixing = _normal(generator, (count, rank, n_out), rank)
    return held_by_column(factors), offsets, held_by_column(mixing)
