"""Elementary functions to the bit, on any machine.

The platform's exponential and logarithm differ in their last bit between libraries and CPUs, and
where such a value decides an integer (is this edge there?) that bit changes a database. These use
only IEEE + − × ÷ and powers of two, which are the same everywhere.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from plurel_cli.kernel import twin

_LN2_HIGH = 0.6931471803691238  # 33 bits of ln 2, so that k × it is exact for small k
_LN2_LOW = 1.9082149292705877e-10
_TAYLOR = tuple(1.0 / math.factorial(k) for k in range(14, -1, -1))
_AREA_TANGENT = tuple(2.0 / (2 * k + 1) for k in range(12, 0, -1))
_ROOT_HALF = 0.7071067811865476
_CACHED = 1 << 13  # elements whose temporaries stay in the cache
_FEW = 12  # elements up to which one by one is faster


def exp(x: float) -> float:
    """eˣ with a relative error under 2⁻⁵⁰.

    Parameters
    ----------
    x
        Any real; below −700 gives 0.0 and above 700 gives infinity.

    Notes
    -----
    x = k ln 2 + r with |r| ≤ ln 2 / 2, the Taylor polynomial of degree 14 in r by Horner's rule,
    times 2ᵏ.

    Examples
    --------
    >>> exp(0.0)
    1.0
    """
    if x < -700.0:
        return 0.0
    if x > 700.0:
        return math.inf
    k = math.floor(x / (_LN2_HIGH + _LN2_LOW) + 0.5)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    value = 0.0
    for coefficient in _TAYLOR:
        value = value * r + coefficient
    return math.ldexp(value, k)


def log(x: float) -> float:
    """Natural logarithm with a relative error under 2⁻⁵⁰.

    Parameters
    ----------
    x
        A real of at least 0; 0 gives minus infinity, infinity itself.

    Notes
    -----
    As `logs`, to the bit.

    Examples
    --------
    >>> log(1.0)
    0.0
    """
    if not 0.0 < x < math.inf:
        return -math.inf if x == 0.0 else x if x > 0.0 else math.nan
    m, k = math.frexp(x)
    if m < _ROOT_HALF:
        m, k = m + m, k - 1
    s = (m - 1.0) / (m + 1.0)
    square = s * s
    value = 0.0
    for coefficient in _AREA_TANGENT:
        value = (value + coefficient) * square
    value *= s
    value += k * _LN2_LOW
    value += 2.0 * s
    value += k * _LN2_HIGH
    return value


def expm1(x: float) -> float:
    """eˣ − 1, to a relative error of about 10⁻¹⁵.

    Examples
    --------
    >>> expm1(0.0)
    0.0
    """
    if abs(x) > 0.5:
        return exp(x) - 1.0
    value = 0.0
    for coefficient in _TAYLOR[:-1]:
        value = (value + coefficient) * x
    return value


def log1p(x: float) -> float:
    """ln(1 + x) for x above −1, to a relative error of about 10⁻¹⁵.

    Examples
    --------
    >>> log1p(0.0)
    0.0
    """
    return float(log1ps(np.array([x]))[0])


def sigmoid(x: float) -> float:
    """1 / (1 + e⁻ˣ), between 0 and 1.

    Examples
    --------
    >>> sigmoid(0.0)
    0.5
    """
    return 1.0 / (1.0 + exp(-x))


@twin("exps")
def exps(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """`exp` of every element, to the bit.

    Parameters
    ----------
    x
        Reals, shape (n,).

    Returns
    -------
    NDArray[np.float64]
        A new array, shape (n,).

    Notes
    -----
    Each operation is a pass of its own, since one that multiplies and adds at once would round
    once where others round twice. O(n) time.

    Examples
    --------
    >>> exps(np.array([0.0, -1000.0])).tolist()
    [1.0, 0.0]
    """
    if len(x) <= _FEW:
        return np.array([exp(value) for value in x.tolist()])
    values = np.empty(len(x))
    for begin in range(0, len(x), _CACHED):
        part = x[begin : begin + _CACHED]
        inside = np.minimum(np.maximum(part, -700.0), 700.0)
        k = inside / (_LN2_HIGH + _LN2_LOW)
        k += 0.5
        np.floor(k, out=k)
        inside -= k * _LN2_HIGH
        inside -= k * _LN2_LOW
        value = np.zeros(len(part))
        for coefficient in _TAYLOR:
            value *= inside
            value += coefficient
        value = np.ldexp(value, k.astype(np.int32))
        value[part < -700.0] = 0.0
        value[part > 700.0] = math.inf
        values[begin : begin + _CACHED] = value
    return values


@twin("logs")
def logs(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural logarithm of every element, with a relative error under 2⁻⁵⁰.

    Parameters
    ----------
    x
        Reals of at least 0, shape (n,); 0 gives minus infinity, infinity itself.

    Returns
    -------
    NDArray[np.float64]
        A new array, shape (n,).

    Notes
    -----
    x = m 2ᵏ with m from √½ to √2, and ln m = 2 artanh s = 2 (s + s³/3 + … + s²⁵/25) where
    s = (m − 1) / (m + 1). O(n) time.

    Examples
    --------
    >>> logs(np.array([1.0, 0.0])).tolist()
    [0.0, -inf]
    """
    if len(x) <= _FEW:
        return np.array([log(value) for value in x.tolist()])
    values = np.empty(len(x))
    for begin in range(0, len(x), _CACHED):
        part = x[begin : begin + _CACHED]
        proper = (part > 0.0) & (part < math.inf)
        m, k = np.frexp(np.where(proper, part, 1.0))
        small = m < _ROOT_HALF
        m += m * small
        power = (k - small).astype(np.float64)
        s = (m - 1.0) / (m + 1.0)
        square = s * s
        value = np.zeros(len(part))
        for coefficient in _AREA_TANGENT:
            value += coefficient
            value *= square
        value *= s
        value += power * _LN2_LOW
        value += 2.0 * s
        value += power * _LN2_HIGH
        value[part == 0.0] = -math.inf
        value[part == math.inf] = math.inf
        value[~(part >= 0.0)] = math.nan
        values[begin : begin + _CACHED] = value
    return values


