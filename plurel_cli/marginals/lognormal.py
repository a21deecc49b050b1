"""The lognormal distribution."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.marginals import LARGEST, Marginal, marginals
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.elementary import exps, log
from plurel_cli.numerics.normal_quantile import normal_probability, normal_quantile
from plurel_cli.numerics.stream import Draws

Doubles = NDArray[np.float64]


@marginals.kind
class Lognormal(Marginal):
    """Lognormal: its logarithm is normal."""

    kind: Literal["lognormal"] = "lognormal"
    median: float = Field(gt=0, le=LARGEST, description="Median.")
    sigma: float = Field(gt=0, le=5, description="Standard deviation of the logarithm.")

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Median log-uniform; σ uniform."""
        if whole:
            return cls(median=log_between(draws, 1.0, 1_000.0), sigma=draws.between(0.7, 1.8))
        return cls(median=log_between(draws, 0.01, 100.0), sigma=draws.between(0.5, 1.5))

    def quantile(self, share: Doubles) -> Doubles:
        """median × exp(σ z)."""
        z = normal_quantile(share)
        z *= self.sigma
        z = exps(z)
        z *= self.median
        return z

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        if value <= 0.0:
            return 0.0
        return normal_probability((log(value) - log(self.median)) / self.sigma)
