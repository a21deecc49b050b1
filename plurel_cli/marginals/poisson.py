"""The Poisson distribution."""

from __future__ import annotations

import math
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.marginals import Marginal, marginals
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.elementary import exps, log, logs
from plurel_cli.numerics.stream import Draws
from plurel_cli.schema.record import remembered

Doubles = NDArray[np.float64]

_REACH = 12.0
"""Deviations beyond which a value has no probability that a share could hit."""


@marginals.kind
class Poisson(Marginal):
    """Poisson."""

    is_whole: ClassVar[bool] = True

    kind: Literal["poisson"] = "poisson"
    mean: float = Field(gt=0, le=1e8, description="Mean.")

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Mean log-uniform."""
        return cls(mean=log_between(draws, 1.0, 100.0))

    @remembered
    def _table(self) -> tuple[int, Doubles]:
        """The least value of any probability, and from there on those of a value or less."""
        reach = _REACH * math.sqrt(self.mean) + 40.0
        first, last = max(math.floor(self.mean - reach), 0), math.ceil(self.mean + reach)
        middle = int(self.mean)
        # Terms relative to that of the middle, so that none is lost; their sum is 1.
        up = np.cumsum(log(self.mean) - logs(np.arange(middle + 1.0, last + 1.0)))
        down = np.cumsum(logs(np.arange(middle, first, -1.0)) - log(self.mean))
        terms = exps(np.concatenate([down[::-1], [0.0], up]))
        sums = np.cumsum(terms)
        return first, sums / sums[-1]

    def quantile(self, share: Doubles) -> Doubles:
        """The first value up to which there is as much."""
        first, sums = self._table
        return first + sums.searchsorted(share, "left").astype(np.float64)

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        return self.upto(math.ceil(value) - 1.0)

    def upto(self, value: float) -> float:
        """The probability of a value or less."""
        first, sums = self._table
        at = math.floor(value) - first
        return 0.0 if at < 0 else float(sums[min(at, len(sums) - 1)])
