"""The geometric distribution."""

from __future__ import annotations

import math
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.marginals import Marginal, marginals
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.elementary import expm1, log1p, log1ps
from plurel_cli.numerics.stream import Draws

Doubles = NDArray[np.float64]


@marginals.kind
class Geometric(Marginal):
    """Geometric from 0 on: P(K ≥ k) = (mean / (1 + mean))ᵏ."""

    is_whole: ClassVar[bool] = True

    kind: Literal["geometric"] = "geometric"
    mean: float = Field(gt=0, le=1e9, description="Mean.")

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Mean log-uniform."""
        return cls(mean=log_between(draws, 1.0, 50.0))

    def quantile(self, share: Doubles) -> Doubles:
        """The floor of an exponential variable."""
        np.negative(share, out=share)
        share = log1ps(share)
        share *= -1.0 / log1p(1.0 / self.mean)
        return np.floor(share, out=share)

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        return -expm1(-max(math.ceil(value), 0) * log1p(1.0 / self.mean))

    def upto(self, value: float) -> float:
        """The probability of a value or less."""
        return self.below(math.floor(value) + 1.0)
