"""Whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.families import drawn_marginal
from plurel_cli.lenses.numbers import NumberLens
from plurel_cli.marginals import Marginal
from plurel_cli.numerics.stream import Draws

if TYPE_CHECKING:
    import polars as pl


class WholeLens(NumberLens):
    """The base of lenses on whole numbers."""

    min: float | None = Field(default=0.0, description="Least value.")
    step: float | None = Field(
        default=1.0, ge=1, le=1e9, multiple_of=1, description="Values are multiples of this."
    )

    @property
    def type(self) -> LensType:
        """64-bit integers."""
        return "int64"

    def drawn(self, draws: Draws) -> Marginal:
        """Counts, sums and measures as real databases have them."""
        return drawn_marginal(draws, whole=True)

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """As integers."""
        return whole_series(name, values)


@lenses.kind
class Integer(WholeLens):
    """Whole numbers: counts, ages, quantities."""

    kind: Literal["integer"] = Field(default="integer", description="Which lens.")


_MOST = 2.0**63 - 1024
"""The largest float64 that is an int64."""


def whole_series(
    name: str, values: NDArray[Any], least: float = -_MOST, most: float = _MOST
) -> pl.Series:
    """Whole numbers that are carried as floats, NaN for null.

    Parameters
    ----------
    name
        Name of the column.
    values
        float64.
    least, most
        What can be written: others are the nearest that can, on every machine.

    Returns
    -------
    Series
        Int64, with nulls.
    """
    import polars as pl

    values = np.clip(values, least, most)
    empty = np.isnan(values)
    if not empty.any():
        return pl.Series(name, values.astype(np.int64))
    series = pl.Series(name, np.where(empty, 0.0, values).astype(np.int64))
    return series.set(pl.Series(empty), None)