def log1ps(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """ln(1 + x) of every element above −1, to a relative error of about 10⁻¹⁵.

    Notes
    -----
    The logarithm of y = 1 + x as it is rounded, plus what the rounding has cut off over y.

    Examples
    --------
    >>> log1ps(np.array([0.0, 1e-300])).tolist()
    [0.0, 1e-300]
    """
    y = 1.0 + x
    logarithms = logs(y)
    cut = np.where(np.isfinite(x), x - (y - 1.0), 0.0)
    cut /= np.where(y > 0.0, y, 1.0)
    logarithms += cut
    return logarithms


def powers(base: ArrayLike, exponent: ArrayLike) -> NDArray[np.float64]:
    """base^exponent for bases of at least 0, elementwise, with 0⁰ = 1.

    Parameters
    ----------
    base, exponent
        Of shapes that broadcast.

    Returns
    -------
    NDArray[np.float64]
        Of the shape that they broadcast to.

    Examples
    --------
    >>> powers(np.array([0.0, 4.0]), 0.0).tolist()
    [1.0, 1.0]
    """
    bases, exponents = np.broadcast_arrays(
        np.asarray(base, dtype=np.float64), np.asarray(exponent, dtype=np.float64)
    )
    flat, by = bases.ravel(), exponents.ravel()
    values = exps(np.where(by == 0.0, 0.0, by * logs(np.where(by == 0.0, 1.0, flat))))
    return values.reshape(bases.shape)


def tanhs(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Hyperbolic tangent of every element, to an absolute error of about 10⁻¹⁵.

    Examples
    --------
    >>> tanhs(np.array([0.0, 1000.0])).tolist()
    [0.0, 1.0]
    """
    falls = exps(-2.0 * np.abs(x))
    return np.copysign((1.0 - falls) / (1.0 + falls), x)


def cosines(turns: NDArray[np.float64]) -> NDArray[np.float64]:
    """cos 2πt of every element t, to an absolute error of about 10⁻¹⁵ for |t| below 2⁵⁰.

    Parameters
    ----------
    turns
        t, in whole turns, shape (n,).

    Notes
    -----
    By t = k/4 + r with |r| ≤ 1/8, Taylor polynomials in r, and the quarter k.

    Examples
    --------
    >>> cosines(np.array([0.0, 0.25, 0.5])).tolist()
    [1.0, 0.0, -1.0]
    """
    quarters = np.rint(4.0 * turns)
    r = turns - 0.25 * quarters
    r *= _TWO_PI
    square = r * r
    sine, cosine = np.zeros(r.shape), np.zeros(r.shape)
    for by_sine, by_cosine in _CIRCLE:
        sine *= square
        sine += by_sine
        cosine *= square
        cosine += by_cosine
    sine *= r
    quarter = quarters - 4.0 * np.floor(0.25 * quarters)
    values = np.where((quarter == 1.0) | (quarter == 3.0), sine, cosine)
    np.negative(values, where=(quarter == 1.0) | (quarter == 2.0), out=values)
    values += 0.0  # no negative zero
    return values


_TWO_PI = 6.283185307179586
_CIRCLE = tuple(
    ((-1.0) ** k / math.factorial(2 * k + 1), (-1.0) ** k / math.factorial(2 * k))
    for k in range(8, -1, -1)
)
