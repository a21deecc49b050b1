"""Cuts that give labels the frequencies of words."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.cuts import cuts
from plurel_cli.features.cuts.by_rows import at_shares
from plurel_cli.numerics.elementary import powers
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.sums import total

Floats = NDArray[np.float32]

MOST_FREQUENT = 0.75
"""Largest share of one label."""


def zipf_shares(categories: int, exponent: float, shift: float) -> NDArray[np.float64]:
    """Shares of labels by rank, most frequent first: in proportion to (rank + shift)^−exponent.

    Where the first would exceed `MOST_FREQUENT` it gets that, and the others share the rest in
    their proportions.

    Parameters
    ----------
    categories
        How many labels there are.
    exponent, shift
        Those of the law.

    Returns
    -------
    ndarray
        Shape (categories,), together 1.

    Examples
    --------
    >>> zipf_shares(3, 1.0, 0.0).round(3).tolist()
    [0.545, 0.273, 0.182]
    """
    shares: NDArray[np.float64] = powers(np.arange(1.0, categories + 1.0) + shift, -exponent)
    shares /= total(shares)
    if categories > 1 and shares[0] > MOST_FREQUENT:
        shares[1:] *= (1.0 - MOST_FREQUENT) / total(shares[1:])
        shares[0] = MOST_FREQUENT
    return shares


@cuts()
def zipf(reference: Floats, categories: int, generator: Generator) -> Floats:
    """At the quantiles that give the labels frequencies by Zipf and Mandelbrot, in any order."""
    exponent = generator.uniform(0.7, 2.1)
    shift = max(generator.uniform(-1.0, 1.0), 0.0)
    shares = zipf_shares(categories, exponent, shift)
    return at_shares(reference, generator.permutation(shares))
