"""Cuts at the values of rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.cuts import cuts
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]


@cuts()
def rows(reference: Floats, categories: int, generator: Generator) -> Floats:
    """At the values of rows drawn uniformly with replacement; some labels may stay empty."""
    positions = generator.integers(0, len(reference), size=categories - 1)
    positions.sort()
    return reference.take(positions)


@cuts()
def dirichlet(reference: Floats, categories: int, generator: Generator) -> Floats:
    """At the quantiles that give the labels Dirichlet(1) frequencies, as ties allow."""
    return at_shares(reference, generator.dirichlet(np.ones(categories)))


def at_shares(reference: Floats, shares: NDArray[np.float64]) -> Floats:
    """Boundaries that give the labels these shares of the reference, as ties allow.

    Parameters
    ----------
    reference
        Reference sample of the raw values, rising.
    shares
        Share of each label, in order; together 1.

    Returns
    -------
    ndarray
        float32, rising, one fewer than there are labels.
    """
    n_below = np.rint(np.cumsum(shares)[:-1] * len(reference)).astype(np.int64)
    boundaries = reference.take(np.maximum(n_below, 1) - 1)  # rows at or below the boundary
    boundaries[n_below == 0] = np.nextafter(reference[0], np.float32(-np.inf))
    return boundaries
