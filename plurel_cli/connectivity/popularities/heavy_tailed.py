"""Even weights, and weights with a few large ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.choices.kinds import Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.connectivity.popularities import popularities

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]


@popularities()
def even(shares: Doubles) -> Doubles:
    """The same weight for all."""
    return 0.0 * shares + 1.0


@popularities(sigma=parameter(Reals(gt=0, le=5), {"min": 0.5, "max": 1.5}))
def lognormal(shares: Doubles, *, sigma: float) -> Doubles:
    """Lognormal with median 1.

    Parameters
    ----------
    shares
        A uniform share in (0, 1) for each parent.
    sigma
        Standard deviation of the logarithm of the weight.

    Returns
    -------
    ndarray
        Weights.
    """
    from plurel_cli.numerics.elementary import exps
    from plurel_cli.numerics.normal_quantile import normal_quantile

    return exps(sigma * normal_quantile(shares))


@popularities(alpha=parameter(Reals(gt=1, le=20), {"min": 1.5, "max": 3.5}))
def power_law(shares: Doubles, *, alpha: float) -> Doubles:
    """Pareto from 1 on.

    Parameters
    ----------
    shares
        A uniform share in (0, 1) for each parent.
    alpha
        A weight above w has probability w to the power of −alpha.

    Returns
    -------
    ndarray
        Weights.
    """
    from plurel_cli.numerics.elementary import exps, logs

    return exps(logs(1.0 - shares) * (-1.0 / alpha))
