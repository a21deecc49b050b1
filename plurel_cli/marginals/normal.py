"""The normal distribution."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.marginals import LARGEST, Marginal, marginals
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.normal_quantile import normal_probability, normal_quantile
from plurel_cli.numerics.stream import Draws

Doubles = NDArray[np.float64]


@marginals.kind
class Normal(Marginal):
    """Normal."""

    kind: Literal["normal"] = "normal"
    mean: float = Field(ge=-LARGEST, le=LARGEST, description="Mean.")
    sd: float = Field(gt=0, le=LARGEST, description="Standard deviation.")

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Deviation log-uniform, mean some deviations from 0; above it for whole numbers."""
        sd = log_between(draws, 1.0, 100.0) if whole else log_between(draws, 0.01, 100.0)
        return cls(mean=sd * draws.between(0.0 if whole else -2.0, 6.0 if whole else 2.0), sd=sd)

    def quantile(self, share: Doubles) -> Doubles:
        """mean + sd × z."""
        z = normal_quantile(share)
        z *= self.sd
        z += self.mean
        return z

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        return normal_probability((value - self.mean) / self.sd)
