"""The Weibull distribution."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.marginals import LARGEST, Marginal, marginals
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.elementary import exp, expm1, exps, log, log1ps, logs
from plurel_cli.numerics.stream import Draws

Doubles = NDArray[np.float64]


@marginals.kind
class Weibull(Marginal):
    """Weibull: waiting times whose hazard rises (shape above 1) or falls."""

    kind: Literal["weibull"] = "weibull"
    scale: float = Field(gt=0, le=LARGEST, description="What 63 % of the values are below.")
    shape: float = Field(ge=0.2, le=50, description="Shape; 1 is exponential.")

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Scale log-uniform; shape log-uniform about 1."""
        scale = log_between(draws, 1.0 if whole else 0.01, 100.0)
        return cls(scale=scale, shape=log_between(draws, 0.5, 4.0))

    def quantile(self, share: Doubles) -> Doubles:
        """scale × (−ln(1 − share))^(1/shape)."""
        np.negative(share, out=share)
        share = logs(-log1ps(share))
        share *= 1.0 / self.shape
        share = exps(share)
        share *= self.scale
        return share

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        if value <= 0.0:
            return 0.0
        return -expm1(-exp(self.shape * (log(value) - log(self.scale))))
