"""How long something takes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.integer import WholeLens
from plurel_cli.marginals import Marginal
from plurel_cli.marginals.lognormal import Lognormal
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.stream import Draws


@lenses.kind
class Duration(WholeLens):
    """How long something takes, in whole seconds."""

    kind: Literal["duration"] = Field(default="duration", description="Which lens.")
    unit: str | None = Field(default="s", max_length=40, description="Unit, for readers.")

    def drawn(self, draws: Draws) -> Marginal:
        """Lognormal, about seconds to days."""
        median = log_between(draws, 10.0, 86_400.0)
        return Lognormal(median=median, sigma=draws.between(0.5, 1.5))
