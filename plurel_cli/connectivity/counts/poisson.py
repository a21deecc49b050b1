"""As many as independent chances bring."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.connectivity.counts import counts
from plurel_cli.connectivity.counts.ratios import by_ratios

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@counts()
def poisson(mean: float) -> NDArray[np.float64]:
    """Poisson: parents differ by chance alone.

    Parameters
    ----------
    mean
        Mean number, above 0.

    Returns
    -------
    ndarray
        Probabilities of 0, 1, 2, …
    """
    return by_ratios(int(mean), lambda k: mean / k)
