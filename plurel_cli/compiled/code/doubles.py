"""Functions of float64, step by step as in `plurel_cli.numerics`."""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code.machine import (
    DOUBLE,
    WHOLE,
    Doubles,
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
_LARGER, _BY = 2.0**54, 54.0
_FRACTION, _HALF_BITS, _EXPONENTS = (1 << 52) - 1, 1022 << 52, 0x7FF


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
    # Without branches, nor a loop over the coefficients, so that several are taken at once.
    scale = _LARGER if x < _NORMAL else 1.0
    by = _BY if x < _NORMAL else 0.0
    word = np.float64(x * scale).view(np.int64)
    m = np.int64((word & _FRACTION) | _HALF_BITS).view(np.float64)
    power = (np.float64(((word >> 52) & _EXPONENTS) - 1022)) - by
    low = 1.0 if m < _ROOT_HALF else 0.0
    m, power = m + m * low, power - low
    s = (m - 1.0) / (m + 1.0)
    square = s * s
    value = _AREA_TANGENT[0] * square
    value = (value + _AREA_TANGENT[1]) * square
    value = (value + _AREA_TANGENT[2]) * square
    value = (value + _AREA_TANGENT[3]) * square
    value = (value + _AREA_TANGENT[4]) * square
    value = (value + _AREA_TANGENT[5]) * square
    value = (value + _AREA_TANGENT[6]) * square
    value = (value + _AREA_TANGENT[7]) * square
    value = (value + _AREA_TANGENT[8]) * square
    value = (value + _AREA_TANGENT[9]) * square
    value = (value + _AREA_TANGENT[10]) * square
    value = (value + _AREA_TANGENT[11]) * square
    value = value * s + power * _LN2_LOW
    value = value + 2.0 * s
    value = value + power * _LN2_HIGH
    finite = value if x < np.inf else x
    logarithm = finite if x >= 0.0 else np.nan
    return -np.inf if x == 0.0 else logarithm


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
