"""Quantiles and probabilities of the standard normal distribution."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from plurel_cli.kernel import twin
from plurel_cli.numerics.elementary import exp, logs

Doubles = NDArray[np.float64]

_CENTRE = (
    (3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3,
     1.3731693765509461125e4, 4.5921953931549871457e4, 6.7265770927008700853e4,
     3.3430575583588128105e4, 2.5090809287301226727e3),
    (1.0, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
     2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4,
     5.2264952788528545610e3),
)  # fmt: skip
_NEAR_TAIL = (
    (1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0,
     3.64784832476320460504e0, 1.27045825245236838258e0, 2.41780725177450611770e-1,
     2.27238449892691845833e-2, 7.74545014278341407640e-4),
    (1.0, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
     1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
     1.05075007164441684324e-9),
)  # fmt: skip
_FAR_TAIL = (
    (6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0,
     2.96560571828504891230e-1, 2.65321895265761230930e-2, 1.24266094738807843860e-3,
     2.71155556874348757815e-5, 2.01033439929228813265e-7),
    (1.0, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
     7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
     2.04426310338993978564e-15),
)  # fmt: skip

_STEPS_AT_ONCE = 8

_LEAST = 5e-324
_NEXT, _LAST = np.uint16(1), np.uint16(0xFFFD)  # of the steps that have a line

_ROUGHLY = (
    *(-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806),
    *(0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277),
)
"""Of an error function that is right to 1.2 × 10⁻⁷ (Press et al., Numerical Recipes, 6.2)."""

_DOUBT = 1e-6
"""Relative error that neither it nor quantiles reach, of shares no less than the next."""

_LEAST_SURE = 1e-290

_ROOT_HALF = 0.7071067811865476

_Rational = tuple[tuple[float, ...], tuple[float, ...]]


@twin("normal_quantile")
def normal_quantile(share: Doubles) -> Doubles:
    """Quantiles of the standard normal distribution.

    Parameters
    ----------
    share
        Probabilities, float64 in (0, 1); an end counts as the number next to it.

    Returns
    -------
    ndarray
        float64, of the same shape, to a relative error of about 10⁻¹⁵.

    Notes
    -----
    Three rational approximations of degree 7: about the middle, and on either side of a
    probability of e⁻²⁵ in the tails.

    References
    ----------
    M. J. Wichura, Algorithm AS 241: the percentage points of the normal distribution, Applied
    Statistics 37, 1988.

    Examples
    --------
    >>> normal_quantile(np.array([0.5, 0.975])).round(4).tolist()
    [0.0, 1.96]
    """
    centred = share - 0.5
    quantile: Doubles = centred * _ratio(_CENTRE, 0.180625 - centred * centred)
    tails = np.flatnonzero(np.abs(centred) > 0.425)
    if tails.size:
        tail = share.take(tails)
        root = np.sqrt(-logs(np.maximum(np.minimum(tail, 1.0 - tail), _LEAST)))
        value = _ratio(_NEAR_TAIL, root - 1.6)
        far = np.flatnonzero(root > 5.0)
        if far.size:
            value[far] = _ratio(_FAR_TAIL, root[far] - 5.0)
        quantile[tails] = np.copysign(value, centred[tails])
    return quantile


def _ratio(coefficients: _Rational, x: Doubles) -> Doubles:
    above, below = (_polynomial(powers, x) for powers in coefficients)
    above /= below
    return above


def _polynomial(coefficients: tuple[float, ...], x: Doubles) -> Doubles:
    value = x * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        value += coefficient
        value *= x
    value += coefficients[0]
    return value


def normal_probability(value: float) -> float:
    """Probability that a standard normal variable is below a value.

    Notes
    -----
    The share whose quantile it is, by bisection between the bit patterns of shares, which rise as
    these do: 64 steps, to a relative error of about 10⁻¹⁵. Which way the first ones go is plain
    from a rough error function. The quantiles of several further steps are computed at once, of
    all the middles that they could come to.

    Examples
    --------
    >>> normal_probability(0.0)
    0.5
    """
    if value > 0.0:
        return 1.0 - normal_probability(-value)
    low, high = _about(value)
    while low < high:
        middles = _middles(low, high)
        is_above = (normal_quantile(middles.view(np.float64)) < value).tolist()
        at = 0
        while at < len(is_above) and low < high:
            if is_above[at]:
                low = int(middles[at]) + 1
            else:
                high = int(middles[at])
            at = 2 * at + 1 + is_above[at]
    return float(np.int64(low).view(np.float64))


def _about(value: float) -> tuple[int, int]:
    """Where the bisection stands for a value of at most 0 when its next step is not plain."""
    low, high = 1, _bits(0.5)
    share = _roughly(-value * _ROOT_HALF)
    if not share >= _LEAST_SURE:
        return low, high
    surely_above, surely_below = _bits(share * (1.0 - _DOUBT)), _bits(share * (1.0 + _DOUBT))
    while low < high:
        middle = (low + high) // 2
        if middle < surely_above:
            low = middle + 1
        elif middle > surely_below:
            high = middle
        else:
            break
    return low, high


def _roughly(x: float) -> float:
    """Half the complementary error function of a number of at least 0."""
    t = 1.0 / (1.0 + 0.5 * x)
    power = 0.0
    for coefficient in reversed(_ROUGHLY):
        power = power * t + coefficient
    return 0.5 * t * exp(power - x * x)


def _bits(share: float) -> int:
    return int(np.float64(share).view(np.int64))


def _middles(low: int, high: int) -> NDArray[np.int64]:
    """The middles that the next steps of a bisection can come to, as a heap."""
    lows, highs = np.array([low]), np.array([high])
    levels = []
    for _ in range(_STEPS_AT_ONCE):
        middles = (lows + highs) // 2
        levels.append(middles)
        lows, highs = _in_turn(lows, middles + 1), _in_turn(middles, highs)
    return np.concatenate(levels)


def _in_turn(one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    both = np.empty((len(one), 2), np.int64)
    both[:, 0], both[:, 1] = one, other
    return both.ravel()


def quantile_table(least: float, most: float) -> NDArray[np.float32]:
    """Quantiles at the middles of 2¹⁶ equal steps between two probabilities.

    Parameters
    ----------
    least, most
        The probabilities.

    Returns
    -------
    ndarray
        float32, shape (2¹⁶,), rising.
    """
    steps = (np.arange(1 << 16) + 0.5) / (1 << 16)
    return normal_quantile(least + (most - least) * steps).astype(np.float32)


@cache
def normal_table() -> NDArray[np.float32]:
    """A standard normal distribution by 16 random bits, its ends 4.3 deviations away."""
    return quantile_table(0.0, 1.0)


@cache
def truncated_table() -> NDArray[np.float32]:
    """A standard normal distribution between −2 and 2, by 16 random bits."""
    beyond = normal_probability(-2.0)
    return quantile_table(beyond, 1.0 - beyond)


@cache
def normal_steps() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each of 2¹⁶ equal steps of a normal variable begins, and 2⁻¹⁶ of how far it goes."""
    inner = normal_quantile(np.arange(1, 1 << 16) / (1 << 16))
    edges = np.concatenate([inner[:1], inner, inner[-1:]])
    heights = (edges[1:] - edges[:-1]) * 2.0**-16
    return edges[:-1].astype(np.float32), heights.astype(np.float32)


@twin("across_steps")
def across_steps(steps: NDArray[np.uint16], shares: NDArray[np.uint16]) -> NDArray[np.float32]:
    """Normal numbers by their steps, and how far each lies across its own.

    Parameters
    ----------
    steps
        Which of 2¹⁶ equal steps each number is in.
    shares
        2¹⁶ times how far across it.

    Returns
    -------
    ndarray
        float32, of the same shape.
    """
    edges, heights = normal_steps()
    within = shares.astype(np.float32)
    within *= heights.take(steps, mode="clip")
    within += edges.take(steps, mode="clip")
    is_tail = (steps - _NEXT) > _LAST
    if is_tail.any():
        tails = np.flatnonzero(is_tail)
        outermost = steps[tails].astype(np.float64) * 2.0**16 + shares[tails]
        within[tails] = normal_quantile((outermost + 0.5) * np.float64(2.0**-32))
    return within
