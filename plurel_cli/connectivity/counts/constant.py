"""As many for every parent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.connectivity.counts import counts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@counts()
def constant(mean: float) -> NDArray[np.float64]:
    """The same for all; between two whole numbers, one of them.

    Parameters
    ----------
    mean
        Mean number, above 0.

    Returns
    -------
    ndarray
        Probabilities of 0, 1, 2, …

    Examples
    --------
    >>> constant(1.25).tolist()
    [0.0, 0.75, 0.25]
    """
    import numpy as np

    whole = int(mean)
    probabilities = np.zeros(whole + 2)
    probabilities[whole], probabilities[whole + 1] = 1.0 - (mean - whole), mean - whole
    return probabilities
