"""Which distributions are drawn for numbers of which none is stated."""

from __future__ import annotations

from collections.abc import Mapping

from plurel_cli.marginals import Marginal, marginals
from plurel_cli.numerics.stream import Draws

_WHOLE = {
    "normal": 4.0,
    "geometric": 2.5,
    "zero_inflated": 1.0,
    "uniform": 0.5,
    "lognormal": 0.5,
    "poisson": 0.5,
    "pareto": 0.3,
    "numbers": 0.7,
}

_REAL = {"normal": 3.0, "lognormal": 3.0, "uniform": 1.0, "exponential": 1.0, "weibull": 1.0}


def drawn_marginal(
    draws: Draws, *, whole: bool, weights: Mapping[str, float] | None = None
) -> Marginal:
    """Draw a distribution and its parameters.

    Parameters
    ----------
    draws
        Randomness of the column alone.
    whole
        Whether its values are to be rounded to whole numbers.
    weights
        Weight of each family; by default such as whole or real numbers have in real databases.

    Returns
    -------
    Marginal
    """
    weights = weights or (_WHOLE if whole else _REAL)
    names = tuple(weights)
    name = names[draws.weighted([*weights.values()])]
    return marginals.record(name).drawn(draws, whole=whole)
