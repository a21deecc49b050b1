"""Elementary functions of one float32, step by step as `plurel_cli.numerics.single` has them."""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code.machine import bits, inlined, single
from plurel_cli.numerics import single as definitions

ZERO, ONE, TWO, HALF = np.float32(0.0), np.float32(1.0), np.float32(2.0), np.float32(0.5)
_LOG2E, _MINUS_LOG2E = definitions._LOG2E, -definitions._LOG2E
_TWO_LOG2E, _LN2, _A_TURN = definitions._TWO_LOG2E, definitions._LN2, definitions._A_TURN
_ROUND, _LEAST, _MOST = definitions._ROUND, definitions._LEAST, definitions._MOST
_MINUS_LEAST, _TINY, _LARGE = -definitions._LEAST, definitions._TINY, definitions._LARGE
_STRAIGHT, _MINUS_STRAIGHT = definitions._STRAIGHT, -definitions._STRAIGHT
_EXPONENT, _BIAS = definitions._EXPONENT, definitions._BIAS
_EXP, _EXP_SQUARE = definitions._EXP
_EXPM1, _EXPM1_SQUARE, _EXPM1_FOURTH = definitions._EXPM1
_SINE, _LOG, _LOG1P = definitions._SINE, definitions._LOG, definitions._LOG1P
_ROOT_HALF_BITS = definitions._ROOT_HALF_BITS


@inlined
def clipped(x: np.float32, least: np.float32, most: np.float32) -> np.float32:
    """x, held between two.

    Parameters
    ----------
    x
        The number.
    least, most
        The bounds.

    Returns
    -------
    float32
        NaN for NaN.
    """
    x = least if x < least else x
    return most if x > most else x


@inlined
def exp(x: np.float32) -> np.float32:
    """As `single.exp`."""
    x = clipped(x, _LEAST, _MOST) * _LOG2E
    k = x + _ROUND
    f = x - (k - _ROUND)
    c = f * f * _EXP_SQUARE + _EXP
    value: np.float32 = single(np.int32(bits((c + f) / (c - f)) + (bits(k) << _EXPONENT)))
    return value


@inlined
def logistic(x: np.float32) -> np.float32:
    """As `single.logistic`."""
    x = clipped(x, _LEAST, _MINUS_LEAST) * _MINUS_LOG2E
    k = x + _ROUND
    f = x - (k - _ROUND)
    c = f * f * _EXP_SQUARE + _EXP
    below = c - f
    above: np.float32 = single(np.int32(bits(c + f) + (bits(k) << _EXPONENT)))
    return below / (above + below)


@inlined
def _power(x: np.float32) -> tuple[np.float32, np.float32, np.float32]:
    """Of 2^x: c, f and 2^k, where x = k + f."""
    k = x + _ROUND
    f = x - (k - _ROUND)
    square = f * f
    c = (square * _EXPM1_FOURTH + _EXPM1_SQUARE) * square + _EXPM1
    return c, f, single(np.int32((bits(k) << _EXPONENT) + _BIAS))


@inlined
def expm1(x: np.float32) -> np.float32:
    """As `single.expm1`."""
    c, f, power = _power(clipped(x, _LEAST, ZERO) * _LOG2E)
    return (c * (power - ONE) + (power + ONE) * f) / (c - f)


@inlined
def tanh(x: np.float32) -> np.float32:
    """As `single.tanh`."""
    c, f, power = _power(clipped(x, _MINUS_STRAIGHT, _STRAIGHT) * _TWO_LOG2E)
    less, more = power - ONE, power + ONE
    return (c * less + more * f) / (more * c + f * less)


@inlined
def sine_of_turns(t: np.float32) -> np.float32:
    """As `single.sine_of_turns`."""
    t = t - np.rint(t)
    square = t * t
    value = square * _SINE[0]
    value = (value + _SINE[1]) * square
    value = (value + _SINE[2]) * square
    value = (value + _SINE[3]) * square
    value = (value + _SINE[4]) * square
    return t * (value + _SINE[5])


@inlined
def sine(x: np.float32, quarters: int) -> np.float32:
    """As `single.sine`.

    Parameters
    ----------
    x
        The angle.
    quarters
        Quarters of a turn that are added.

    Returns
    -------
    float32
        Between −1 and 1.
    """
    turns = np.float64(x) * _A_TURN
    turns = turns + 0.25 * quarters
    return sine_of_turns(np.float32(turns - np.rint(turns)))


@inlined
def log1p_of_share(x: np.float32) -> np.float32:
    """As `single.log1p_of_share`."""
    x = x / (x + TWO)
    below = _TINY if x < _TINY else x
    below = below * below
    value = (below * _LOG1P[0] + _LOG1P[1]) * below + _LOG1P[2]
    return x * (value * below + TWO)


@inlined
def _logarithm(f: np.float32, exponents: np.int32) -> np.float32:
    f = f / (f + TWO)
    square = f * f
    value = (square * _LOG[0] + _LOG[1]) * square + _LOG[2]
    return f * (value * square + TWO) + np.float32(exponents) * _LN2


@inlined
def log(x: np.float32) -> np.float32:
    """As `single.log`."""
    word = bits(x)
    exponents = np.int32(np.int32(word - _ROOT_HALF_BITS) >> _EXPONENT)
    return _logarithm(single(np.int32(word - (exponents << _EXPONENT))) - ONE, exponents)


@inlined
def log1p(x: np.float32) -> np.float32:
    """As `single.log1p`."""
    x = clipped(x, ZERO, _LARGE)
    exponents = np.int32(np.int32(bits(x + ONE) - _ROOT_HALF_BITS) >> _EXPONENT)
    scale = single(np.int32(_BIAS - (exponents << _EXPONENT)))
    return _logarithm(x * scale + (scale - ONE), exponents)
