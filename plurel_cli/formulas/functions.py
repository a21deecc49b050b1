"""What formulas can compute: each function on whole columns, NaN for null.

Only IEEE operations and integers, so that every machine gets the same bits. What has no value (a
division by zero, an overflow) is null.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]

MANY = 100
"""Arguments that a function of any number may have."""


@dataclass(frozen=True)
class Function:
    """A function of some numbers a row.

    Attributes
    ----------
    arguments
        The least and the largest number of them.
    of
        Gives its values, from one array for each.
    """

    arguments: tuple[int, int]
    of: Callable[..., Doubles]


def _compared(compare: Callable[[Doubles, Doubles], NDArray[np.bool_]]) -> Function:
    def of(a: Doubles, b: Doubles) -> Doubles:
        return np.where(np.isnan(a) | np.isnan(b), np.nan, compare(a, b).astype(np.float64))

    return Function((2, 2), of)


def _divide(a: Doubles, b: Doubles) -> Doubles:
    empty = np.full(np.broadcast(a, b).shape, np.nan)
    quotient: Doubles = np.divide(a, b, out=empty, where=b != 0)
    return quotient


def _modulo(a: Doubles, b: Doubles) -> Doubles:
    return a - np.floor(_divide(a, b)) * b


def _round(a: Doubles, digits: Doubles | None = None) -> Doubles:
    """The nearest multiple of a power of ten, halves away from zero."""
    return rounded(a, np.float64(1.0) if digits is None else _power(digits))


def _power(digits: Doubles) -> Doubles:
    return _POWERS.take(np.clip(np.nan_to_num(digits), 0, 12).astype(np.int64))


def rounded(a: Doubles, power: Doubles | float) -> Doubles:
    """The nearest multiples of one over a power of ten, halves away from zero.

    Parameters
    ----------
    a
        Numbers.
    power
        The power of ten.

    Returns
    -------
    ndarray
        float64; never −0.

    Notes
    -----
    What a few operations on decimals give is a few units in the last place from a decimal; so a
    number that much below a half is one.
    """
    whole = np.floor(np.abs(a) * power * _NUDGE + 0.5)
    return np.copysign(whole / power, a) + 0.0


_NUDGE = 1.0 + 2.0**-48

_POWERS = np.array([float(10**k) for k in range(13)])


def _if(condition: Doubles, yes: Doubles, no: Doubles) -> Doubles:
    return np.where(np.nan_to_num(condition) != 0.0, yes, no)


def _coalesce(*several: Doubles) -> Doubles:
    value = several[0]
    for other in several[1:]:
        value = np.where(np.isnan(value), other, value)
    return value


def _and(a: Doubles, b: Doubles) -> Doubles:
    """False if one is, null if one is null."""
    is_false = (a == 0.0) | (b == 0.0)
    return np.where(is_false, 0.0, np.where(np.isnan(a) | np.isnan(b), np.nan, 1.0))


def _or(a: Doubles, b: Doubles) -> Doubles:
    """True if one is, null if one is null."""
    is_true = (np.nan_to_num(a) != 0.0) | (np.nan_to_num(b) != 0.0)
    return np.where(is_true, 1.0, np.where(np.isnan(a) | np.isnan(b), np.nan, 0.0))


def _extreme(pick: np.ufunc) -> Function:
    def of(*several: Doubles) -> Doubles:
        value = several[0]
        for other in several[1:]:
            value = pick(value, other)
        return value

    return Function((2, MANY), of)


def _days(seconds: Doubles) -> NDArray[np.datetime64]:
    return np.floor(seconds / 86_400.0).astype("datetime64[D]")


def _calendar(part: Callable[[Doubles], NDArray[np.int64]]) -> Function:
    def of(seconds: Doubles) -> Doubles:
        empty = np.isnan(seconds)
        return np.where(empty, np.nan, part(np.where(empty, 0.0, seconds)))

    return Function((1, 1), of)


def _year(seconds: Doubles) -> NDArray[np.int64]:
    return _days(seconds).astype("datetime64[Y]").astype(np.int64) + 1970


def _month(seconds: Doubles) -> NDArray[np.int64]:
    return _days(seconds).astype("datetime64[M]").astype(np.int64) % 12 + 1


def _weekday(seconds: Doubles) -> NDArray[np.int64]:
    return (np.floor(seconds / 86_400.0).astype(np.int64) + 3) % 7


def _hour(seconds: Doubles) -> NDArray[np.int64]:
    return np.floor(seconds / 3_600.0).astype(np.int64) % 24


FUNCTIONS: dict[str, Function] = {
    "add": Function((2, 2), np.add),
    "subtract": Function((2, 2), np.subtract),
    "multiply": Function((2, 2), np.multiply),
    "divide": Function((2, 2), _divide),
    "modulo": Function((2, 2), _modulo),
    "negative": Function((1, 1), np.negative),
    "abs": Function((1, 1), np.abs),
    "floor": Function((1, 1), np.floor),
    "ceil": Function((1, 1), np.ceil),
    "round": Function((1, 2), _round),
    "sqrt": Function((1, 1), lambda a: np.sqrt(np.where(a < 0.0, np.nan, a))),
    "min": _extreme(np.minimum),
    "max": _extreme(np.maximum),
    "if": Function((3, 3), _if),
    "coalesce": Function((1, MANY), _coalesce),
    "is_null": Function((1, 1), lambda a: np.isnan(a).astype(np.float64)),
    "eq": _compared(np.equal),
    "ne": _compared(np.not_equal),
    "lt": _compared(np.less),
    "le": _compared(np.less_equal),
    "gt": _compared(np.greater),
    "ge": _compared(np.greater_equal),
    "and": Function((2, 2), _and),
    "or": Function((2, 2), _or),
    "not": Function((1, 1), lambda a: np.where(np.isnan(a), np.nan, (a == 0.0) * 1.0)),
    "days": Function((1, 1), lambda a: a / 86_400.0),
    "hours": Function((1, 1), lambda a: a / 3_600.0),
    "year": _calendar(_year),
    "month": _calendar(_month),
    "weekday": _calendar(_weekday),
    "hour": _calendar(_hour),
}
"""Functions by name; operators are among them."""

TRUTHS = frozenset({"eq", "ne", "lt", "le", "gt", "ge", "and", "or", "not", "is_null"})
"""Those that give true or false."""

AGGREGATES = ("count", "sum", "mean", "min", "max", "any")
"""Of the rows that refer to a row; `min` and `max` of one thing alone are aggregates."""
