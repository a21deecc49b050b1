"""Weights drawn alike and independently, all of them.

Their spread follows from the number of inputs and outputs. Kaiming's takes the number of outputs
for the fan-in, as the published method's code does.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.initialisations import initialisations

Floats = NDArray[np.float32]

_CUT = np.float32(2.0)


def _normal(generator: Generator, shape: tuple[int, int, int], sd: float) -> Floats:
    weights = generator.standard_normal(shape, dtype=np.float32)
    weights *= np.float32(sd)
    return weights


def _uniform(generator: Generator, shape: tuple[int, int, int], bound: float) -> Floats:
    weights = generator.random(shape, dtype=np.float32)
    weights -= np.float32(0.5)
    weights *= np.float32(2.0 * bound)
    return weights


@initialisations()
def kaiming_normal(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Normal with standard deviation √(2 / outputs).

    References
    ----------
    K. He et al., Delving deep into rectifiers, 2015.
    """
    return _normal(generator, (count, n_in, n_out), math.sqrt(2.0 / n_out))


@initialisations()
def kaiming_uniform(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Uniform between ±√(6 / outputs).

    References
    ----------
    K. He et al., Delving deep into rectifiers, 2015.
    """
    return _uniform(generator, (count, n_in, n_out), math.sqrt(6.0 / n_out))


@initialisations()
def xavier_normal(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Normal with standard deviation √(2 / (inputs + outputs)).

    References
    ----------
    X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.
    """
    return _normal(generator, (count, n_in, n_out), math.sqrt(2.0 / (n_in + n_out)))


@initialisations()
def xavier_uniform(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Uniform between ±√(6 / (inputs + outputs)).

    References
    ----------
    X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.
    """
    return _uniform(generator, (count, n_in, n_out), math.sqrt(6.0 / (n_in + n_out)))


@initialisations()
def truncated_normal(generator: Generator, count: int, n_in: int, n_out: int) -> Floats:
    """Standard normal, drawn again beyond ±2."""
    weights = generator.standard_normal(count * n_in * n_out, dtype=np.float32)
    beyond = np.flatnonzero(np.abs(weights) > _CUT)
    while beyond.size:
        again = generator.standard_normal(beyond.size, dtype=np.float32)
        weights[beyond] = again
        beyond = beyond[np.abs(again) > _CUT]
    return weights.reshape(count, n_in, n_out)
