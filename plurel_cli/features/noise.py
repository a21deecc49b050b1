"""Beta noise, a number for every row and dimension of a node's embedding.

Drawn from a table of 2¹² quantiles, at the middles of equal steps, by 12 random bits each.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plurel_cli.numerics.beta_quantile import Points
from plurel_cli.numerics.beta_quantile import beta_quantiles as distributions
from plurel_cli.numerics.stream import Stream

N_QUANTILES = 1 << 12


@cache
def _middles() -> Points:
    return Points.of((np.arange(N_QUANTILES) + 0.5) / N_QUANTILES)


def beta_quantiles(a: ArrayLike, b: ArrayLike) -> NDArray[np.float32]:
    """Quantiles of Beta(a, b) at the middles of 2¹² equal steps, rising.

    Parameters
    ----------
    a, b
        All above 0, of one shape.

    Returns
    -------
    ndarray
        Of that shape, and an axis more for the quantiles.

    Examples
    --------
    >>> beta_quantiles(1.0, 1.0)[[1024, 2048, 3072]].round(2).tolist()
    [0.25, 0.5, 0.75]
    """
    shape = np.shape(a)
    several = distributions(np.ravel(a), np.ravel(b))
    quantiles = np.empty((len(several.a), N_QUANTILES), dtype=np.float32)
    for index in range(len(quantiles)):
        quantiles[index] = several.rising(index, _middles())
    return quantiles.reshape(*shape, N_QUANTILES)


class BetaNoise:
    """Noise of one node.

    Parameters
    ----------
    quantiles
        Of the distribution, shape (2¹²,).
    width
        Dimensions of the embedding, by which the noise is divided.
    stream
        Randomness of this noise alone.
    """

    def __init__(self, quantiles: NDArray[np.float32], width: int, stream: Stream) -> None:
        self._width = width
        self._stream = stream
        self._quantiles = quantiles * np.float32(1.0 / width)

    def slice(self, index: int, n_rows: int) -> NDArray[np.float32]:
        """Noise of the first rows of a slice, shape (n_rows, width).

        Parameters
        ----------
        index
            Which slice of the table.
        n_rows
            Rows to give, at most those of a slice.

        Returns
        -------
        ndarray
            Shape (n_rows, width).
        """
        bits = self._stream.generator(index).quarters(n_rows * self._width)
        bits &= np.uint16(N_QUANTILES - 1)
        return self._quantiles.take(bits, mode="clip").reshape(n_rows, self._width)  # the fastest
