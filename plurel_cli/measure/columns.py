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
    """What a column is, by its values.

    Notes
    -----
    Boolean: two distinct values. Categorical: strings with at most 200 distinct values or fewer
    than 5 % of the rows; booleans, and whole numbers, with at most 12. Text: other strings.
    Numeric: the rest.

    Examples
    --------
    >>> import polars as pl
    >>> kind_of(pl.Series([0.5, 0.5, 7.0])), kind_of(pl.Series([1, 2, 3]))
    ('boolean', 'categorical')
    """
    import polars as pl

    distinct = n_distinct(values)
    if distinct == 2:
        return "boolean"
    if values.dtype == pl.Boolean:
        return "categorical"
    if values.dtype == pl.String:
        few = distinct <= MOST_CATEGORIES or distinct < _CATEGORY_SHARE * len(values)
        return "categorical" if few else "text"
    if distinct <= MOST_INTEGER_CATEGORIES and holds_integers(values):
        return "categorical"
    return "numeric"


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
    squares = (values.astype(float) - values.astype(float).mean()) ** 2
    variance = float(squares.mean())
    return float((squares**2).mean() / variance**2) - 3.0 if variance > 0 else math.nan
