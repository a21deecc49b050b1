"""A few numbers, each with a weight."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.marginals import LARGEST, Marginal, marginals
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.stream import Draws
from plurel_cli.prose import listed, number
from plurel_cli.schema.record import remembered

Doubles = NDArray[np.float64]

MOST = 10_000
"""Numbers that there may be."""


@marginals.kind
class OfValues(Marginal):
    """Given numbers, each with a weight."""

    kind: Literal["numbers"] = "numbers"
    numbers: tuple[float, ...] = Field(strict=False, description="The numbers, each once.")
    weights: tuple[float, ...] = Field(strict=False, description="Weight of each.")

    @model_validator(mode="before")
    @classmethod
    def _as_lists(cls, raw: Any) -> Any:
        """A config writes a map from numbers to weights."""
        if isinstance(raw, dict) and "numbers" not in raw:
            weights = {name: value for name, value in raw.items() if name != "kind"}
            return {"numbers": [*weights], "weights": [*weights.values()]}
        return raw

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not 1 <= len(self.numbers) <= MOST or len(self.numbers) != len(self.weights):
            raise ValueError(f"must have 1 to {MOST} numbers, each with a weight")
        if len(set(self.numbers)) < len(self.numbers):
            raise ValueError("must have each number once")
        if not all(abs(number) <= LARGEST for number in self.numbers):
            raise ValueError(f"numbers must be between -{LARGEST:g} and {LARGEST:g}")
        if not all(0.0 <= weight <= LARGEST for weight in self.weights) or not any(self.weights):
            raise ValueError(f"weights must be from 0 to {LARGEST:g}, and one above 0")
        return self

    @classmethod
    def drawn(cls, draws: Draws, *, whole: bool) -> Self:
        """Up to eight rising numbers, their weights log-uniform."""
        step = log_between(draws, 1.0, 50.0)
        numbers = sorted({float(round(step * (k + 1))) for k in range(2 + draws.below(7))})
        weights = [log_between(draws, 0.1, 10.0) for _ in numbers]
        return cls(numbers=tuple(numbers), weights=tuple(weights))

    @remembered
    def _table(self) -> tuple[Doubles, Doubles]:
        """Numbers, rising, and the probability of each or less."""
        numbers = np.array(self.numbers)
        order = numbers.argsort(kind="stable")
        sums = np.cumsum(np.array(self.weights).take(order))
        return numbers.take(order), sums / sums[-1]

    def quantile(self, share: Doubles) -> Doubles:
        """The first number up to which there is as much."""
        numbers, sums = self._table
        return numbers.take(np.minimum(sums.searchsorted(share, "left"), len(numbers) - 1))

    def below(self, value: float) -> float:
        """The probability of less than a value."""
        numbers, sums = self._table
        return float(np.concatenate([[0.0], sums])[numbers.searchsorted(value, "left")])

    def upto(self, value: float) -> float:
        """The probability of a value or less."""
        numbers, sums = self._table
        return float(np.concatenate([[0.0], sums])[numbers.searchsorted(value, "right")])

    @property
    def phrase(self) -> str:
        """Which numbers there are, the first of many."""
        return f"one of the numbers {listed(map(number, self.numbers))}"
