"""Percentages."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.number import RealLens
from plurel_cli.marginals import Marginal
from plurel_cli.marginals.normal import Normal
from plurel_cli.numerics.stream import Draws


@lenses.kind
class Percentage(RealLens):
    """Percentages from 0 to 100: shares, rates, discounts, marks."""

    kind: Literal["percentage"] = Field(default="percentage", description="Which lens.")
    min: float | None = Field(default=0.0, description="Least value.")
    max: float | None = Field(default=100.0, description="Largest value.")
    step: float | None = Field(
        default=0.1, gt=0, le=1e9, description="Values are multiples of this."
    )

    def drawn(self, draws: Draws) -> Marginal:
        """Normal about any mean, cut at both ends."""
        return Normal(mean=draws.between(0.0, 100.0), sd=draws.between(5.0, 40.0))
