"""Sources whose rows are drawn alike and independently, between two bounds.

The bounds are two sorted uniform draws times a scale that is drawn for each source, as those of
the series are.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.sources import Sampler, sources
from plurel_cli.features.sources.settings import SeriesConfig
from plurel_cli.kernel import twin
from plurel_cli.numerics.beta_quantile import BetaQuantiles, Points, beta_quantiles
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.ordering import order_of_words

Floats = NDArray[np.float32]


def _bounds(generator: Generator, config: SeriesConfig) -> tuple[float, float]:
    scale = config.value_scale.many(generator, 1)[0]
    low, high = sorted(generator.random(2).tolist())
    return low * scale, high * scale


def _between(values: Floats, low: float, high: float) -> Floats:
    """Values from 0 to 1, stretched to the bounds in place."""
    values *= np.float32(high - low)
    values += np.float32(low)
    return values.clip(np.float32(low), np.float32(high), out=values)


@dataclass(frozen=True)
class UniformSource:
    """Uniform from `low` to `high`."""

    low: float
    high: float

    def __call__(self, block: Generator, n: int) -> Floats:
        return _between(block.random(n, dtype=np.float32), self.low, self.high)


@sources()
def uniform(generator: Generator, config: SeriesConfig) -> Sampler:
    """Uniform between the bounds."""
    return UniformSource(*_bounds(generator, config))


@dataclass(frozen=True)
class NormalSource:
    """Normal about the middle of `low` and `high`, clipped to them."""

    low: float
    high: float

    def __call__(self, block: Generator, n: int) -> Floats:
        values = block.standard_normal(n, dtype=np.float32)
        values *= np.float32(0.25)
        values += np.float32(0.5)
        return _between(values, self.low, self.high)


@sources()
def normal(generator: Generator, config: SeriesConfig) -> Sampler:
    """Normal about the middle, a quarter of the range its deviation, clipped to the bounds."""
    return NormalSource(*_bounds(generator, config))


@dataclass(frozen=True)
class BetaSource:
    """Beta(a, b) between `low` and `high`."""

    low: float
    high: float
    a: float
    b: float

    @cached_property
    def _quantiles(self) -> BetaQuantiles:
        return beta_quantiles([self.a], [self.b])

    def __call__(self, block: Generator, n: int) -> Floats:
        return _beta_numbers(self, block, n)

    def of_rising(self, points: Points) -> Floats:
        """Quantiles at rising shares, from 0 to 1."""
        quantiles: Floats = self._quantiles.rising(points)[0]
        return quantiles


@twin("beta_source")
def _beta_numbers(source: BetaSource, block: Generator, n: int) -> Floats:
    """n numbers of a beta source."""
    shares = block.integers(0, 1 << 52, n) + 0.5
    shares *= 2.0**-52
    order = order_of_words(shares.view(np.uint64))  # which rise as they do
    values = np.empty(n, dtype=np.float32)
    values[order] = source.of_rising(Points.of(shares.take(order)))
    return _between(values, source.low, source.high)


@sources()
def beta(generator: Generator, config: SeriesConfig) -> Sampler:
    """Beta between the bounds, both of its parameters uniform from 0.5 to 5."""
    low, high = _bounds(generator, config)
    a, b = generator.uniform(0.5, 5.0, 2).tolist()
    return BetaSource(low, high, a, b)


_COMPONENTS: tuple[Callable[[Generator, SeriesConfig], Sampler], ...] = (uniform, normal, beta)


@dataclass(frozen=True)
class MixtureSource:
    """One of the components for each row, all as likely."""

    components: tuple[Sampler, ...]

    def __call__(self, block: Generator, n: int) -> Floats:
        picked = block.integers(0, len(self.components), size=n, dtype=np.uint8)
        values = np.empty(n, dtype=np.float32)
        for index, component in enumerate(self.components):
            rows = np.flatnonzero(picked == index)
            values[rows] = component(block, rows.size)
        return values


@sources()
def mixture(generator: Generator, config: SeriesConfig) -> Sampler:
    """Two or three of the other three, each with bounds of its own, one drawn for each row."""
    n_components = int(generator.integers(2, 4))
    kinds = generator.integers(0, len(_COMPONENTS), n_components).tolist()
    return MixtureSource(tuple(_COMPONENTS[kind](generator, config) for kind in kinds))
