"""Columns as numbers, whatever they are written as: what formulas, bands and lags count with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.schema.column import Attribute, Column, Feature, TimeColumn

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]

_NANOSECONDS = 1e9


def as_numbers(column: Column, values: NDArray[Any] | pl.Series) -> Doubles:
    """Values of a block as float64, NaN for null: a time in seconds, a category by its number.

    Parameters
    ----------
    column
        The column.
    values
        What its block column gives.

    Returns
    -------
    ndarray
        Of the same shape.
    """
    if not isinstance(values, np.ndarray):
        return _read(column, values)
    if isinstance(column, TimeColumn):
        return values.astype(np.float64) / _NANOSECONDS
    numbers: Doubles = values.astype(np.float64)
    if values.dtype.kind == "f":
        return numbers
    if column.nullable:
        numbers[values < 0] = np.nan
    return numbers


def _read(column: Column, written: pl.Series) -> Doubles:
    """What is written as numbers."""
    import polars as pl

    if isinstance(column, Feature | Attribute) and column.lens is not None:
        return column.lens.numbers(written)
    if isinstance(column, TimeColumn):
        return as_numbers(column, written.cast(pl.Datetime("ns")).cast(pl.Int64).to_numpy())
    if column.type == "string":
        written = written.str.strip_prefix("c").cast(pl.Int64)
    numbers: Doubles = written.cast(pl.Float64).fill_null(np.nan).to_numpy()
    return numbers
