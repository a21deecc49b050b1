"""Amounts of money."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.families import drawn_marginal
from plurel_cli.lenses.number import RealLens
from plurel_cli.marginals import Marginal
from plurel_cli.numerics.stream import Draws


@lenses.kind
class Money(RealLens):
    """Amounts of money, to the cent: prices, fees, salaries."""

    kind: Literal["money"] = Field(default="money", description="Which lens.")
    min: float | None = Field(default=0.0, description="Least value.")
    step: float | None = Field(
        default=0.01, gt=0, le=1e9, description="Values are multiples of this."
    )
    unit: str | None = Field(default=None, max_length=40, description="Currency, for readers.")

    @property
    def sql(self) -> str:
        """Decimals of the step."""
        digits = len(f"{self.step or 0.01:.12f}".partition(".")[2].rstrip("0"))
        return f"DECIMAL(18, {max(digits, 2)})"

    def drawn(self, draws: Draws) -> Marginal:
        """Prices near round amounts, or lognormal ones."""
        return drawn_marginal(draws, whole=False, weights={"prices": 2.0, "lognormal": 1.0})
