"""Times of a day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.integer import whole_series
from plurel_cli.lenses.times import TimeLens

if TYPE_CHECKING:
    import polars as pl

_NANOSECONDS = 1_000_000_000

_ENDS = -9_223_372_036.0, 9_223_372_036.0
"""Seconds since 1970 that 64 bits of nanoseconds hold."""


@lenses.kind
class Timestamp(TimeLens):
    """Days with a time, to the second: when a thing was created, shipped, closed."""

    kind: Literal["timestamp"] = Field(default="timestamp", description="Which lens.")

    grain: ClassVar[float] = 1.0

    @property
    def type(self) -> LensType:
        """Nanoseconds."""
        return "datetime[ns]"

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """As times."""
        import polars as pl

        return (whole_series(name, values, *_ENDS) * _NANOSECONDS).cast(pl.Datetime("ns"))

    def numbers(self, written: pl.Series) -> NDArray[np.float64]:
        """Seconds since 1970."""
        import polars as pl

        counts = written.cast(pl.Datetime("ns")).cast(pl.Int64)
        return super().numbers(counts // _NANOSECONDS)
