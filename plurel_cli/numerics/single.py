"""Elementary functions of float32 arrays, the same to the bit on every machine.

Numpy's own loops for these differ with the CPU. Each of ours is a short sequence of + − × ÷ over
whole arrays, a pass for each, since a CPU that multiplies and adds at once would round once where
others round twice. They overwrite their argument, and agree with the true function of it to about
10⁻⁶, of its size where it says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_ONE = np.float32(1.0)
_TWO = np.float32(2.0)
_ZERO = np.float32(0.0)
_LARGE = np.float32(1e38)

_LOG2E = np.float32(1.4426950408889634)
_TWO_LOG2E = np.float32(2.0 * 1.4426950408889634)
_LN2 = np.float32(0.6931471805599453)
_A_TURN = 0.15915494309189535  # 1 / 2π
_ROUND = np.float32(1.5 * 2.0**23)  # added and taken off again, it rounds to a whole number
_LEAST, _MOST = np.float32(-80.0), np.float32(88.0)  # whose exponentials are normal numbers
_TINY = np.float32(1e-15)  # whose square is: CPUs are slow where float32 loses digits
_STRAIGHT = np.float32(10.0)  # beyond, tanh is 1 to the last bit
_EXPONENT = np.int32(23)  # where a float32's exponent begins
_BIAS = np.int32(127 << 23)

# 2^f = (c + f) / (c − f) for |f| ≤ ½ with c a polynomial of f²: minimax fits, the first to 4e-7 of
# 2^f, the other to 1e-9 of c, for what must be accurate next to 0 as well.
_EXP = np.float32(2.8854075237373045), np.float32(0.11523740362466053)
_EXPM1 = (
    np.float32(2.885390081786553),
    np.float32(0.1155244208156153),
    np.float32(-0.0009219938778030283),
)

# sin 2πt for |t| ≤ ½ as an odd polynomial, highest power first: a minimax fit within 8e-8.
_SINE = tuple(
    np.float32(power)
    for power in (
        -12.327299563886168,
        41.25001035416768,
        -76.5934634882787,
        81.59802229948579,
        -41.341532727932666,
        6.283185017089834,
    )
)

# ln m = s p(s²) for s = (m − 1)/(m + 1), highest power first: minimax fits within 2e-7, for m from
# √½ to √2 and from 1 to 2.
_LOG = tuple(
    np.float32(power) for power in (0.29687509357517444, 0.39986166498917886, 0.6666668768434345)
)
_LOG1P = tuple(
    np.float32(power) for power in (0.34226013607222167, 0.39589499174494913, 0.6667599918398285)
)
_ROOT_HALF_BITS = np.int32(np.float32(0.70710678).view(np.int32))


def _halved(x: Floats) -> tuple[Floats, Floats, NDArray[np.int32]]:
    """Of 2^x: c + f and c − f, and the exponent k in place of a float32's, where x = k + f."""
    k = x + _ROUND
    c = k - _ROUND
    x -= c
    np.multiply(x, x, c)
    c *= _EXP[1]
    c += _EXP[0]
    above = c + x
    c -= x
    exponents = k.view(np.int32)
    exponents <<= _EXPONENT
    return above, c, exponents


def exp(x: Floats) -> Floats:
    """eˣ, to 10⁻⁶ of its size where |x| is at most 10; between 10⁻³⁵ and 10³⁸.

    Examples
    --------
    >>> exp(np.array([0.0, -np.inf], dtype=np.float32)).round(3).tolist()
    [1.0, 0.0]
    """
    x.clip(_LEAST, _MOST, out=x)
    x *= _LOG2E
    above, below, exponents = _halved(x)
    np.divide(above, below, x)
    bits = x.view(np.int32)
    bits += exponents
    return x


def logistic(x: Floats) -> Floats:
    """1 / (1 + e⁻ˣ).

    Examples
    --------
    >>> logistic(np.zeros(1, dtype=np.float32)).tolist()
    [0.5]
    """
    x.clip(_LEAST, -_LEAST, out=x)
    x *= -_LOG2E
    above, below, exponents = _halved(x)
    bits = above.view(np.int32)
    bits += exponents
    above += below
    values: Floats = np.divide(below, above, x)
    return values


def _parts(x: Floats) -> tuple[Floats, Floats, Floats]:
    """Of 2^x: c, f and 2^k, where x = k + f."""
    k = x + _ROUND
    c = k - _ROUND
    x -= c
    square = np.multiply(x, x, c)
    c = square * _EXPM1[2]
    c += _EXPM1[1]
    c *= square
    c += _EXPM1[0]
    bits = k.view(np.int32)
    bits <<= _EXPONENT
    bits += _BIAS
    return c, x, k


