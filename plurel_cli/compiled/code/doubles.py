"""Functions of float64, step by step as in `plurel_cli.numerics`."""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code import scalars
from plurel_cli.compiled.code.machine import (
    DOUBLE,
    SINGLE,
    WHOLE,
    Doubles,
    Singles,
    compiled,
    inlined,
    read,
    written,
)
from plurel_cli.numerics import elementary as definitions

_LN2_HIGH, _LN2_LOW = definitions._LN2_HIGH, definitions._LN2_LOW
_LN2 = _LN2_HIGH + _LN2_LOW
_TAYLOR, _AREA_TANGENT = definitions._TAYLOR, definitions._AREA_TANGENT
_ROOT_HALF = definitions._ROOT_HALF
_NORMAL = 2.0**-1022
_LARGER, _BY = 2.0**54, 54
_FRACTION, _HALF_BITS = (1 << 52) - 1, 1022 << 52


@inlined
def _exp(x: float) -> float:
    inside = min(max(x, -700.0), 700.0)
    k = np.floor(inside / _LN2 + 0.5)
    r = (inside - k * _LN2_HIGH) - k * _LN2_LOW
    value = 0.0
    for coefficient in _TAYLOR:
        value = value * r + coefficient
    value = value * np.int64((np.int64(k) + 1023) << 52).view(np.float64)
    return 0.0 if x < -700.0 else (np.inf if x > 700.0 else value)


@inlined
def _log(x: float) -> float:
    if not (0.0 < x < np.inf):
        return -np.inf if x == 0.0 else (x if x > 0.0 else np.nan)
    less = 0
    if x < _NORMAL:
        x, less = x * _LARGER, _BY
    word = np.float64(x).view(np.int64)
    k = (word >> 52) - 1022 - less
    m = np.int64((word & _FRACTION) | _HALF_BITS).view(np.float64)
    if m < _ROOT_HALF:
        m, k = m + m, k - 1
    power = np.float64(k)
    s = (m - 1.0) / (m + 1.0)
    square = s * s
    value = 0.0
    for coefficient in _AREA_TANGENT:
        value = (value + coefficient) * square
    value = value * s + power * _LN2_LOW
    value = value + 2.0 * s
    return value + power * _LN2_HIGH


@compiled(WHOLE(read(DOUBLE, 1), written(DOUBLE, 1)))
def exps(x: Doubles, out: Doubles) -> int:
    """Exponentials.

    Parameters
    ----------
    x, out
        Numbers, and their exponentials.

    Returns
    -------
    int
        0.
    """
    for index in range(len(x)):
        out[index] = _exp(x[index])
    return 0


@compiled(WHOLE(read(DOUBLE, 1), written(DOUBLE, 1)))
def logs(x: Doubles, out: Doubles) -> int:
    """Logarithms.

    Parameters
    ----------
    x, out
        Numbers, and their logarithms.

    Returns
    -------
    int
        0.
    """
    for index in range(len(x)):
        out[index] = _log(x[index])
    return 0


@compiled(
    WHOLE(
        read(DOUBLE, 1),
        read(DOUBLE, 1),
        read(DOUBLE, 1),
        read(DOUBLE, 2),
        read(DOUBLE, 2),
        written(SINGLE, 1),
    )
)
def rising(
    ends: Doubles, shares: Doubles, begins: Doubles, powers: Doubles, points: Doubles, out: Singles
) -> int:
    """Quantiles of a beta distribution at rising points.

    Parameters
    ----------
    ends
        First and last y of the steps, the logarithms beyond them, and both parameters.
    shares, begins, powers
        Of the steps, as in `numerics.beta_quantile.BetaQuantiles`; powers of shape (4, steps).
    points
        Shares, and the logarithms of what is below and above them and of their ratio.
    out
        As many.

    Returns
    -------
    int
        0, or 1 where a number is not finite.
    """
    n_steps, step = len(begins), 0
    for k in range(n_steps):
        if not shares[k] <= shares[k + 1]:
            return 1
    for index in range(len(out)):
        share = points[0, index]
        if share < shares[0]:
            y = ends[0] + (points[1, index] - ends[2]) / ends[4]
        elif share >= shares[n_steps]:
            y = ends[1] - (points[2, index] - ends[3]) / ends[5]
        else:
            while share >= shares[step + 1]:
                step += 1
            t = points[3, index] - begins[step]
            y = powers[3, step] * t + powers[2, step]
            y = y * t + powers[1, step]
            y = y * t + powers[0, step]
        if not abs(y) < np.inf:
            return 1
        out[index] = scalars.logistic(np.float32(y))
    return 0
