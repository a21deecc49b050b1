"""Activations that level off on both sides, and the logarithm of one.

PyTorch's definitions and default parameters.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations

Floats = NDArray[np.float32]

_ZERO = np.float32(0.0)
_ONE = np.float32(1.0)
_THREE = np.float32(3.0)
_SIX = np.float32(6.0)
_SIXTH = np.float32(1 / 6)
_LOWEST = np.float32(-87.0)  # exp(87) is near the largest float32


@activations()
def tanh(generator: Generator) -> Activation:
    """Hyperbolic tangent."""
    return _tanh


def _tanh(x: Floats) -> Floats:
    return np.tanh(x, out=x)


@activations()
def sigmoid(generator: Generator) -> Activation:
    """Logistic function 1/(1 + exp(−x))."""
    return _sigmoid


def _sigmoid(x: Floats) -> Floats:
    np.maximum(x, _LOWEST, out=x)
    np.negative(x, out=x)
    np.exp(x, out=x)
    x += _ONE
    return np.reciprocal(x, out=x)


@activations()
def softsign(generator: Generator) -> Activation:
    """x/(1 + |x|)."""
    return _softsign


def _softsign(x: Floats) -> Floats:
    size = np.abs(x)
    size += _ONE
    x /= size
    return x


@activations()
def hardsigmoid(generator: Generator) -> Activation:
    """(x + 3)/6, held between 0 and 1."""
    return _hardsigmoid


def _hardsigmoid(x: Floats) -> Floats:
    x += _THREE
    np.maximum(x, _ZERO, out=x)
    np.minimum(x, _SIX, out=x)
    x *= _SIXTH
    return x


@activations()
def hardtanh(generator: Generator) -> Activation:
    """Held between −1 and 1."""
    return _clip


@activations()
def clip(generator: Generator) -> Activation:
    """Held between −1 and 1: as `hardtanh`, so that it is drawn twice as often."""
    return _clip


def _clip(x: Floats) -> Floats:
    np.maximum(x, -_ONE, out=x)
    return np.minimum(x, _ONE, out=x)


@activations()
def sign(generator: Generator) -> Activation:
    """−1, 0 or 1."""
    return _sign


def _sign(x: Floats) -> Floats:
    return np.sign(x, out=x)


def _log1p_exp_below(x: Floats) -> Floats:
    """log(1 + exp(−|x|))."""
    size = np.abs(x)
    np.negative(size, out=size)
    np.exp(size, out=size)
    return np.log1p(size, out=size)


@activations()
def softplus(generator: Generator) -> Activation:
    """log(1 + exp(x))."""
    return _softplus


def _softplus(x: Floats) -> Floats:
    tail = _log1p_exp_below(x)
    np.maximum(x, _ZERO, out=x)
    x += tail
    return x


@activations()
def logsigmoid(generator: Generator) -> Activation:
    """Logarithm of the logistic function, −log(1 + exp(−x))."""
    return _logsigmoid


def _logsigmoid(x: Floats) -> Floats:
    tail = _log1p_exp_below(x)
    np.minimum(x, _ZERO, out=x)
    x -= tail
    return x
