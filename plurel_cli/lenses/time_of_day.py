"""Times on a clock."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.integer import WholeLens, whole_series
from plurel_cli.marginals import Marginal
from plurel_cli.marginals.normal import Normal
from plurel_cli.numerics.stream import Draws

if TYPE_CHECKING:
    import polars as pl

MINUTES = 1_440


@lenses.kind
class TimeOfDay(WholeLens):
    """Times on a clock, as HH:MM; the distribution is of minutes after midnight."""

    kind: Literal["time_of_day"] = Field(default="time_of_day", description="Which lens.")
    max: float | None = Field(default=MINUTES - 1.0, le=MINUTES - 1, description="Last minute.")
    step: float | None = Field(
        default=5.0, ge=1, le=720, multiple_of=1, description="Minutes are multiples of this."
    )

    @property
    def type(self) -> LensType:
        """Texts."""
        return "string"

    def drawn(self, draws: Draws) -> Marginal:
        """About some hour of the day."""
        return Normal(mean=draws.between(480.0, 1_140.0), sd=draws.between(60.0, 240.0))

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """As HH:MM."""
        import polars as pl

        clock = pl.Series([f"{m // 60:02}:{m % 60:02}" for m in range(MINUTES)])
        return clock.gather(whole_series(name, values, 0.0, MINUTES - 1.0)).alias(name)

    def numbers(self, written: pl.Series) -> NDArray[np.float64]:
        """Minutes after midnight."""
        import polars as pl

        hours, minutes = (written.str.slice(k, 2).cast(pl.Int64, strict=False) for k in (0, 3))
        return super().numbers(hours * 60 + minutes)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """A time on a clock, within the bounds, at multiples of the step."""
        import polars as pl

        yield "must be a time, as HH:MM", ~value.str.contains(r"^([01]\d|2[0-3]):[0-5]\d$")
        hours, minutes = (value.str.slice(k, 2).cast(pl.Int64, strict=False) for k in (0, 3))
        for text, broken in super().rules(hours * 60 + minutes):
            yield f"{text}, in minutes after midnight", broken
