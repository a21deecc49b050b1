"""What lenses on a number have in common: a distribution, bounds and a step.

A value's rank among those of its column becomes a quantile of the distribution within the bounds,
so that whatever the number depends on it keeps; then it is taken to the nearest multiple of the
step. With k steps between them, a value has the probability of all that is nearest to it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil, floor
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.lenses import ColumnSite, Shows, ValueLens
from plurel_cli.marginals import AnyMarginal, Marginal, stated
from plurel_cli.marginals.values import OfValues
from plurel_cli.prose import exact
from plurel_cli.schema.record import remembered

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.numerics.stream import Draws, Stream

Doubles = NDArray[np.float64]

LARGEST = 2.0**53
"""Whole multiples of a step lie between minus and plus this, where float64 has them all."""


class NumberLens(ValueLens):
    """The base of every lens on a number."""

    marginal: AnyMarginal | None = Field(
        default=None, description="Its distribution; drawn where it is left out."
    )
    min: float | None = Field(default=None, description="Least value.")
    max: float | None = Field(default=None, description="Largest value.")
    step: float | None = Field(
        default=None, gt=0, le=1e9, description="Values are multiples of this."
    )
    unit: str | None = Field(default=None, max_length=40, description="Unit, for readers.")

    shows: ClassVar[Shows] = "number"

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """A distribution is written as an entry of its name."""
        return stated(dict(raw))

    @model_validator(mode="after")
    def _possible(self) -> Self:
        for name in ("min", "max"):
            value = getattr(self, name)
            if value is not None and abs(value) > 1e15:
                raise ValueError(f"{name} must be between -1e15 and 1e15, got {value!r}")
        if self.unique:
            raise ValueError("unique must be left out: a number cannot be; a serial or a code can")
        low, high = self.bounds
        if not low <= high:
            raise ValueError(f"min must be at most max, got {self.min!r} and {self.max!r}")
        if self.step is not None and self._first > self._last:
            raise ValueError(f"no multiple of the step {self.step!r} lies from min to max")
        if self.marginal is not None:
            begin, end = self._within(self.marginal)
            if not begin < end:
                raise ValueError(
                    f"the {self.marginal.kind} distribution has nothing from min to max"
                )
        return self

    @abstractmethod
    def drawn(self, draws: Draws) -> Marginal:
        """A distribution, where none is stated."""

    def completed(self, place: ColumnSite, stream: Stream) -> Self:
        """The lens with a distribution, drawn if none is stated."""
        if self.marginal is not None:
            return self
        draws = stream.child("marginal").draws()
        for _ in range(8):  # some have nothing within stated bounds
            marginal = self.drawn(draws)
            begin, end = self._within(marginal)
            if end - begin > 1e-3:
                return self.but(marginal=marginal)
        from plurel_cli.marginals.uniform import Uniform

        low, high = self.bounds
        low = max(low, high - 1e6) if low == -np.inf else low
        high = min(high, low + 1e6) if high == np.inf else high
        half = 0.5 * (self.step or 1.0)
        return self.but(marginal=Uniform(low=low - half, high=high + half))

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and largest value that there can be."""
        low = -np.inf if self.min is None else self.min
        return low, np.inf if self.max is None else self.max

    @remembered
    def exact_step(self) -> Fraction:
        """The step as it is written in decimals."""
        return Fraction(repr(self.step or 1.0))

    @remembered
    def _first(self) -> float:
        """Number of the first multiple of the step within the bounds."""
        low = self.bounds[0]
        return -LARGEST if low == -np.inf else float(ceil(Fraction(repr(low)) / self.exact_step))

    @remembered
    def _last(self) -> float:
        high = self.bounds[1]
        return LARGEST if high == np.inf else float(floor(Fraction(repr(high)) / self.exact_step))

    def _within(self, marginal: Marginal) -> tuple[float, float]:
        """Shares between which a distribution is cut."""
        low, high = self.bounds
        half = 0.0 if self.step is None or marginal.is_whole else 0.5 * self.step
        begin = 0.0 if low == -np.inf else marginal.below(low - half)
        end = 1.0 if high == np.inf else marginal.upto(high + half)
        return begin, end

    @remembered
    def _cut(self) -> tuple[float, float]:
        assert self.marginal is not None  # noqa: S101 (it is complete)
        return self._within(self.marginal)

    def quantile(self, share: Doubles) -> Doubles:
        """Written values of rising shares in (0, 1), which it may overwrite."""
        assert self.marginal is not None  # noqa: S101 (it is complete)
        begin, end = self._cut
        if (begin, end) != (0.0, 1.0):
            share *= end - begin
            share += begin
        value = self.marginal.quantile(share)
        return self.nearest(value)

    def nearest(self, value: Doubles) -> Doubles:
        """Values within the bounds, at multiples of the step."""
        if self.step is None:
            return np.clip(value, *self.bounds)
        above, below = self.exact_step.as_integer_ratio()
        counts = value * (below / above)
        counts += 0.5
        np.floor(counts, out=counts)
        np.clip(counts, self._first, self._last, out=counts)
        if above != 1:
            counts *= float(above)
        if below != 1:
            counts /= float(below)
        counts += 0.0  # never −0
        return counts

    def share(self, value: float) -> float:
        """A share whose written value is this one, or as near to it as there is."""
        assert self.marginal is not None  # noqa: S101 (it is complete)
        begin, end = self._cut
        half = 0.0 if self.step is None or self.marginal.is_whole else 0.5 * self.step
        both = self.marginal.below(value - half) + self.marginal.upto(value + half)
        return min(max((0.5 * both - begin) / (end - begin), 0.0), 1.0)

    def sql_check(self, column: str) -> str | None:
        """Between the bounds, where numbers are written."""
        if self.type == "string":
            return None
        low, high = (f"{bound:.17g}" for bound in self.bounds)
        sides = [f"{column} >= {low}"] * (low != "-inf") + [f"{column} <= {high}"] * (high != "inf")
        return " AND ".join(sides) or None

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """Values within the bounds, at multiples of the step."""
        low, high = self.bounds
        if low > -np.inf:
            yield f"must be at least {low:g}", value < low
        if high < np.inf:
            yield f"must be at most {high:g}", value > high
        if self.step is not None:
            above, below = self.exact_step.as_integer_ratio()
            nearest = (value * (below / above)).round() * (above / below)
            away = (nearest - value).abs() > 1e-12 * (value.abs() + self.step)
            yield f"must be a multiple of {self.step:g}", away

    def without_shape(self) -> Self:
        """The lens without its distribution, unless that is a list of numbers."""
        return self if isinstance(self.marginal, OfValues) else self.but(marginal=None)

    def clauses(self) -> Iterator[str]:
        """Its distribution, and those bounds that the distribution does not keep anyway."""
        shape = self.marginal
        if shape is not None:
            yield shape.phrase
        if self.min is not None and (shape is None or shape.below(self.min) > 0.0):
            yield f"at least {exact(self.min)}"
        if self.max is not None and (shape is None or shape.upto(self.max) < 1.0):
            yield f"at most {exact(self.max)}"
        is_listed = isinstance(shape, OfValues)
        if self.step is not None and self.step not in (0.01, 1) and not is_listed:
            yield f"in steps of {exact(self.step)}"
        if self.unit is not None:
            yield f"in {self.unit}"
