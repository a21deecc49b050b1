"""Activations that pull x towards zero, or drop it near there.

PyTorch's definitions and default parameters.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations, always, compiled_as
from plurel_cli.numerics import single
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]

_LAMBDA = np.float32(0.5)
_SIGN = np.uint32(1 << 31)


@activations()
@always
def tanhshrink(generator: Generator) -> Activation:
    """What tanh takes off: x − tanh(x)."""
    return _tanhshrink


@compiled_as("tanhshrink")
def _tanhshrink(x: Floats) -> Floats:
    x -= single.tanh(x.copy())
    return x


@activations()
@always
def softshrink(generator: Generator) -> Activation:
    """Moved towards zero by 0.5; zero within 0.5 of it."""
    return _softshrink


@compiled_as("softshrink")
def _softshrink(x: Floats) -> Floats:
    x -= x.clip(-_LAMBDA, _LAMBDA)
    return x


@activations()
@always
def hardshrink(generator: Generator) -> Activation:
    """As it is, but zero within 0.5 of zero."""
    return _hardshrink


@compiled_as("hardshrink")
def _hardshrink(x: Floats) -> Floats:
    x *= np.abs(x) > _LAMBDA
    return x


@activations()
@always
def signed_log(generator: Generator) -> Activation:
    """sign(x) log(1 + |x|)."""
    return _signed_log


@compiled_as("signed_log")
def _signed_log(x: Floats) -> Floats:
    size = np.abs(x)
    single.log1p(size)
    bits = size.view(np.uint32)
    bits |= x.view(np.uint32) & _SIGN
    return size
