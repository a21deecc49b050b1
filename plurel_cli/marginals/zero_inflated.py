"""A distribution with many zeros."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from plurel_cli.marginals import AnyMarginal, Marginal, marginals
from plurel_cli.marginals.lognormal import Lognormal
from plurel_cli.numerics.stream import Draws
from plurel_cli.prose import percent

Doubles = NDArray[np.float64]

_LEAST = 2.0**-53


def with_zeros(
    share: Doubles, zeros: float, quantile: Callable[[Doubles], Doubles], least: float
) -> Doubles:
    """Quantiles of a distribution some of whose probability lies at 0; overwrites the shares.

    Parameters
    ----------
    share
        Rising, in (0, 1).
    zeros
        How much of it.
    quantile
        Gives quantiles of the rest.
    least
        The least share that it is asked for.

    Returns
    -------
    ndarray
        Of the same shape.
    """
    first = int(share.searchsorted(zeros))
    within = (share[first:] - zeros) / (1.0 - zeros)
    share[:first] = 0.0
    share[first:] = quantile(np.maximum(within, least, out=within))
    return share


@marginals.kind
class ZeroInflated(Marginal):
    """0 for a share of the rows, another distribution without negative values for the rest."""

    kind: Literal["zero_inflated"] = "zero_inflated"
    zeros: float = Field(gt=0, lt=1, description="Share of zeros.")
    rest: AnyMarginal = Field(description="What the others are, above 0.")

    @field_validator("rest", mode="before")
    @classmethod
    def _named(cls, raw: object) -> object:
        if isinstance(raw, dict) and len(raw) == 1 and "kind" not in raw:
            ((name, parameters),) = raw.items()
            if isinstance(parameters, dict) and "kind" not in parameters:
                return {"kind": name, **parameters}
        return raw

    @field_validator("rest")
    @classmethod
    def _positive(cls, rest: Marginal) -> Marginal:
        if rest.kind == "zero_inflated" or rest.below(0.0) > 0.0:
            raise ValueError("the rest must have no negative values, and no zeros of its own kind")
        return rest

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """A tenth to seven tenths zeros, the rest lognormal."""
        zeros = draws.between(0.1, 0.7)
        return cls(zeros=zeros, rest=Lognormal.drawn(draws, whole=whole))

    def quantile(self, share: Doubles) -> Doubles:
        """0 up to the share of zeros."""
        return with_zeros(share, self.zeros, self.rest.quantile, _LEAST)

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        if value <= 0.0:
            return 0.0
        return self.zeros + (1.0 - self.zeros) * self.rest.below(value)

    def upto(self, value: float) -> float:
        """The probability of a value or less."""
        if value < 0.0:
            return 0.0
        return self.zeros + (1.0 - self.zeros) * self.rest.upto(value)

    @property
    def phrase(self) -> str:
        """How many zeros there are, and what the rest is."""
        return f"0 with a weight of {percent(self.zeros)}, else {self.rest.phrase}"
