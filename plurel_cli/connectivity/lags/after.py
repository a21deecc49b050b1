"""Lags that each detail draws for itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.choices.kinds import Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.connectivity.lags import lags

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]

HOURS = Reals(gt=0, le=1e6)


@lags(mean=parameter(HOURS, [0.1, 1.0, 10.0, 100.0]))
def exponential(shares: Doubles, parents: Doubles, *, mean: float) -> Doubles:
    """Exponential: at any moment as likely as at the one before.

    Parameters
    ----------
    shares, parents
        A uniform share for each detail, and one for its parent, which is not used.
    mean
        Mean lag in hours.

    Returns
    -------
    ndarray
        Hours.
    """
    from plurel_cli.numerics.elementary import logs

    return logs(shares) * -mean


@lags(
    median=parameter(HOURS, [0.01, 0.1, 1.0, 10.0, 100.0]),
    sigma=parameter(Reals(gt=0, le=5), {"min": 0.4, "max": 1.6}),
)
def lognormal(shares: Doubles, parents: Doubles, *, median: float, sigma: float) -> Doubles:
    """Lognormal.

    Parameters
    ----------
    shares, parents
        A uniform share for each detail, and one for its parent, which is not used.
    median
        Median lag in hours.
    sigma
        Standard deviation of its logarithm.

    Returns
    -------
    ndarray
        Hours.
    """
    from plurel_cli.numerics.elementary import exps
    from plurel_cli.numerics.normal_quantile import normal_quantile

    return exps(sigma * normal_quantile(shares)) * median


@lags(
    median=parameter(HOURS, [0.01, 0.1, 1.0, 10.0]),
    alpha=parameter(Reals(ge=0.3, le=20), {"min": 0.7, "max": 2}),
)
def pareto(shares: Doubles, parents: Doubles, *, median: float, alpha: float) -> Doubles:
    """Heavy-tailed: mostly soon, now and then very late.

    Parameters
    ----------
    shares, parents
        A uniform share for each detail, and one for its parent, which is not used.
    median
        Median lag in hours.
    alpha
        A lag far above the median has a probability that falls as its power of −alpha.

    Returns
    -------
    ndarray
        Hours: a Pareto distribution (Lomax's) from 0 on.
    """
    from plurel_cli.numerics.elementary import exp, exps, log, logs

    scale = median / (exp(log(2.0) / alpha) - 1.0)
    return (exps(logs(shares) * (-1.0 / alpha)) - 1.0) * scale
