"""AR(1) noise that can be started at any block of rows.

x_i = ρ x_{i−1} + σ ε_i from x_{−1} = 0. The states at the ends of whole blocks are a Markov chain
of their own, drawn from one stream; inside a block a path is drawn from its start state and bent
to meet its end state. So a block needs the chain before it and nothing else, and the joint
distribution is that of the plain recursion, exactly.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.elementary import log, powers
from plurel_cli.numerics.normal_quantile import normal_quantile
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream


def filtered(innovations: NDArray[np.float64], rho: float) -> NDArray[np.float64]:
    """x_i = ρ x_{i−1} + e_i from x_{−1} = 0, in place.

    Parameters
    ----------
    innovations
        e, shape (n,); overwritten.
    rho
        ρ, from 0 to below 1.

    Returns
    -------
    NDArray[np.float64]
        The same array.

    Notes
    -----
    Doubling: after step k, x_i holds Σ_{j < 2ᵏ} ρʲ e_{i−j}, over one slice after another. It ends
    once ρ to the power of the step changes no sum, so it takes O(n log(1/(1−ρ))) time and no loop
    over rows.

    Examples
    --------
    >>> filtered(np.array([1.0, 0.0, 0.0]), 0.5).tolist()
    [1.0, 0.5, 0.25]
    """
    carried = 0.0
    for begin in range(0, len(innovations), _SLICE):
        x = innovations[begin : begin + _SLICE]
        x[0] += rho * carried
        step, power = 1, rho
        while step < len(x) and power > _NEGLIGIBLE:
            x[step:] += power * x[:-step]
            step, power = 2 * step, power * power
        carried = x[-1]
    return innovations


_SLICE = 1 << 13  # rows whose temporaries stay in the cache
_NEGLIGIBLE = 1e-20  # a weight below it changes no sum of numbers of the same size


class AutoregressiveNoise:
    """AR(1) noise over the rows of a table.

    Parameters
    ----------
    rho
        Autocorrelation ρ, from 0 to below 1.
    sigma
        Standard deviation σ of the innovations.
    n_rows
        Rows of the table.
    stream
        Randomness of this noise alone.

    Attributes
    ----------
    stream
        Randomness of its path.
    """

    def __init__(self, rho: float, sigma: float, n_rows: int, stream: Stream) -> None:
        self._rho, self._sigma = rho, sigma
        self._n_rows = n_rows
        self.stream = stream.child("path")
        self._ends = self._block_ends(stream.child("block_ends"))
        self._bend = self._last_weights()

    def _variance(self, n: NDArray[np.int64] | int) -> NDArray[np.float64]:
        """Var(x_{i+n} | x_i) in units of σ²: (1 − ρ²ⁿ) / (1 − ρ²)."""
        rho2 = self._rho * self._rho
        return (1.0 - powers(rho2, n)) / (1.0 - rho2)

    def _block_ends(self, stream: Stream) -> NDArray[np.float64]:
        """State after the last row of every whole block: x' = ρⁿ x + σ √Var η."""
        n_blocks = self._n_rows // BLOCK_ROWS
        if n_blocks == 0:
            return np.empty(0)
        scale = self._sigma * float(np.sqrt(self._variance(BLOCK_ROWS)))
        # One word of one generator for each: a longer table has the same first states.
        words = stream.generator().words(n_blocks) >> np.uint64(12)
        shares: NDArray[np.float64] = (words.astype(np.float64) + 0.5) * 2.0**-52
        steps = scale * normal_quantile(shares)
        return filtered(steps, float(powers(self._rho, BLOCK_ROWS)))

    def _last_weights(self) -> NDArray[np.float64]:
        """Cov(x_i, x_n) / Var(x_n) given the state before a block of n rows, ρⁿ⁻ⁱ Var(x_i) /
        Var(x_n), of the block's last rows; those before them have a weight that is negligible.
        """
        n = BLOCK_ROWS
        if self._rho == 0.0 or len(self._ends) == 0:
            return np.ones(1)
        reach = 1 + math.ceil(log(_NEGLIGIBLE) / log(self._rho))
        row = np.arange(max(1, n + 1 - reach), n + 1)
        weights: NDArray[np.float64] = powers(self._rho, n - row) * self._variance(row)
        weights /= self._variance(n)
        return weights

    def block(self, index: int) -> NDArray[np.float64]:
        """Noise of one block of rows, shape (rows of the block,)."""
        n = min(BLOCK_ROWS, self._n_rows - index * BLOCK_ROWS)
        x = self.stream.generator(index).standard_normal(n)
        x *= self._sigma
        if index > 0:
            x[0] += self._rho * self._ends[index - 1]
        filtered(x, self._rho)
        if n == BLOCK_ROWS:
            x[-len(self._bend) :] += self._bend * (self._ends[index] - x[-1])
        return x
