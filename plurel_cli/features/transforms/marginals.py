"""Columns mapped by rank to a named distribution.

A value becomes the quantile of its rank / (N + 1), so that a column keeps its order and takes
the distribution's shape, whose parameters are drawn for each column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.ranking import Ranking
from plurel_cli.features.transforms import Transform, transforms
from plurel_cli.marginals.exponential import Exponential
from plurel_cli.marginals.geometric import Geometric
from plurel_cli.marginals.lognormal import Lognormal
from plurel_cli.marginals.normal import Normal
from plurel_cli.marginals.pareto import Pareto
from plurel_cli.marginals.zero_inflated import with_zeros
from plurel_cli.numerics.elementary import exp, log
from plurel_cli.numerics.generator import Generator

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_LEAST = 2.0**-24


class Distribution(Protocol):
    """A distribution on the line."""

    def quantile(self, share: Doubles) -> Doubles:
        """Quantiles of rising shares in (0, 1), which it may overwrite."""
        ...

    def share(self, value: float) -> float:
        """A share whose quantile is the value, or as near to it as there is; 0 to 1."""
        ...


class ByRank:
    """Maps a column by rank to a distribution.

    Parameters
    ----------
    reference
        Reference sample of the raw values, rising.
    distribution
        What the column is mapped to.
    kind
        Type of what is written.
    """

    def __init__(
        self,
        reference: Floats,
        distribution: Distribution,
        kind: type[np.floating] = np.float32,
    ) -> None:
        self._ranking = Ranking(reference)
        self.distribution, self._kind = distribution, kind

    def __call__(self, raw: Floats, generator: Generator, /) -> NDArray[Any]:
        return self._ranking.mapped(raw, self.distribution.quantile, generator, self._kind)

    def inverse(self, written: float, /) -> float:
        """A raw value that is written as this one, or as near to it as there is."""
        return self._ranking.value(self.distribution.share(written))


def log_uniform(low: float, high: float, generator: Generator) -> float:
    """A real whose logarithm is uniform.

    Parameters
    ----------
    generator
        Randomness of the number.
    low, high
        Its bounds, above 0.

    Returns
    -------
    float
    """
    return exp(generator.uniform(log(low), log(high)))


def _scale(generator: Generator) -> float:
    return log_uniform(0.01, 100.0, generator)


@dataclass(frozen=True)
class UniformMarginal:
    """Uniform from `low` to `low + width`, which may be too far from 0 to tell its ends apart."""

    low: float
    width: float

    def quantile(self, share: Doubles) -> Doubles:
        share *= self.width
        share += self.low
        return share

    def share(self, value: float) -> float:
        return min(max((value - self.low) / self.width, 0.0), 1.0)


@dataclass(frozen=True)
class ZeroInflatedMarginal:
    """0 with probability `p_zero`, otherwise another distribution."""

    p_zero: float
    rest: Distribution

    def quantile(self, share: Doubles) -> Doubles:
        return with_zeros(share, self.p_zero, self.rest.quantile, _LEAST)

    def share(self, value: float) -> float:
        if value <= 0.0:
            return 0.5 * self.p_zero
        return self.p_zero + (1.0 - self.p_zero) * self.rest.share(value)


@dataclass(frozen=True)
class Bins:
    """Numbers of bins, by the edges of their shares."""

    edges: Doubles

    def quantile(self, share: Doubles) -> Doubles:
        return self.edges[1:-1].searchsorted(share, "right").astype(np.float64)

    def share(self, value: float) -> float:
        k = min(max(round(value), 0), len(self.edges) - 2)
        return 0.5 * float(self.edges[k] + self.edges[k + 1])


def _lognormal(generator: Generator) -> Lognormal:
    return Lognormal(median=_scale(generator), sigma=generator.uniform(0.5, 1.5))


@transforms()
def uniform_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Uniform, by rank; width log-uniform in 0.01..100, low end within a width of 0."""
    width = _scale(generator)
    return ByRank(reference, UniformMarginal(width * generator.uniform(-1.0, 1.0), width))


@transforms()
def normal_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Normal, by rank; deviation log-uniform in 0.01..100, mean within two deviations of 0."""
    sd = _scale(generator)
    return ByRank(reference, Normal(mean=sd * generator.uniform(-2.0, 2.0), sd=sd))


@transforms()
def lognormal_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Lognormal, by rank; median log-uniform in 0.01..100, σ uniform in 0.5..1.5."""
    return ByRank(reference, _lognormal(generator))


@transforms()
def exponential_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Exponential, by rank; mean log-uniform in 0.01..100."""
    return ByRank(reference, Exponential(mean=_scale(generator)))


@transforms()
def pareto_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Pareto, by rank; least value log-uniform in 0.01..100, α uniform in 1.5..4."""
    return ByRank(reference, Pareto(least=_scale(generator), alpha=generator.uniform(1.5, 4.0)))


@transforms()
def zero_inflated(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Lowest 10 to 70 % of the ranks become 0, the others lognormal or exponential."""
    p_zero = generator.uniform(0.1, 0.7)
    is_lognormal = generator.random() < 0.5
    rest = _lognormal(generator) if is_lognormal else Exponential(mean=_scale(generator))
    return ByRank(reference, ZeroInflatedMarginal(p_zero, rest))


@transforms()
def count(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Counts 0, 1, 2…, geometric, by rank; mean log-uniform in 1..50."""
    return ByRank(reference, Geometric(mean=log_uniform(1.0, 50.0, generator)))


@transforms()
def binned(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Number of the bin, by rank; 2 to 20 bins with Dirichlet(1) frequencies."""
    n_bins = int(generator.integers(2, 21))
    inner = np.cumsum(generator.dirichlet(np.ones(n_bins)))[:-1]
    return ByRank(reference, Bins(np.concatenate([[0.0], np.minimum(inner, 1.0), [1.0]])))
