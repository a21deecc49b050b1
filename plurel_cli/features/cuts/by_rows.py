"""Cuts at the values of rows."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from plurel_cli.features.cuts import cuts

Floats = NDArray[np.float32]


@cuts()
def rows(reference: Floats, categories: int, generator: Generator) -> Floats:
    """At the values of rows drawn uniformly with replacement; some labels may stay empty."""
    positions = generator.integers(0, len(reference), categories - 1)
    positions.sort()
    return reference.take(positions)


@cuts()
def dirichlet(reference: Floats, categories: int, generator: Generator) -> Floats:
    """At the quantiles that give the labels Dirichlet(1) frequencies, as ties allow."""
    shares = np.cumsum(generator.dirichlet(np.ones(categories)))[:-1]
    n_below = np.rint(shares * len(reference)).astype(np.int64)  # rows at or below the boundary
    boundaries = reference.take(np.maximum(n_below, 1) - 1)
    boundaries[n_below == 0] = np.nextafter(reference[0], np.float32(-np.inf))
    return boundaries
