"""Weights drawn alike and independently for all edges of a graph."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.edge_weights import edge_weights
from plurel_cli.numerics.elementary import exps
from plurel_cli.numerics.generator import Generator

Weights = NDArray[np.float64]


@edge_weights()
def normal(generator: Generator, n: int) -> Weights:
    """Standard normal."""
    return generator.standard_normal(n)


@edge_weights()
def lognormal(generator: Generator, n: int) -> Weights:
    """Exponential of a standard normal: all positive."""
    return exps(generator.standard_normal(n))


@edge_weights()
def cauchy(generator: Generator, n: int) -> Weights:
    """Standard Cauchy: a few edges far outweigh all others."""
    return generator.standard_cauchy(n)


@edge_weights()
def uniform(generator: Generator, n: int) -> Weights:
    """Uniform from −2 to 2."""
    return generator.uniform(-2.0, 2.0, n)
