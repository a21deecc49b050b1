"""Probabilities by the ratio of each to the one before."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from plurel_cli.connectivity.counts import MOST

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Doubles = NDArray[np.float64]


def by_ratios(mode: int, ratio: Callable[[Doubles], Doubles]) -> Doubles:
    """Probabilities of 0, 1, 2, … from the ratios p(k) / p(k − 1).

    Parameters
    ----------
    mode
        A k near the largest probability, which the others are computed from.
    ratio
        Gives the ratio at some k from 1 on.

    Returns
    -------
    ndarray
        Shape (K + 1,), summing to 1; K is the last k of at least 2⁻⁷⁰ of the largest, at most
        `MOST`.
    """
    import numpy as np

    least, n = 2.0**-70, 64
    while True:
        top = min(mode + n, MOST)
        above = np.multiply.accumulate(ratio(np.arange(mode + 1.0, top + 1.0)))
        if top == MOST or above[-1] < least:
            break
        n *= 2
    below = np.multiply.accumulate(1.0 / ratio(np.arange(float(mode), 0.0, -1.0)))
    weights = np.concatenate([below[::-1], [1.0], above[: int((above >= least).sum())]])
    weights /= np.add.accumulate(weights)[-1]
    return weights
