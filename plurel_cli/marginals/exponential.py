"""The exponential distribution."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.marginals import LARGEST, Marginal, marginals
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.elementary import expm1, log1ps
from plurel_cli.numerics.stream import Draws

Doubles = NDArray[np.float64]


@marginals.kind
class Exponential(Marginal):
    """Exponential."""

    kind: Literal["exponential"] = "exponential"
    mean: float = Field(gt=0, le=LARGEST, description="Mean.")

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Mean log-uniform."""
        return cls(mean=log_between(draws, 1.0 if whole else 0.01, 100.0))

    def quantile(self, share: Doubles) -> Doubles:
        """−mean × ln(1 − share)."""
        np.negative(share, out=share)
        share = log1ps(share)
        share *= -self.mean
        return share

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        return -expm1(-max(value, 0.0) / self.mean)
