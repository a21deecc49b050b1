"""Mechanisms that are a product with a matrix, or of two: linear, low-rank, quadratic.

Weights are normal and the products divided by the root of their number of terms, so that what
comes out is of the size of what goes in.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations
from plurel_cli.features.mechanisms import Mechanism, mechanisms
from plurel_cli.features.mechanisms.product import times

if TYPE_CHECKING:
    from plurel_cli.config.features import ScmConfig

Floats = NDArray[np.float32]

MAX_RANK = 4
"""Largest rank of `matrix`, and number of products behind a quadratic form."""

_GAINS = (0.1, 10.0)
_OFFSETS = (0.01, 100.0)


def _normal(generator: Generator, shape: tuple[int, ...], n_terms: int = 1) -> Floats:
    weights = generator.standard_normal(shape, dtype=np.float32)
    weights *= np.float32(1.0 / math.sqrt(n_terms))
    return weights


def _log_uniform(generator: Generator, shape: tuple[int, ...], ends: tuple[float, float]) -> Floats:
    low, high = map(math.log, ends)
    exponents = generator.random(shape, dtype=np.float32)
    exponents *= np.float32(high - low)
    exponents += np.float32(low)
    return np.exp(exponents, out=exponents)


@mechanisms()
def linear(
    generator: Generator, count: int, n_in: int, n_out: int, settings: ScmConfig
) -> list[Mechanism]:
    """A matrix of normal weights."""
    return [_linear(weights) for weights in _normal(generator, (count, n_in, n_out), n_in)]


def _linear(weights: Floats) -> Mechanism:
    def evaluate(x: Floats) -> Floats:
        return times(x, weights)

    return evaluate


@mechanisms()
def matrix(
    generator: Generator, count: int, n_in: int, n_out: int, settings: ScmConfig
) -> list[Mechanism]:
    """A matrix of low rank, then one activation.

    Notes
    -----
    f(g x A B / √r), A (inputs × r) and B (r × outputs) normal, r uniform from 1 to 4, or the number
    of inputs or outputs where that is less; a gain g for each output, log-uniform from 0.1 to 10;
    f drawn as the activations of `scm.mlp`.
    """
    most = min(MAX_RANK, n_in, n_out)
    ranks = generator.integers(1, most + 1, count)
    left = _normal(generator, (count, n_in, most), n_in)
    left *= (np.arange(most) < ranks[:, None])[:, None, :]
    left /= np.sqrt(ranks).astype(np.float32)[:, None, None]
    weights = left @ _normal(generator, (count, most, n_out))
    weights *= _log_uniform(generator, (count, 1, n_out), _GAINS)
    names = settings.mlp.activation.many(generator, count)
    return [
        _bent(matrix, activations[name].function(generator))
        for matrix, name in zip(weights, names, strict=True)
    ]


def _bent(weights: Floats, activation: Activation) -> Mechanism:
    def evaluate(x: Floats) -> Floats:
        return activation(times(x, weights))

    return evaluate


@mechanisms()
def quadratic(
    generator: Generator, count: int, n_in: int, n_out: int, settings: ScmConfig
) -> list[Mechanism]:
    """A quadratic form of the inputs and a constant for each output.

    Notes
    -----
    The forms' matrices are C-weighted sums of the same r = min(4, inputs + 1) products
    (x u + a)(x v + b), all normal, a and b times a scale that is log-uniform from 0.01 to 100: near
    zero a form is a line, and far from it a parabola.
    """
    rank = min(MAX_RANK, n_in + 1)
    factors = _normal(generator, (count, n_in, 2 * rank), n_in)
    offsets = _normal(generator, (count, 2 * rank))
    offsets *= _log_uniform(generator, (count, 2 * rank), _OFFSETS)
    mixing = _normal(generator, (count, rank, n_out), rank)
    return [_quadratic(*its) for its in zip(factors, offsets, mixing, strict=True)]


def _quadratic(factors: Floats, offsets: Floats, mixing: Floats) -> Mechanism:
    rank = len(mixing)

    def evaluate(x: Floats) -> Floats:
        terms = times(x, factors)
        terms += offsets
        return times(terms[:, :rank] * terms[:, rank:], mixing)

    return evaluate
