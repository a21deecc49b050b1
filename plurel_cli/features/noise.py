"""Beta noise, a number for every row and dimension of a node's embedding.

Drawn from a table of 2¹² quantiles by 12 random bits each. The quantiles come from the density in
θ where x = sin²θ, sin²ᵃ⁻¹θ cos²ᵇ⁻¹θ, which is bounded where a and b are at least one half.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plurel_cli.numerics.stream import Stream

N_QUANTILES = 1 << 12

_N_ANGLES = 1 << 8
_ANGLES = (np.arange(_N_ANGLES) + 0.5) * (np.pi / 2 / _N_ANGLES)
_LOG_SINE, _LOG_COSINE = np.log(np.sin(_ANGLES)), np.log(np.cos(_ANGLES))
_EDGES = np.arange(_N_ANGLES + 1) * (np.pi / 2 / _N_ANGLES)
_STEPS = _EDGES[1:] - _EDGES[:-1]
_MIDDLES = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES
_LEAST = 1e-300  # a mass, so that it divides


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

    Notes
    -----
    The mass of each of 2⁸ steps in θ by the midpoint rule, and linear between their ends. One of
    many distributions costs half of what one alone does.

    Examples
    --------
    >>> beta_quantiles(1.0, 1.0)[[1024, 2048, 3072]].round(2).tolist()
    [0.25, 0.5, 0.75]
    """
    a, b = np.asarray(a)[..., None], np.asarray(b)[..., None]
    density = np.exp((2 * a - 1) * _LOG_SINE + (2 * b - 1) * _LOG_COSINE)
    cumulated = np.zeros((*a.shape[:-1], _N_ANGLES + 1))
    np.cumsum(density, axis=-1, out=cumulated[..., 1:])
    cumulated /= cumulated[..., -1:]
    # As np.interp, which searches the step of each middle; here is counted how many each step has.
    n_before = np.ceil(cumulated * N_QUANTILES - 0.5).astype(np.intp)
    counts = n_before[..., 1:] - n_before[..., :-1]
    begins = cumulated[..., :-1]
    slopes = _STEPS / np.maximum(cumulated[..., 1:] - begins, _LEAST)
    quantiles = np.empty((*a.shape[:-1], N_QUANTILES), np.float32)
    for its in np.ndindex(a.shape[:-1]):  # one by one, which stays in the cache
        angles = _MIDDLES - begins[its].repeat(counts[its])
        angles *= slopes[its].repeat(counts[its])
        angles += _EDGES[:-1].repeat(counts[its])
        sine = np.sin(angles.astype(np.float32))
        np.multiply(sine, sine, out=quantiles[its])
    return quantiles


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
        """Noise of the first rows of a slice, shape (n_rows, width)."""
        n = n_rows * self._width
        words = -(-n // 4)
        bits = self._stream.bits(index).random_raw(words).view(np.uint16)[:n]
        bits &= N_QUANTILES - 1
        return self._quantiles.take(bits, mode="clip").reshape(n_rows, self._width)  # the fastest
