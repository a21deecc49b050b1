"""Columns of whole numbers and of prices, mapped by rank as in `marginals`.

A quantile of a distribution on the line goes on to a whole number or price next to it, so that
many rows share a value; how often each occurs follows from the distribution alone.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.transforms import Transform, transforms
from plurel_cli.features.transforms.marginals import (
    ByRank,
    Distribution,
    ZeroInflatedMarginal,
    log_uniform,
)
from plurel_cli.marginals.lognormal import Lognormal
from plurel_cli.marginals.normal import Normal
from plurel_cli.marginals.pareto import Pareto
from plurel_cli.marginals.prices import priced
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True)
class Steps:
    """Whole numbers from `low` on, `n` of them, each as likely."""

    low: int
    n: int

    def quantile(self, share: Doubles) -> Doubles:
        share *= self.n
        np.floor(share, out=share)
        share += self.low
        return share

    def share(self, value: float) -> float:
        k = min(max(round(value) - self.low, 0), self.n - 1)
        return (k + 0.5) / self.n


@dataclass(frozen=True)
class Whole:
    """A distribution taken to whole numbers, none of them below `least`.

    A value x becomes ⌊x + up⌋: the nearest for one half, the one below for 0.
    """

    rest: Distribution
    least: int
    up: float

    def quantile(self, share: Doubles) -> Doubles:
        value = self.rest.quantile(share)
        value += self.up
        np.floor(value, out=value)
        return np.maximum(value, self.least, out=value)

    def share(self, value: float) -> float:
        k = max(round(value), self.least)
        below = 0.0 if k == self.least else self.rest.share(k - self.up)
        return 0.5 * (below + self.rest.share(k + 1 - self.up))


@dataclass(frozen=True)
class Prices:
    """A distribution taken to prices: multiples of a unit, halves of it, and a cent below it.

    Attributes
    ----------
    rest
        Distribution of what is priced, 0 or more.
    ends
        Where a cell of one unit, from one multiple of it to the next, is cut: what lies before
        the first cut becomes the multiple, what lies before the second half a unit more, and the
        rest a cent less than the next multiple.
    first, second
        Units are 1 below the first of these, 5 below the second and 10 from there on; multiples
        of 10.
    """

    rest: Distribution
    ends: tuple[float, float]
    first: int
    second: int

    def quantile(self, share: Doubles) -> Doubles:
        return priced(self.rest.quantile(share), self.ends, (self.first, self.second))

    def share(self, value: float) -> float:
        value = max(value, 0.0)
        unit = 1.0 if value < self.first else 5.0 if value < self.second else 10.0
        cell = math.floor(value / unit)
        within = value / unit - cell
        cuts = (0.0, *self.ends, 1.0)
        third = 0 if within < 0.25 else 1 if within < 0.75 else 2
        low, high = cuts[third : third + 2]
        return 0.5 * (self.rest.share((cell + low) * unit) + self.rest.share((cell + high) * unit))


@transforms()
def flag(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Lowest 5 to 95 % of the ranks become 0, the others 1."""
    return ByRank(reference, ZeroInflatedMarginal(generator.uniform(0.05, 0.95), Steps(1, 1)))


@transforms()
def integer_uniform(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Whole numbers of equal odds, by rank: log-uniformly 3 to 5,000, from 0, 1 or up to 2,000."""
    n = round(log_uniform(3.0, 5_000.0, generator))
    start = generator.random()
    low = 1 if start < 0.5 else 0 if start < 0.75 else int(generator.integers(2, 2_001))
    return ByRank(reference, Steps(low, n))


@transforms()
def integer_normal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Rounded normal, 0 or more, by rank; deviation log-uniform in 1..100, mean 0 to 6 of them."""
    sd = log_uniform(1.0, 100.0, generator)
    return ByRank(reference, Whole(Normal(mean=sd * generator.uniform(0.0, 6.0), sd=sd), 0, 0.5))


@transforms()
def integer_lognormal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Rounded lognormal, by rank; median log-uniform in 1..1,000, σ uniform in 0.7..1.8."""
    rest = Lognormal(median=log_uniform(1.0, 1_000.0, generator), sigma=generator.uniform(0.7, 1.8))
    return ByRank(reference, Whole(rest, 0, 0.5))


@transforms()
def integer_power_law(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Pareto rounded down, by rank; least value log-uniform in 1..10, α uniform in 1.2..3."""
    rest = Pareto(least=log_uniform(1.0, 10.0, generator), alpha=generator.uniform(1.2, 3.0))
    return ByRank(reference, Whole(rest, 0, 0.0))


@transforms()
def integer_zero_inflated(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Lowest 10 to 70 % of the ranks become 0, the others a rounded lognormal from 1 on."""
    p_zero = generator.uniform(0.1, 0.7)
    rest = Lognormal(median=log_uniform(1.0, 300.0, generator), sigma=generator.uniform(0.7, 1.8))
    return ByRank(reference, ZeroInflatedMarginal(p_zero, Whole(rest, 1, 0.5)))


@transforms()
def heaped(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Prices, by rank: lognormal, at multiples of 1, 5 or 10, half-way, or a cent below."""
    rest = Lognormal(median=log_uniform(3.0, 300.0, generator), sigma=generator.uniform(0.5, 1.2))
    whole, half, _ = generator.dirichlet(np.ones(3)).tolist()
    first = 10 * int(generator.integers(1, 6))
    second = first + 10 * int(generator.integers(1, 16))
    return ByRank(reference, Prices(rest, (whole, whole + half), first, second))
