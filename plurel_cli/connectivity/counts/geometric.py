"""Each further detail is as likely as the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.connectivity.counts import counts
from plurel_cli.connectivity.counts.ratios import by_ratios

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@counts()
def geometric(mean: float) -> NDArray[np.float64]:
    """Geometric from 0 on: few are frequent, and the tail is light.

    Parameters
    ----------
    mean
        Mean number, above 0.

    Returns
    -------
    ndarray
        Probabilities of 0, 1, 2, …
    """
    return by_ratios(0, lambda k: 0.0 * k + mean / (1.0 + mean))
