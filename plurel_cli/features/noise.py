"""Beta noise, a number for every row and dimension of a node's embedding.

Drawn from a table of 2¹² quantiles by 12 random bits each. The quantiles come from the density in
θ where x = sin²θ, sin²ᵃ⁻¹θ cos²ᵇ⁻¹θ, which is bounded where a and b are at least one half.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.random import Stream

N_QUANTILES = 1 << 12

_N_ANGLES = 1 << 8
_ANGLES = (np.arange(_N_ANGLES) + 0.5) * (np.pi / 2 / _N_ANGLES)
_LOG_SINE, _LOG_COSINE = np.log(np.sin(_ANGLES)), np.log(np.cos(_ANGLES))
_EDGES = np.arange(_N_ANGLES + 1) * (np.pi / 2 / _N_ANGLES)
_MIDDLES = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES


def beta_quantiles(a: float, b: float) -> NDArray[np.float32]:
    """Quantiles of Beta(a, b) at the middles of 2¹² equal steps, rising.

    Parameters
    ----------
    a, b
        Both above 0.

    Notes
    -----
    The mass of each of 2⁸ steps in θ by the midpoint rule, and linear between their ends.

    Examples
    --------
    >>> beta_quantiles(1.0, 1.0)[[1024, 2048, 3072]].round(2).tolist()
    [0.25, 0.5, 0.75]
    """
    density = np.exp((2 * a - 1) * _LOG_SINE + (2 * b - 1) * _LOG_COSINE)
    cumulated = np.zeros(_N_ANGLES + 1)
    np.cumsum(density, out=cumulated[1:])
    cumulated /= cumulated[-1]
    angles = np.interp(_MIDDLES, cumulated, _EDGES).astype(np.float32)
    sine: NDArray[np.float32] = np.sin(angles, out=angles)
    sine *= sine
    return sine


class BetaNoise:
    """Noise of one node.

    Parameters
    ----------
    a, b
        Parameters of the distribution.
    width
        Dimensions of the embedding, by which the noise is divided.
    stream
        Randomness of this noise alone.
    """

    def __init__(self, a: float, b: float, width: int, stream: Stream) -> None:
        self._width = width
        self._stream = stream
        self._quantiles = beta_quantiles(a, b)
        self._quantiles *= np.float32(1.0 / width)

    def slice(self, index: int, n_rows: int) -> NDArray[np.float32]:
        """Noise of the first rows of a slice, shape (n_rows, width)."""
        n = n_rows * self._width
        words = -(-n // 4)
        bits = self._stream.bits(index).random_raw(words).view(np.uint16)[:n]
        bits &= N_QUANTILES - 1
        return self._quantiles.take(bits, mode="clip").reshape(n_rows, self._width)  # the fastest