def expm1(x: Floats) -> Floats:
    """eˣ − 1 for x of at most 0, to 10⁻⁶ of its size.

    Examples
    --------
    >>> expm1(np.array([0.0, -np.inf], dtype=np.float32)).tolist()
    [0.0, -1.0]
    """
    x.clip(_LEAST, _ZERO, out=x)
    x *= _LOG2E
    c, f, power = _parts(x)
    below = c - f
    less = power - _ONE
    c *= less
    power += _ONE
    power *= f
    c += power
    values: Floats = np.divide(c, below, x)
    return values


def tanh(x: Floats) -> Floats:
    """Hyperbolic tangent, to 10⁻⁶ of its size.

    Examples
    --------
    >>> tanh(np.array([0.0, np.inf], dtype=np.float32)).tolist()
    [0.0, 1.0]
    """
    x.clip(-_STRAIGHT, _STRAIGHT, out=x)
    x *= _TWO_LOG2E
    c, f, power = _parts(x)
    less = power - _ONE
    power += _ONE
    below = power * c
    c *= less
    power *= f
    c += power
    f *= less
    below += f
    values: Floats = np.divide(c, below, x)
    return values


def _polynomial(powers: tuple[np.float32, ...], x: Floats) -> Floats:
    value = x * powers[0]
    for power in powers[1:-1]:
        value += power
        value *= x
    value += powers[-1]
    return value


def sine_of_turns(t: Floats) -> Floats:
    """sin 2πt, to 10⁻⁶ of t as it is.

    Examples
    --------
    >>> sine_of_turns(np.array([0.0, 0.25, 1.0], dtype=np.float32)).round(3).tolist()
    [0.0, 1.0, 0.0]
    """
    square = np.rint(t)
    t -= square
    np.multiply(t, t, square)
    t *= _polynomial(_SINE, square)
    return t


def sine(x: Floats, quarters: int = 0) -> Floats:
    """sin x, or with one quarter of a turn cos x, to 10⁻⁶ whatever the size of x.

    Parameters
    ----------
    x
        Angles in radians.
    quarters
        Quarters of a turn that are added.

    Returns
    -------
    ndarray
        float32, of the same shape.

    Notes
    -----
    Turns are counted in float64, since x itself may be many.

    Examples
    --------
    >>> sine(np.zeros(1, dtype=np.float32), 1).round(3).tolist()
    [1.0]
    """
    turns = x.astype(np.float64)
    turns *= _A_TURN
    if quarters:
        turns += 0.25 * quarters
    turns -= np.rint(turns)
    x[...] = turns
    return sine_of_turns(x)


def log1p_of_share(x: Floats) -> Floats:
    """ln(1 + x) for x from 0 to 1, to 10⁻⁶ of its size.

    Examples
    --------
    >>> log1p_of_share(np.array([0.0, 1.0], dtype=np.float32)).round(3).tolist()
    [0.0, 0.6930000185966492]
    """
    below = x + _TWO
    x /= below
    np.maximum(x, _TINY, out=below)
    below *= below
    value = _polynomial(_LOG1P, below)
    value *= below
    value += _TWO
    x *= value
    return x


def _logarithm(f: Floats, exponents: NDArray[np.int32]) -> Floats:
    """k ln 2 + ln(1 + f), in place of f."""
    square = f + _TWO
    f /= square
    np.multiply(f, f, square)
    value = _polynomial(_LOG, square)
    value *= square
    value += _TWO
    f *= value
    k = exponents.astype(np.float32)
    k *= _LN2
    f += k
    return f


def log(x: Floats) -> Floats:
    """Natural logarithm of what is at least 10⁻³⁸, to 10⁻⁶ and as much of its size.

    Examples
    --------
    >>> log(np.array([1.0, 0.5], dtype=np.float32)).round(3).tolist()
    [0.0, -0.6930000185966492]
    """
    bits = x.view(np.int32)
    exponents = bits - _ROOT_HALF_BITS
    exponents >>= _EXPONENT
    bits -= exponents << _EXPONENT
    x -= _ONE
    return _logarithm(x, exponents)


def log1p(x: Floats) -> Floats:
    """ln(1 + x) for x of at least 0, to 10⁻⁶ of its size.

    Examples
    --------
    >>> log1p(np.array([0.0, 1.0], dtype=np.float32)).round(3).tolist()
    [0.0, 0.6930000185966492]
    """
    x.clip(_ZERO, _LARGE, out=x)
    exponents = (x + _ONE).view(np.int32)
    exponents -= _ROOT_HALF_BITS
    exponents >>= _EXPONENT
    power = _BIAS - (exponents << _EXPONENT)
    scale = power.view(np.float32)  # 2⁻ᵏ
    x *= scale
    scale -= _ONE
    x += scale
    return _logarithm(x, exponents)
