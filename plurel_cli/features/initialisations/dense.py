"""Weights drawn alike and independently, all of them.

Their spread follows from the number of inputs and outputs. Kaiming's takes the number of outputs
for the fan-in, as the published method's code does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.initialisations.bits import normals, truncated_normals, uniforms
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]

_CUT = 2.0


def _normal(generator: Generator, count: int, n_in: int, n_out: int, sd: float) -> Floats:
    return normals(generator, count * n_in * n_out, sd).reshape(count, n_in, n_out)


def _uniform(generator: Generator, count: int, n_in: int, n_out: int, bound: float) -> Floats:
    return uniforms(generator, count * n_in * n_out, bound).reshape(count, n_in, n_out)


@initialisations()
def kaiming_normal(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Normal with standard deviation √(2 / outputs).

    References
    ----------
    K. He et al., Delving deep into rectifiers, 2015.
    """
    return _normal(generator, count, n_in, n_out, math.sqrt(2.0 / n_out))


@initialisations()
def kaiming_uniform(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Uniform between ±√(6 / outputs).

    References
    ----------
    K. He et al., Delving deep into rectifiers, 2015.
    """
    return _uniform(generator, count, n_in, n_out, math.sqrt(6.0 / n_out))


@initialisations()
def xavier_normal(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Normal with standard deviation √(2 / (inputs + outputs)).

    References
    ----------
    X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.
    """
    return _normal(generator, count, n_in, n_out, math.sqrt(2.0 / (n_in + n_out)))


@initialisations()
def xavier_uniform(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Uniform between ±√(6 / (inputs + outputs)).

    References
    ----------
    X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.
    """
    return _uniform(generator, count, n_in, n_out, math.sqrt(6.0 / (n_in + n_out)))


@initialisations()
def truncated_normal(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Standard normal within ±2."""
    return truncated_normals(generator, count * n_in * n_out, _CUT).reshape(count, n_in, n_out)
