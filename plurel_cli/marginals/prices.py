"""Prices: near round amounts and a cent below them."""

from __future__ import annotations

import math
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.marginals import LARGEST, Marginal, marginals
from plurel_cli.marginals.lognormal import Lognormal
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.stream import Draws
from plurel_cli.prose import settings

Doubles = NDArray[np.float64]

_CENT = 0.01

_CLOSE = 1e-9
"""Prices that are so close to each other are one, with its last bits rounded otherwise."""


def priced(amount: Doubles, ends: tuple[float, float], steps: tuple[float, float]) -> Doubles:
    """Amounts taken to prices: multiples of a unit, halves of it, and a cent below it.

    Parameters
    ----------
    amount
        0 or more; overwritten.
    ends
        Where a cell of one unit, from one multiple of it to the next, is cut: what lies before
        the first cut becomes the multiple, what lies before the second half a unit more, and the
        rest a cent less than the next multiple.
    steps
        Units are 1 below the first of these, 5 below the second and 10 from there on.

    Returns
    -------
    ndarray
        Of the same shape.
    """
    first, second = steps
    unit = np.where(amount < first, 1.0, np.where(amount < second, 5.0, 10.0))
    amount /= unit
    cell = np.floor(amount)
    amount -= cell
    is_half, is_next = amount >= ends[0], amount >= ends[1]
    cell += np.where(is_next, 1.0, 0.5 * is_half)
    cell *= unit
    cell -= _CENT * is_next
    return cell


@marginals.kind
class PricesMarginal(Marginal):
    """Lognormal, taken to whole units, to half of one, or to a cent below the next."""

    kind: Literal["prices"] = "prices"
    median: float = Field(gt=0, le=LARGEST, description="Median before that.")
    sigma: float = Field(gt=0, le=5, description="Standard deviation of the logarithm.")
    whole: float = Field(default=0.3, ge=0, le=1, description="Share of whole units.")
    half: float = Field(default=0.2, ge=0, le=1, description="Share of half units.")
    first: float = Field(default=20.0, gt=0, description="A unit is 1 below this amount.")
    second: float = Field(
        default=100.0, gt=0, description="A unit is 5 below this amount, and 10 from there on."
    )

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.whole + self.half > 1.0:
            raise ValueError("whole and half together must be at most 1")
        if not (self.first <= self.second and self.first % 10 == self.second % 10 == 0):
            raise ValueError("first and second must be multiples of 10, first the smaller")
        return self

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Median log-uniform; σ, shares and amounts uniform."""
        shares = sorted((draws.uniform(), draws.uniform()))
        first = 10.0 * (1 + draws.below(5))
        return cls(
            median=log_between(draws, 3.0, 300.0),
            sigma=draws.between(0.5, 1.2),
            whole=shares[0],
            half=shares[1] - shares[0],
            first=first,
            second=first + 10.0 * (1 + draws.below(15)),
        )

    @property
    def _rest(self) -> Lognormal:
        return Lognormal(median=self.median, sigma=self.sigma)

    def _unit(self, value: float) -> float:
        return 1.0 if value < self.first else 5.0 if value < self.second else 10.0

    def quantile(self, share: Doubles) -> Doubles:
        """What the amount is taken to."""
        ends = self.whole, self.whole + self.half
        return priced(self._rest.quantile(share), ends, (self.first, self.second))

    def _steps(self, value: float) -> tuple[tuple[float, float], ...]:
        """What is written of the unit that a value lies in, and the amounts from which it is."""
        unit = self._unit(value)
        begin = math.floor(value / unit) * unit
        end = begin + unit
        return (
            (begin, begin),
            (begin + 0.5 * unit, begin + self.whole * unit),
            (end - _CENT, begin + (self.whole + self.half) * unit),
            (math.inf, end),
        )

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        steps = self._steps(max(value, 0.0))
        return self._rest.below(next(first for price, first in steps if price > value - _CLOSE))

    def upto(self, value: float) -> float:
        """The probability of a value or less."""
        if value < 0.0:
            return 0.0
        steps = self._steps(value)
        return self._rest.below(next(first for price, first in steps if price > value + _CLOSE))

    @property
    def phrase(self) -> str:
        """How prices spread; where they end is left out."""
        return f"prices with {settings((('median', self.median), ('sigma', self.sigma)))}"
