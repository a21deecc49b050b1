"""Activations that level off on both sides, and the logarithm of one.

PyTorch's definitions and default parameters. (`clip` is vectorised, unlike numpy's maximum of an
array and a number.)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations, always, compiled_as
from plurel_cli.numerics import single
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]

_ZERO = np.float32(0.0)
_HIGHEST = np.finfo(np.float32).max
_ONE = np.float32(1.0)
_THREE = np.float32(3.0)
_SIX = np.float32(6.0)
_SIXTH = np.float32(1 / 6)


@activations()
@always
def tanh(generator: Generator) -> Activation:
    """Hyperbolic tangent."""
    return _tanh


@compiled_as("tanh")
def _tanh(x: Floats) -> Floats:
    return single.tanh(x)


@activations()
@always
def sigmoid(generator: Generator) -> Activation:
    """Logistic function 1/(1 + exp(−x))."""
    return _sigmoid


@compiled_as("sigmoid")
def _sigmoid(x: Floats) -> Floats:
    return single.logistic(x)


@activations()
@always
def softsign(generator: Generator) -> Activation:
    """x/(1 + |x|)."""
    return _softsign


@compiled_as("softsign")
def _softsign(x: Floats) -> Floats:
    size = np.abs(x)
    size += _ONE
    x /= size
    return x


@activations()
@always
def hardsigmoid(generator: Generator) -> Activation:
    """(x + 3)/6, held between 0 and 1."""
    return _hardsigmoid


@compiled_as("hardsigmoid")
def _hardsigmoid(x: Floats) -> Floats:
    x += _THREE
    x.clip(_ZERO, _SIX, out=x)
    x *= _SIXTH
    return x


@activations()
@always
def hardtanh(generator: Generator) -> Activation:
    """Held between −1 and 1."""
    return _clip


@activations()
@always
def clip(generator: Generator) -> Activation:
    """Held between −1 and 1: as `hardtanh`, so that it is drawn twice as often."""
    return _clip


@compiled_as("hardtanh")
def _clip(x: Floats) -> Floats:
    return x.clip(-_ONE, _ONE, out=x)


@activations()
@always
def sign(generator: Generator) -> Activation:
    """−1, 0 or 1."""
    return _sign


@compiled_as("sign")
def _sign(x: Floats) -> Floats:
    x[...] = (x > _ZERO).view(np.int8) - (x < _ZERO).view(np.int8)
    return x


@activations()
@always
def softplus(generator: Generator) -> Activation:
    """log(1 + exp(x))."""
    return _softplus


@compiled_as("softplus")
def _softplus(x: Floats) -> Floats:
    bend = np.abs(x)
    np.negative(bend, out=bend)
    bend = single.log1p_of_share(single.exp(bend))
    x.clip(_ZERO, _HIGHEST, out=x)
    x += bend
    return x


@activations()
@always
def logsigmoid(generator: Generator) -> Activation:
    """Logarithm of the logistic function, −log(1 + exp(−x))."""
    return _logsigmoid


@compiled_as("logsigmoid")
def _logsigmoid(x: Floats) -> Floats:
    np.negative(x, out=x)
    return np.negative(_softplus(x), out=x)
