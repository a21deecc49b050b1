"""What a config says where a value is drawn: a value, a range, or a list to choose from.

Everywhere alike, `3` is that value, `{min: 3, max: 20}` a uniform range (integers with both ends,
reals without the upper one), `[a, b]` a choice with even odds and `{choices: {a: 2, b: 1}}` one
with weights. What may stand at a place, and how it is read, is told by `kinds`.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from plurel_cli.numerics.generator import Generator
    from plurel_cli.numerics.stream import Draws

T = TypeVar("T")

_INT64_LIMIT = 1 << 63
_ATTEMPTS = 256  # to draw from an inverse range before its octaves are gone by


class Choice(ABC, Generic[T]):
    """A value to be drawn."""

    @abstractmethod
    def draw(self, draws: Draws) -> T:
        """One value; a fixed value consumes nothing."""

    @abstractmethod
    def many(self, generator: Generator, n: int) -> list[T]:
        """n values at once, of an array's randomness (features).

        Parameters
        ----------
        generator
            Randomness of an array.
        n
            How many.

        Returns
        -------
        list
            Values drawn independently.
        """

    def picked(self, generator: Generator, n: int) -> tuple[Sequence[T], NDArray[np.intp]]:
        """As `many`: some values, and which of them each of the n is.

        Parameters
        ----------
        generator
            Randomness of an array.
        n
            How many.

        Returns
        -------
        tuple of sequence and ndarray
            Values, and indices of shape (n,).
        """
        return self.many(generator, n), np.arange(n)

    def numbers(self, generator: Generator, n: int) -> NDArray[np.float64]:
        """As `many`, of a choice of numbers, in an array.

        Parameters
        ----------
        generator
            Randomness of an array.
        n
            How many.

        Returns
        -------
        ndarray
            float64, shape (n,).
        """
        return np.array(self.many(generator, n), dtype=np.float64)

    @abstractmethod
    def dump(self) -> Any:
        """The choice as a config would write it."""

    @property
    @abstractmethod
    def bounds(self) -> tuple[T, T]:
        """Smallest and largest value that can be drawn."""


@dataclass(frozen=True, slots=True)
class Fixed(Choice[T]):
    """Always the same value."""

    value: T

    def draw(self, draws: Draws) -> T:
        return self.value

    def many(self, generator: Generator, n: int) -> list[T]:
        return [self.value] * n

    def picked(self, generator: Generator, n: int) -> tuple[Sequence[T], NDArray[np.intp]]:
        return (self.value,), np.zeros(n, dtype=np.intp)

    def dump(self) -> Any:
        return self.value

    @property
    def bounds(self) -> tuple[T, T]:
        return self.value, self.value


@dataclass(frozen=True, slots=True)
class IntegerRange(Choice[int]):
    """Integers from `min` to `max`, both included; `inverse` weighs k by 1/k."""

    min: int
    max: int
    inverse: bool = False

    def draw(self, draws: Draws) -> int:
        if not self.inverse:
            return self.min + draws.below(self.max - self.min + 1)
        # Rejection from an even draw of k: accepted with probability min/k.
        for _ in range(_ATTEMPTS):
            k = self.min + draws.below(self.max - self.min + 1)
            if draws.below(k) < self.min:
                return k
        return self._draw_wide(draws)

    def _draw_wide(self, draws: Draws) -> int:
        """A draw from a range of many octaves: an octave, then k in it, again if k is rejected.

        An octave from `low` on, with n integers, weighs n / `low`, and k is accepted with
        probability `low` / k, which is above 1/2: two draws at most on average.
        """
        lows = [self.min]
        while lows[-1] * 2 <= self.max:
            lows.append(lows[-1] * 2)
        sizes = [min(low, self.max - low + 1) for low in lows]
        weights = [size / low for size, low in zip(sizes, lows, strict=True)]
        while True:
            octave = draws.weighted(weights)
            k = lows[octave] + draws.below(sizes[octave])
            if draws.below(k) < lows[octave]:
                return k

    def many(self, generator: Generator, n: int) -> list[int]:
        if self.inverse:
            values = range(self.min, self.max + 1)
            return OneOf(tuple(values), tuple(1.0 / k for k in values)).many(generator, n)
        return cast(list[int], generator.integers(self.min, self.max + 1, n).tolist())

    def numbers(self, generator: Generator, n: int) -> NDArray[np.float64]:
        if self.inverse:
            return super().numbers(generator, n)
        return generator.integers(self.min, self.max + 1, n, dtype=np.float64)

    def dump(self) -> Any:
        plain = {"min": self.min, "max": self.max}
        return {**plain, "p": "inverse"} if self.inverse else plain

    @property
    def bounds(self) -> tuple[int, int]:
        return self.min, self.max


@dataclass(frozen=True, slots=True)
class RealRange(Choice[float]):
    """Reals from `min` up to, not including, `max`."""

    min: float
    max: float

    def draw(self, draws: Draws) -> float:
        return draws.between(self.min, self.max)

    def many(self, generator: Generator, n: int) -> list[float]:
        return cast(list[float], self.numbers(generator, n).tolist())

    def numbers(self, generator: Generator, n: int) -> NDArray[np.float64]:
        return generator.uniform(self.min, self.max, n)

    def dump(self) -> Any:
        return {"min": self.min, "max": self.max}

    @property
    def bounds(self) -> tuple[float, float]:
        return self.min, self.max


@dataclass(frozen=True, slots=True)
class OneOf(Choice[T]):
    """One of some values, evenly or by weight."""

    values: tuple[T, ...]
    weights: tuple[float, ...] | None = None

    def draw(self, draws: Draws) -> T:
        if self.weights is None:
            return draws.item(self.values)
        return self.values[draws.weighted(self.weights)]

    def many(self, generator: Generator, n: int) -> list[T]:
        values, which = self.picked(generator, n)
        return [values[index] for index in which.tolist()]

    def picked(self, generator: Generator, n: int) -> tuple[Sequence[T], NDArray[np.intp]]:
        points, bounds = generator.random(n), self.cumulated
        points *= bounds[-1]
        return self.values, bounds.searchsorted(points, side="right")

    @property
    def cumulated(self) -> NDArray[np.float64]:
        """The weights of each value and those before it, shape (values,)."""
        return _cumulated(self.weights or (1.0,) * len(self.values))

    def dump(self) -> Any:
        if self.weights is None:
            plain = list(self.values)
            return {"choices": plain} if reads_like_range(plain) else plain
        return {"choices": dict(zip(self.values, self.weights, strict=True))}

    @property
    def possible(self) -> tuple[T, ...]:
        """Values with a weight above zero."""
        if self.weights is None:
            return self.values
        return tuple(v for v, w in zip(self.values, self.weights, strict=True) if w > 0)

    @property
    def bounds(self) -> tuple[T, T]:
        ordered = sorted(cast(Sequence[Any], self.possible))
        return ordered[0], ordered[-1]


@lru_cache(1 << 10)
def _cumulated(weights: tuple[float, ...]) -> NDArray[np.float64]:
    return np.array(list(accumulate(weights)), dtype=np.float64)


def restricted(choice: Choice[T], allowed: Collection[T]) -> Choice[T] | None:
    """A choice among what of it is allowed, by the same weights; none where nothing is.

    Parameters
    ----------
    choice
        The choice.
    allowed
        What may be drawn.

    Returns
    -------
    Choice or None
        By the same weights; none where nothing is allowed.

    Examples
    --------
    >>> restricted(OneOf(("a", "b", "c"), (1.0, 2.0, 3.0)), {"a", "c"})
    OneOf(values=('a', 'c'), weights=(1.0, 3.0))
    """
    if not isinstance(choice, OneOf):
        return choice if choice.bounds[0] in allowed else None
    weights = choice.weights or (1.0,) * len(choice.values)
    kept = [
        (value, weight)
        for value, weight in zip(choice.values, weights, strict=True)
        if value in allowed and weight > 0
    ]
    return OneOf(*map(tuple, zip(*kept, strict=True))) if kept else None


def reads_like_range(values: object) -> bool:
    """Whether this is a list of two rising integers, which a reader may take for a range."""
    return (
        isinstance(values, list)
        and len(values) == 2
        and all(isinstance(v, int | float) and math.isfinite(v) and v == int(v) for v in values)
        and values[0] < values[1]
    )
