"""Columns mapped by rank to a named distribution.

A value becomes the quantile of its rank / (N + 1), so that a column keeps its order and takes
the distribution's shape, whose parameters are drawn for each column.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.ranking import Ranking
from plurel_cli.features.transforms import Transform, transforms
from plurel_cli.numerics.elementary import exp, expm1, exps, log, log1p, log1ps
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.normal_quantile import normal_probability, normal_quantile

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
    """

    def __init__(self, reference: Floats, distribution: Distribution) -> None:
        self._ranking = Ranking(reference)
        self.distribution = distribution

    def __call__(self, raw: Floats, generator: Generator, /) -> Floats:
        return self._ranking.mapped(raw, self.distribution.quantile, generator)

    def inverse(self, written: float, /) -> float:
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
    """Uniform from `low` to `low + width`."""

    low: float
    width: float

    def quantile(self, share: Doubles) -> Doubles:
        share *= self.width
        share += self.low
        return share

    def share(self, value: float) -> float:
        return min(max((value - self.low) / self.width, 0.0), 1.0)


@dataclass(frozen=True)
class NormalMarginal:
    """Normal."""

    mean: float
    sd: float

    def quantile(self, share: Doubles) -> Doubles:
        z = normal_quantile(share)
        z *= self.sd
        z += self.mean
        return z

    def share(self, value: float) -> float:
        return normal_probability((value - self.mean) / self.sd)


@dataclass(frozen=True)
class LognormalMarginal:
    """Lognormal with median `scale`."""

    scale: float
    sigma: float

    def quantile(self, share: Doubles) -> Doubles:
        z = normal_quantile(share)
        z *= self.sigma
        z = exps(z)
        z *= self.scale
        return z

    def share(self, value: float) -> float:
        if value <= 0.0:
            return 0.0
        return normal_probability((log(value) - log(self.scale)) / self.sigma)


@dataclass(frozen=True)
class ExponentialMarginal:
    """Exponential with mean `scale`."""

    scale: float

    def quantile(self, share: Doubles) -> Doubles:
        np.negative(share, out=share)
        share = log1ps(share)
        share *= -self.scale
        return share

    def share(self, value: float) -> float:
        return -expm1(-max(value, 0.0) / self.scale)


@dataclass(frozen=True)
class ParetoMarginal:
    """Pareto from `scale` on."""

    scale: float
    alpha: float

    def quantile(self, share: Doubles) -> Doubles:
        np.negative(share, out=share)
        share = log1ps(share)
        share *= -1.0 / self.alpha
        share = exps(share)
        share *= self.scale
        return share

    def share(self, value: float) -> float:
        if value <= self.scale:
            return 0.0
        return -expm1(-self.alpha * log(value / self.scale))


@dataclass(frozen=True)
class ZeroInflatedMarginal:
    """0 with probability `p_zero`, otherwise another distribution."""

    p_zero: float
    rest: Distribution

    def quantile(self, share: Doubles) -> Doubles:
        first = int(share.searchsorted(self.p_zero))
        within = (share[first:] - self.p_zero) / (1.0 - self.p_zero)
        share[:first] = 0.0
        share[first:] = self.rest.quantile(np.maximum(within, _LEAST, out=within))
        return share

    def share(self, value: float) -> float:
        if value <= 0.0:
            return 0.5 * self.p_zero
        return self.p_zero + (1.0 - self.p_zero) * self.rest.share(value)


@dataclass(frozen=True)
class GeometricMarginal:
    """P(K ≥ k) = (mean / (1 + mean))ᵏ: the floor of an exponential variable."""

    mean: float

    @property
    def _continuous(self) -> ExponentialMarginal:
        return ExponentialMarginal(1.0 / log1p(1.0 / self.mean))

    def quantile(self, share: Doubles) -> Doubles:
        value = self._continuous.quantile(share)
        return np.floor(value, out=value)

    def share(self, value: float) -> float:
        k = max(round(value), 0)
        return 0.5 * (self._continuous.share(k) + self._continuous.share(k + 1))


@dataclass(frozen=True)
class Bins:
    """Numbers of bins, by the edges of their shares."""

    edges: Doubles

    def quantile(self, share: Doubles) -> Doubles:
        return self.edges[1:-1].searchsorted(share, "right").astype(np.float64)

    def share(self, value: float) -> float:
        k = min(max(round(value), 0), len(self.edges) - 2)
        return 0.5 * float(self.edges[k] + self.edges[k + 1])


def _lognormal(generator: Generator) -> LognormalMarginal:
    return LognormalMarginal(_scale(generator), generator.uniform(0.5, 1.5))


@transforms()
def uniform_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Uniform, by rank; width log-uniform in 0.01..100, low end within a width of 0."""
    width = _scale(generator)
    return ByRank(reference, UniformMarginal(width * generator.uniform(-1.0, 1.0), width))


@transforms()
def normal_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Normal, by rank; deviation log-uniform in 0.01..100, mean within two deviations of 0."""
    sd = _scale(generator)
    return ByRank(reference, NormalMarginal(sd * generator.uniform(-2.0, 2.0), sd))


@transforms()
def lognormal_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Lognormal, by rank; median log-uniform in 0.01..100, σ uniform in 0.5..1.5."""
    return ByRank(reference, _lognormal(generator))


@transforms()
def exponential_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Exponential, by rank; mean log-uniform in 0.01..100."""
    return ByRank(reference, ExponentialMarginal(_scale(generator)))


@transforms()
def pareto_marginal(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Pareto, by rank; least value log-uniform in 0.01..100, α uniform in 1.5..4."""
    return ByRank(reference, ParetoMarginal(_scale(generator), generator.uniform(1.5, 4.0)))


@transforms()
def zero_inflated(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Lowest 10 to 70 % of the ranks become 0, the others lognormal or exponential."""
    p_zero = generator.uniform(0.1, 0.7)
    is_lognormal = generator.random() < 0.5
    rest = _lognormal(generator) if is_lognormal else ExponentialMarginal(_scale(generator))
    return ByRank(reference, ZeroInflatedMarginal(p_zero, rest))


@transforms()
def count(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Counts 0, 1, 2…, geometric, by rank; mean log-uniform in 1..50."""
    return ByRank(reference, GeometricMarginal(log_uniform(1.0, 50.0, generator)))


@transforms()
def binned(reference: Floats, n_rows: int, generator: Generator) -> Transform:
    """Number of the bin, by rank; 2 to 20 bins with Dirichlet(1) frequencies."""
    n_bins = int(generator.integers(2, 21))
    inner = np.cumsum(generator.dirichlet(np.ones(n_bins)))[:-1]
    return ByRank(reference, Bins(np.concatenate([[0.0], np.minimum(inner, 1.0), [1.0]])))
