"""Weights drawn alike and independently, all of them.

Their spread follows from the number of inputs and outputs. Kaiming's takes the number of outputs
for the fan-in, as the published method's code does.
"""

from __future__ import annotations

import math

from plurel_cli.features.initialisations import initialisations
from plurel_cli.features.initialisations.laws import Law, independent


@initialisations()
@independent
def kaiming_normal(n_in: int, n_out: int) -> Law:
    """Normal with standard deviation √(2 / outputs).

    References
    ----------
    K. He et al., Delving deep into rectifiers, 2015.
    """
    return Law("normal", math.sqrt(2.0 / n_out))


@initialisations()
@independent
def kaiming_uniform(n_in: int, n_out: int) -> Law:
    """Uniform between ±√(6 / outputs).

    References
    ----------
    K. He et al., Delving deep into rectifiers, 2015.
    """
    return Law("uniform", math.sqrt(6.0 / n_out))


@initialisations()
@independent
def xavier_normal(n_in: int, n_out: int) -> Law:
    """Normal with standard deviation √(2 / (inputs + outputs)).

    References
    ----------
    X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.
    """
    return Law("normal", math.sqrt(2.0 / (n_in + n_out)))


@initialisations()
@independent
def xavier_uniform(n_in: int, n_out: int) -> Law:
    """Uniform between ±√(6 / (inputs + outputs)).

    References
    ----------
    X. Glorot, Y. Bengio, Understanding the difficulty of training deep feedforward neural
    networks, 2010.
    """
    return Law("uniform", math.sqrt(6.0 / (n_in + n_out)))


@initialisations()
@independent
def truncated_normal(n_in: int, n_out: int) -> Law:
    """Standard normal within ±2."""
    return Law("truncated", 1.0)
