"""Details over a time that their parent takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.choices.kinds import Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.connectivity.lags import lags
from plurel_cli.connectivity.lags.after import HOURS, lognormal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]


@lags(
    median=parameter(HOURS, [1.0, 10.0, 100.0, 1000.0]),
    sigma=parameter(Reals(gt=0, le=5), {"min": 0.3, "max": 1.2}),
)
def spread(shares: Doubles, parents: Doubles, *, median: float, sigma: float) -> Doubles:
    """Evenly over a duration of the parent's own, like measurements over a stay in hospital.

    Parameters
    ----------
    shares, parents
        A uniform share for each detail, and one for its parent.
    median
        Median of the duration in hours; it is lognormal.
    sigma
        Standard deviation of its logarithm.

    Returns
    -------
    ndarray
        Hours.
    """
    return shares * lognormal(parents, parents, median=median, sigma=sigma)
