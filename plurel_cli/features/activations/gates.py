"""Activations that multiply x by a gate between zero and one: smooth rectifiers.

PyTorch's definitions and default parameters. Exponentials are taken of arguments held where they
cannot overflow and the gate has long closed. (`clip` is vectorised, unlike numpy's maximum of an
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
_TWO = np.float32(2.0)
_THREE = np.float32(3.0)
_SIX = np.float32(6.0)
_SIXTH = np.float32(1 / 6)
_MISH_HIGHEST = np.float32(20.0)  # beyond, the gate is 1 to the last bit
_GELU_HIGHEST = np.float32(16.0)  # beyond, the tail is below the smallest float32

# Φ(−z) exp(z²/2) as a polynomial of t = (c − z)/(c + z), highest power first: a minimax fit,
# weighted by exp(−z²/2), within 1.3e-8. Its terms hardly cancel, so float32 adds little to that.
_GELU_C = np.float32(3.2)
_GELU_POWERS = tuple(
    np.float32(power)
    for power in (
        -0.004322725391538235,
        0.013890816809916039,
        0.051805858924791226,
        0.125298852484549,
        0.1983425862720047,
        0.11498462332502614,
    )
)
_HALF = np.float32(0.5)


@activations()
@always
def silu(generator: Generator) -> Activation:
    """The product of x and its logistic function."""
    return _silu


@compiled_as("silu")
def _silu(x: Floats) -> Floats:
    x *= single.logistic(x.copy())
    return x


@activations()
@always
def mish(generator: Generator) -> Activation:
    """The product of x and tanh(log(1 + exp(x)))."""
    return _mish


@compiled_as("mish")
def _mish(x: Floats) -> Floats:
    # tanh(log(1 + e)) = e (e + 2) / (e (e + 2) + 2).
    exponential = x.clip(-_HIGHEST, _MISH_HIGHEST)
    single.exp(exponential)
    gate = exponential + _TWO
    gate *= exponential
    np.add(gate, _TWO, out=exponential)
    gate /= exponential
    x *= gate
    return x


@activations()
@always
def gelu(generator: Generator) -> Activation:
    """The product of x and the normal distribution function Φ(x), by the error function.

    Notes
    -----
    relu(x) − |x| Φ(−|x|), with an approximation of Φ that puts the error function within 3e-7.
    """
    return _gelu


@compiled_as("gelu")
def _gelu(x: Floats) -> Floats:
    size = np.abs(x)
    size.clip(_ZERO, _GELU_HIGHEST, out=size)
    t = size + _GELU_C
    np.divide(_TWO * _GELU_C, t, out=t)
    t -= _ONE
    tail = t * _GELU_POWERS[0]
    for power in _GELU_POWERS[1:-1]:
        tail += power
        tail *= t
    tail += _GELU_POWERS[-1]
    tail *= size
    size *= size
    size *= -_HALF
    single.exp(size)
    tail *= size
    x.clip(_ZERO, _HIGHEST, out=x)
    x -= tail
    return x


@activations()
@always
def hardswish(generator: Generator) -> Activation:
    """The product of x and (x + 3)/6, the latter held between 0 and 1."""
    return _hardswish


@compiled_as("hardswish")
def _hardswish(x: Floats) -> Floats:
    gate = x + _THREE
    gate.clip(_ZERO, _SIX, out=gate)
    gate *= _SIXTH
    x *= gate
    return x
