"""Columns with nulls in some rows: at random, or where a formula does not hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn

if TYPE_CHECKING:
    import polars as pl


def nulled(values: NDArray[Any] | pl.Series, is_null: NDArray[np.bool_]) -> Any:
    """Values of a block with nulls in some rows.

    Parameters
    ----------
    values
        What a block column gives.
    is_null
        Which rows.

    Returns
    -------
    Series or ndarray
        Of the same type; a null is NaN, or below 0 where values are integers.
    """
    import polars as pl

    if isinstance(values, pl.Series):
        return values.set(pl.Series(is_null), None)
    return np.where(is_null, -1 if values.dtype.kind == "i" else np.nan, values)


@dataclass(frozen=True)
class WithNulls:
    """A column with nulls at random."""

    column: BlockColumn
    nulls: BlockColumn

    def block(self, index: int) -> Any:
        """One block of rows."""
        return nulled(self.column.block(index), self.nulls.block(index))


@dataclass(frozen=True)
class Where:
    """A column with values only where a condition is 1."""

    column: BlockColumn
    condition: BlockColumn

    def block(self, index: int) -> Any:
        """One block of rows."""
        return nulled(self.column.block(index), self.condition.block(index) != 1.0)
