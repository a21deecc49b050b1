"""Parameters whose order of magnitude is drawn."""

from __future__ import annotations

from plurel_cli.numerics.elementary import exp, log
from plurel_cli.numerics.stream import Draws


def log_between(draws: Draws, low: float, high: float) -> float:
    """A real whose logarithm is uniform.

    Parameters
    ----------
    draws
        Randomness.
    low, high
        Its bounds, above 0.

    Returns
    -------
    float
        From `low` on, below `high`.
    """
    return exp(draws.between(log(low), log(high)))
