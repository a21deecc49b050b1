"""Parents differ by more than chance."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.choices.kinds import Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.connectivity.counts import counts
from plurel_cli.connectivity.counts.ratios import by_ratios

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@counts(size=parameter(Reals(ge=0.05, le=1000), {"min": 0.3, "max": 3}))
def negative_binomial(mean: float, *, size: float) -> NDArray[np.float64]:
    """Negative binomial: Poisson about a mean that is gamma-distributed over the parents.

    Parameters
    ----------
    mean
        Mean number, above 0.
    size
        Shape of that gamma distribution: the smaller, the more a few parents have. 1 is geometric.

    Returns
    -------
    ndarray
        Probabilities of 0, 1, 2, …
    """
    share = mean / (mean + size)
    mode = int((size - 1.0) * mean / size) if size > 1 else 0
    return by_ratios(mode, lambda k: (k + (size - 1.0)) / k * share)
