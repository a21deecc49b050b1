"""Elementary functions to the bit, on any machine.

The platform's exponential and logarithm differ in their last bit between libraries and CPUs, and
where such a value decides an integer (is this edge there?) that bit changes a database. These use
only IEEE + − × ÷ and powers of two, which are the same everywhere.
"""

from __future__ import annotations

import math

_LN2_HIGH = 0.6931471803691238  # 33 bits of ln 2, so that k × it is exact for small k
_LN2_LOW = 1.9082149292705877e-10
_TAYLOR = tuple(1.0 / math.factorial(k) for k in range(14, -1, -1))


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


def sigmoid(x: float) -> float:
    """1 / (1 + e⁻ˣ), between 0 and 1.

    Examples
    --------
    >>> sigmoid(0.0)
    0.5
    """
    return 1.0 / (1.0 + exp(-x))
