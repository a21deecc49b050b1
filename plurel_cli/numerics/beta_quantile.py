"""Quantiles of beta distributions, for any a and b above 0.

The logarithm of x / (1 − x) has a density that is smooth, falls off as exp(a y) on one side and
exp(−b y) on the other, and has no pole however small a and b are. Its distribution function is
summed over even steps, with the exponential tails beyond them in closed form, and inverted
between the steps by cubics of the logarithm of F / (1 − F), of which y is nearly linear.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plurel_cli.kernel import twin
from plurel_cli.numerics import single
from plurel_cli.numerics.elementary import exps, log1ps, logs

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]

N_STEPS = 96

_STEPS = np.arange(N_STEPS)

_TAIL = 1e-5  # where 1 + e^y is 1 to so much, the tail is exponential
NOTHING = 40.0  # below e to minus this, relative to its peak, a density is none


def _logs(x: Doubles) -> Doubles:
    return logs(x.ravel()).reshape(x.shape)


def _exps(x: Doubles) -> Doubles:
    return exps(x.ravel()).reshape(x.shape)


@dataclass(frozen=True)
class BetaQuantiles:
    """The inverse distribution functions of some beta distributions.

    Attributes
    ----------
    a, b
        The distributions, shape (m,).
    """

    a: Doubles
    b: Doubles

    @cached_property
    def steps(self) -> BetaSteps:
        """What they are read from."""
        return _steps(self.a, self.b)

    def rising(self, points: Points) -> Floats:
        """Quantiles of each at rising shares.

        Parameters
        ----------
        points
            The shares.

        Returns
        -------
        ndarray
            float32, shape (m, n).
        """
        return _rising(self, points)


class BetaSteps(NamedTuple):
    """Steps over which some beta distributions are summed.

    Attributes
    ----------
    ends
        First and last y of the steps, shape (m, 2).
    shares
        F at the ends of the steps, shape (m, steps + 1).
    log_ends
        Logarithms of the mass below the first and above the last y, shape (m, 2).
    begins
        Of each step, in ln(F / (1 − F)), shape (m, steps).
    powers
        Coefficients of y by how far into a step, the constant first, shape (4, m, steps).
    """

    ends: Doubles
    shares: Doubles
    log_ends: Doubles
    begins: Doubles
    powers: Doubles


@twin("rising")
def _rising(quantiles: BetaQuantiles, points: Points) -> Floats:
    """Quantiles of some distributions at rising shares."""
    out = np.empty((len(quantiles.a), len(points.shares)), dtype=np.float32)
    for index in range(len(out)):
        out[index] = _of_one(quantiles, index, points)
    return out


def _of_one(quantiles: BetaQuantiles, index: int, points: Points) -> Floats:
    steps = quantiles.steps
    until = points.shares.searchsorted(steps.shares[index], side="left")
    y = np.empty(len(points.shares))
    first, last = int(until[0]), int(until[-1])
    below, above = steps.log_ends[index]
    y[:first] = steps.ends[index, 0] + (points.log_below[:first] - below) / quantiles.a[index]
    y[last:] = steps.ends[index, 1] - (points.log_above[last:] - above) / quantiles.b[index]
    which = _STEPS.repeat(until[1:] - until[:-1])
    t = points.log_odds[first:last] - steps.begins[index].take(which)
    constant, first_power, second_power, inner = steps.powers[:, index].take(which, axis=1)
    for power in (second_power, first_power, constant):
        inner *= t
        inner += power
    y[first:last] = inner
    return single.logistic(y.astype(np.float32))


@dataclass(frozen=True)
class Points:
    """Rising shares, with the logarithms of what is below and above them."""

    shares: Doubles
    log_below: Doubles
    log_above: Doubles
    log_odds: Doubles

    @cached_property
    def stacked(self) -> Doubles:
        """All of them, shape (4, n)."""
        return np.stack([self.shares, self.log_below, self.log_above, self.log_odds])

    @classmethod
    def of(cls, shares: Doubles) -> Points:
        """Those of shares between 0 and 1, both ends excluded."""
        below, above = logs(shares), log1ps(-shares)
        return cls(shares, below, above, below - above)


def beta_quantiles(a: ArrayLike, b: ArrayLike) -> BetaQuantiles:
    """Inverse distribution functions of Beta(a, b), several at once.

    Parameters
    ----------
    a, b
        All above 0, shape (m,).

    Returns
    -------
    BetaQuantiles
        Their error in F is below 10⁻⁵.

    Examples
    --------
    >>> points = Points.of(np.array([0.25, 0.5, 0.75]))
    >>> beta_quantiles([1.0], [1.0]).rising(points).round(4).tolist()
    [[0.25, 0.5, 0.75]]
    """
    return BetaQuantiles(np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64))


def _steps(a: Doubles, b: Doubles) -> BetaSteps:
    both = a + b
    log_a, log_b, log_both = _logs(np.stack([a, b, both]))
    peak = log_a - log_b
    ends = np.stack(
        [
            np.maximum(LOG_TAIL - log_both, peak - _reach(a, b, log_both - log_b)),
            np.minimum(log_both - LOG_TAIL, peak + _reach(b, a, log_both - log_a)),
        ],
        axis=1,
    )
    h = (ends[:, 1:] - ends[:, :1]) / N_STEPS
    y = ends[:, :1] + h * np.arange(N_STEPS + 1)
    # e^y / (1 + e^y) and ln(1 + e^y), without overflow.
    fall = _exps(-np.abs(y))
    share = np.where(y > 0.0, 1.0, fall) / (1.0 + fall)
    bend = np.maximum(y, 0.0) + _logs(1.0 + fall)
    height = a * log_a + b * log_b - both * log_both
    density = _exps(a[:, None] * y - both[:, None] * bend - height[:, None])
    slope = density * (a[:, None] - both[:, None] * share)
    mass = (density[:, 1:] + density[:, :-1]) * (0.5 * h)
    mass += (slope[:, :-1] - slope[:, 1:]) * (h * h / 12.0)
    np.maximum(mass, 0.0, out=mass)
    below, above = density[:, 0] / a, density[:, -1] / b
    from_left = np.cumsum(np.concatenate([below[:, None], mass], axis=1), axis=1)
    from_right = np.cumsum(np.concatenate([above[:, None], mass[:, ::-1]], axis=1), axis=1)[:, ::-1]
    whole = from_left[:, -1:] + above[:, None]
    log_left, log_right = _logs(np.stack([from_left, from_right]))
    odds = log_left - log_right
    # dy / d odds = F (1 − F) / f
    slopes = from_left * from_right / (density * whole)
    widths = odds[:, 1:] - odds[:, :-1]
    begin, end = slopes[:, :-1] * widths, slopes[:, 1:] * widths
    wide = np.where(widths > 0.0, widths, 1.0)
    square = wide * wide
    powers = np.stack(
        [
            y[:, :-1],
            slopes[:, :-1],
            (3.0 * h - 2.0 * begin - end) / square,
            (begin + end - 2.0 * h) / (square * wide),
        ],
    )
    log_ends = _logs(np.stack([below, above], axis=1) / whole)
    return BetaSteps(ends, from_left / whole, log_ends, odds[:, :-1], powers)


LOG_TAIL = float(logs(np.array([_TAIL]))[0])


def _reach(a: Doubles, b: Doubles, log_ratio: Doubles) -> Doubles:
    """How far below the peak the density is none, or a little further; the mirror image, above it.

    At t below, its logarithm has fallen by a t + (a + b) ln(1 − (1 − e⁻ᵗ) a / (a + b)), which is at
    least a t − (a + b) ln(1 + a / b), and up to t = 1 at least e⁻¹ t² a b / (a + b) / 2.
    """
    far = (NOTHING + (a + b) * log_ratio) / a
    near = np.sqrt(2.0 * E * NOTHING * (a + b) / (a * b))
    return np.where(near < 1.0, np.minimum(near, far), far)


E = 2.718281828459045
