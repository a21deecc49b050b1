"""The triangular distribution."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.marginals import LARGEST, Marginal, marginals
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.stream import Draws

Doubles = NDArray[np.float64]


@marginals.kind
class Triangular(Marginal):
    """Triangular: for those who know the least, the most and what is usual."""

    kind: Literal["triangular"] = "triangular"
    low: float = Field(ge=-LARGEST, le=LARGEST, description="Lower end.")
    mode: float = Field(description="The most usual value.")
    high: float = Field(ge=-LARGEST, le=LARGEST, description="Upper end.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not (self.low <= self.mode <= self.high and self.low < self.high):
            raise ValueError("low must be below high, and mode from low to high")
        return self

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Width log-uniform, from 0 on; the mode uniform."""
        width = log_between(draws, 5.0 if whole else 0.1, 1_000.0)
        return cls(low=0.0, mode=width * draws.uniform(), high=width)

    def quantile(self, share: Doubles) -> Doubles:
        """Roots of the distance from the nearer end."""
        width, rise = self.high - self.low, self.mode - self.low
        first = int(share.searchsorted(rise / width, "right"))
        share[:first] = self.low + np.sqrt(share[:first] * (width * rise))
        share[first:] = self.high - np.sqrt((1.0 - share[first:]) * (width * (width - rise)))
        return share

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        if value <= self.low:
            return 0.0
        if value >= self.high:
            return 1.0
        width, risen, to_fall = self.high - self.low, value - self.low, self.high - value
        if value < self.mode:
            return risen * risen / (width * (self.mode - self.low))
        return 1.0 - to_fall * to_fall / (width * (self.high - self.mode))
