"""Activations that pass what is above zero, and bend or drop what is below it.

PyTorch's definitions and default parameters. Where an exponential bends, it is only ever taken of
what is below zero, so nothing overflows. (`clip` is vectorised, unlike numpy's maximum of an array
and a number.)
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
_SELU_SCALE = np.float32(1.0507009873554804934193349852946)
_SELU_BELOW = np.float32(1.0507009873554804934193349852946 * 1.6732632423543772848170429916717)
_LEAKY_SLOPE = np.float32(0.01)
_RRELU_SLOPE = np.float32((1 / 8 + 1 / 3) / 2)


@activations()
@always
def relu(generator: Generator) -> Activation:
    """max(x, 0)."""
    return _relu


@compiled_as("relu")
def _relu(x: Floats) -> Floats:
    return x.clip(_ZERO, _HIGHEST, out=x)


def _sloped(x: Floats, slope: np.float32) -> Floats:
    np.maximum(x, x * slope, out=x)
    return x


@activations()
@always
def leaky_relu(generator: Generator) -> Activation:
    """As it is above zero, 0.01 x below."""
    return _leaky_relu


@compiled_as("leaky_relu")
def _leaky_relu(x: Floats) -> Floats:
    return _sloped(x, _LEAKY_SLOPE)


@activations()
@always
def rrelu(generator: Generator) -> Activation:
    """As it is above zero, the mean slope (1/8 + 1/3)/2 below."""
    return _rrelu


@compiled_as("rrelu")
def _rrelu(x: Floats) -> Floats:
    return _sloped(x, _RRELU_SLOPE)


@activations()
@always
def elu(generator: Generator) -> Activation:
    """As it is above zero, exp(x) − 1 below."""
    return _elu


@activations()
@always
def celu(generator: Generator) -> Activation:
    """As `elu`, for α = 1: as it is above zero, exp(x) − 1 below."""
    return _elu


@compiled_as("elu")
def _elu(x: Floats) -> Floats:
    below = single.expm1(x.copy())
    np.maximum(x, below, out=x)  # exp(x) − 1 is never below x
    return x


@activations()
@always
def selu(generator: Generator) -> Activation:
    """1.0507 x above zero, 1.7581 (exp(x) − 1) below."""
    return _selu


@compiled_as("selu")
def _selu(x: Floats) -> Floats:
    below = single.expm1(x.copy())
    below *= _SELU_BELOW
    x.clip(_ZERO, _HIGHEST / _SELU_SCALE, out=x)
    x *= _SELU_SCALE
    x += below
    return x
