"""The uniform distribution."""

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
class Uniform(Marginal):
    """Uniform."""

    kind: Literal["uniform"] = "uniform"
    low: float = Field(ge=-LARGEST, le=LARGEST, description="Lower end.")
    high: float = Field(ge=-LARGEST, le=LARGEST, description="Upper end.")

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if not self.low < self.high:
            raise ValueError("low must be below high")
        return self

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Width log-uniform, from about 0 on."""
        if whole:
            width = log_between(draws, 3.0, 5_000.0)
            return cls(low=0.5, high=0.5 + width)
        width = log_between(draws, 0.01, 100.0)
        low = width * draws.between(-1.0, 1.0)
        return cls(low=low, high=low + width)

    def quantile(self, share: Doubles) -> Doubles:
        """low + (high − low) × share."""
        share *= self.high - self.low
        share += self.low
        return share

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        return min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
