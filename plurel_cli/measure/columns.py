"""Kinds of feature columns by their values, and how their values are distributed."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import polars as pl

Kind = Literal["boolean", "categorical", "text", "numeric"]

MOST_CATEGORIES = 200
MOST_INTEGER_CATEGORIES = 12
_CATEGORY_SHARE = 0.05
_LEAST_VALUES = 20

_TIMES = 4
"""How many times as many rows as a category has values at most are looked at first."""


def n_distinct(values: pl.Series) -> int:
    """Distinct values, null not counted."""
    return values.n_unique() - bool(values.null_count())


def known(values: pl.Series) -> pl.Series:
    """Values that are not null."""
    return values.drop_nulls() if values.null_count() else values  # the call alone takes time


def holds_integers(values: pl.Series) -> bool:
    """Whether all values are whole numbers, whatever the type they are stored in."""
    if values.dtype.is_integer():
        return True
    if not values.dtype.is_float():
        return False
    numbers = known(values).to_numpy()
    return bool((numbers == np.round(numbers)).all())


def kind_of(values: pl.Series) -> Kind:
    """What a column is, by its values; see `counted`."""
    return counted(values)[0]


def counted(values: pl.Series) -> tuple[Kind, int | None]:
    """What a column is, by its values, and how many are distinct, where that had to be counted.

    Parameters
    ----------
    values
        Numbers, strings or booleans.

    Returns
    -------
    tuple of Kind and int or None
        None where the first rows tell that there are too many for a category.

    Notes
    -----
    Boolean: two distinct values. Categorical: strings with at most 200 distinct values or fewer
    than 5 % of the rows; booleans, and whole numbers, with at most 12. Text: other strings.
    Numeric: the rest.

    Examples
    --------
    >>> import polars as pl
    >>> counted(pl.Series([0.5, 0.5, 7.0])), counted(pl.Series([1, 2, 3]))
    (('boolean', 2), ('categorical', 3))
    """
    import polars as pl

    is_text = values.dtype == pl.String
    most = MOST_CATEGORIES if is_text else MOST_INTEGER_CATEGORIES
    least = math.ceil(_CATEGORY_SHARE * len(values)) if is_text else 0
    first = values.head(_TIMES * max(most, least))
    if len(first) < len(values) and n_distinct(first) > max(most, least):
        return "text" if is_text else "numeric", None
    distinct = n_distinct(values)
    if distinct == 2:
        return "boolean", distinct
    if values.dtype == pl.Boolean:
        return "categorical", distinct
    if is_text:
        few = distinct <= MOST_CATEGORIES or distinct < _CATEGORY_SHARE * len(values)
        return "categorical" if few else "text", distinct
    if distinct <= MOST_INTEGER_CATEGORIES and holds_integers(values):
        return "categorical", distinct
    return "numeric", distinct


def excess_kurtosis(values: NDArray[np.floating]) -> float:
    """Fourth central moment over the squared variance, minus 3: 0 for a normal distribution.

    Notes
    -----
    NaN for 20 values or fewer, and where all are equal.

    Examples
    --------
    >>> excess_kurtosis(np.repeat([-1.0, 1.0], 50))
    -2.0
    """
    if values.size <= _LEAST_VALUES:
        return math.nan
    numbers = values.astype(float)
    squares = (numbers - numbers.mean()) ** 2
    variance = float(squares.mean())
    return float((squares**2).mean() / variance**2) - 3.0 if variance > 0 else math.nan
