"""Activations that are straight lines far from zero."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.activations import Activation, activations, always, compiled_as
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]

_ONE = np.float32(1.0)
_HALF = np.float32(0.5)
_ZERO = np.float32(0.0)
_STRAIGHT = np.float32(1e4)  # beyond, √(x² + 1) is |x| to the last bit


@activations()
@always
def identity(generator: Generator) -> Activation:
    """Nothing done: x itself."""
    return _identity


@compiled_as("identity")
def _identity(x: Floats) -> Floats:
    return x


@activations()
@always
def absolute(generator: Generator) -> Activation:
    """|x|."""
    return _absolute


@compiled_as("absolute")
def _absolute(x: Floats) -> Floats:
    return np.abs(x, out=x)


@activations()
@always
def bent_identity(generator: Generator) -> Activation:
    """(√(x² + 1) − 1)/2 + x."""
    return _bent_identity


@compiled_as("bent_identity")
def _bent_identity(x: Floats) -> Floats:
    size = np.abs(x)
    bend = size.clip(_ZERO, _STRAIGHT)
    bend *= bend
    bend += _ONE
    np.sqrt(bend, out=bend)
    np.maximum(bend, size, out=bend)
    bend -= _ONE
    bend *= _HALF
    x += bend
    return x
