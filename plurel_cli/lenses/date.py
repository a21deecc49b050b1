"""Days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.integer import whole_series
from plurel_cli.lenses.times import DAY, TimeLens

if TYPE_CHECKING:
    import polars as pl

_ENDS = -719_162.0, 2_932_896.0
"""The first day of year 1 and the last of 9999, in days since 1970."""


@lenses.kind
class Date(TimeLens):
    """Days: of birth, of a contract, of an invoice."""

    kind: Literal["date"] = Field(default="date", description="Which lens.")

    grain: ClassVar[float] = DAY

    @property
    def type(self) -> LensType:
        """Days."""
        return "date"

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """As days."""
        import polars as pl

        return whole_series(name, values / DAY, *_ENDS).cast(pl.Int32).cast(pl.Date)

    def numbers(self, written: pl.Series) -> NDArray[np.float64]:
        """Seconds since 1970."""
        import polars as pl

        return super().numbers(written.cast(pl.Int32)) * DAY
