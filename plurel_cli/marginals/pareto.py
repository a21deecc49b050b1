"""The Pareto distribution."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.marginals import LARGEST, Marginal, marginals
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.elementary import expm1, exps, log, log1ps
from plurel_cli.numerics.stream import Draws

Doubles = NDArray[np.float64]


@marginals.kind
class Pareto(Marginal):
    """Pareto: a power law from a least value on."""

    kind: Literal["pareto"] = "pareto"
    least: float = Field(gt=0, le=LARGEST, description="Least value.")
    alpha: float = Field(ge=0.5, le=100, description="Exponent of the tail.")

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Least value log-uniform; α uniform."""
        if whole:
            return cls(least=log_between(draws, 1.0, 10.0), alpha=draws.between(1.2, 3.0))
        return cls(least=log_between(draws, 0.01, 100.0), alpha=draws.between(1.5, 4.0))

    def quantile(self, share: Doubles) -> Doubles:
        """least × (1 − share)^(−1/α)."""
        np.negative(share, out=share)
        share = log1ps(share)
        share *= -1.0 / self.alpha
        share = exps(share)
        share *= self.least
        return share

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        if value <= self.least:
            return 0.0
        return -expm1(-self.alpha * log(value / self.least))
