import collections
from itertools import pairwise

import numpy as np
import pytest
from scipy import stats

from plurel_cli.choices.choice import Fixed
from plurel_cli.features.sources import sources
from plurel_cli.features.sources.independent import (
    BetaSource,
    MixtureSource,
    NormalSource,
    UniformSource,
)
from plurel_cli.features.sources.settings import SeriesConfig
from tests.statistics import counts_p, p_limit, z_limit

CONFIG = SeriesConfig()
NAMES = ("beta", "mixture", "normal", "uniform")
N = 50_000


def many(name, n, seed=0, config=CONFIG):
    generator = np.random.default_rng(seed)
    return [sources[name].function(generator, config) for _ in range(n)]


def cdf(sampler):
    """The distribution of SPEC section 4, in scipy's words."""
    if isinstance(sampler, MixtureSource):
        parts = [cdf(component) for component in sampler.components]
        return lambda x: sum(part(x) for part in parts) / len(parts)
    low, width = sampler.low, sampler.high - sampler.low
    if isinstance(sampler, UniformSource):
        return stats.uniform(low, width).cdf
    if isinstance(sampler, BetaSource):
        return stats.beta(sampler.a, sampler.b, low, width).cdf
    normal = stats.norm(low + width / 2, width / 4)

    def clipped(x):
        return np.where(x >= sampler.high, 1.0, np.where(x < sampler.low, 0.0, normal.cdf(x)))

    return clipped


def values(sampler, n=N, seed=1):
    drawn = sampler(np.random.default_rng(seed), n)
    assert drawn.shape == (n,)
    assert drawn.dtype == np.float32
    return drawn


def distance_p(sampler, sample):
    """Kolmogorov–Smirnov; the distances at steps of a clipped normal count on neither side."""
    x = np.sort(sample.astype(float))
    interior = np.ones(x.size, dtype=bool)
    parts = sampler.components if isinstance(sampler, MixtureSource) else (sampler,)
    for part in parts:
        interior &= (x != np.float32(part.low)) & (x != np.float32(part.high))
    below = np.searchsorted(x, x[interior], side="left") / x.size
    d = np.abs(cdf(sampler)(x[interior]) - below).max() + 1 / x.size
    return float(stats.kstwobign.sf(d * np.sqrt(x.size)))


def test_all_of_the_published_method_are_there_but_the_series():
    assert sources.names() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_values_have_the_distribution_of_their_parameters(name):
    samplers = many(name, 12)
    p = [distance_p(sampler, values(sampler)) for sampler in samplers]
    assert min(p) > p_limit(len(NAMES) * len(p))
    wrong = [distance_p(sampler, values(other)) for sampler, other in pairwise(samplers)]
    assert max(wrong) < p_limit(len(NAMES) * len(p))


def test_one_family_would_not_pass_for_another():
    low, high = 0.2, 0.8
    samplers = [UniformSource(low, high), NormalSource(low, high), BetaSource(low, high, 2.0, 3.0)]
    for a in samplers:
        for b in samplers:
            assert (distance_p(a, values(b)) > p_limit(9)) == (a is b)


def test_normals_are_clipped_to_their_bounds():
    """P(|Z| > 2) of the rows lie on the bounds, half on each."""
    sampler = NormalSource(-3.0, 5.0)
    sample = values(sampler)
    on = {"low": (sample == -3).sum(), "high": (sample == 5).sum()}
    on["inside"] = N - on["low"] - on["high"]
    tail = stats.norm.sf(2)
    assert counts_p(on, {"low": tail, "high": tail, "inside": 1 - 2 * tail}) > p_limit()
    assert counts_p(on, {"low": tail / 2, "high": tail / 2, "inside": 1 - tail}) < p_limit()


@pytest.mark.parametrize("name", NAMES)
def test_values_stay_between_the_bounds(name):
    for sampler in many(name, 200, seed=2):
        parts = sampler.components if isinstance(sampler, MixtureSource) else (sampler,)
        sample = values(sampler, 500)
        assert sample.min() >= np.float32(min(part.low for part in parts))
        assert sample.max() <= np.float32(max(part.high for part in parts))


@pytest.mark.parametrize("name", ["beta", "normal", "uniform"])
def test_bounds_are_two_sorted_uniforms_times_a_scale(name):
    """Smaller and larger of two uniforms are Beta(1, 2) and Beta(2, 1)."""
    samplers = many(name, 3000, seed=3, config=SeriesConfig(value_scale=Fixed(10.0)))
    low = np.array([sampler.low for sampler in samplers]) / 10
    high = np.array([sampler.high for sampler in samplers]) / 10
    assert (low < high).all()
    assert stats.kstest(low, stats.beta(1, 2).cdf).pvalue > p_limit(6)
    assert stats.kstest(high, stats.beta(2, 1).cdf).pvalue > p_limit(6)
    assert stats.kstest(low, stats.uniform().cdf).pvalue < p_limit(6)


@pytest.mark.parametrize("name", ["beta", "normal", "uniform"])
def test_scales_are_those_of_the_series(name):
    """Each of the five is as likely: the tenth of all bounds is mostly of its scale."""
    high = np.array([sampler.high for sampler in many(name, 5000, seed=4)])
    # P(high ≤ t) is the mean over scales v of min(t / v, 1)².
    scales = np.array([0.01, 0.1, 1, 10, 100])
    right = stats.kstest(high, lambda t: (np.minimum(np.divide.outer(t, scales), 1) ** 2).mean(1))
    wrong = stats.kstest(
        high, lambda t: (np.minimum(np.divide.outer(t, scales[1:]), 1) ** 2).mean(1)
    )
    assert right.pvalue > p_limit(3)
    assert wrong.pvalue < p_limit(3)


def test_beta_parameters():
    a, b = np.array([(its.a, its.b) for its in many("beta", 3000, seed=5)]).T
    for its in (a, b):
        assert stats.kstest(its, "uniform", (0.5, 4.5)).pvalue > p_limit(3)
        assert stats.kstest(its, "uniform", (0.0, 5.0)).pvalue < p_limit(3)
    assert abs(stats.pearsonr(a, b).statistic) * np.sqrt(a.size) < z_limit()


def test_mixtures_have_two_or_three_components_of_any_types():
    samplers = many("mixture", 6000, seed=6)
    kinds = collections.Counter(
        tuple(type(component).__name__ for component in sampler.components) for sampler in samplers
    )
    types = ("UniformSource", "NormalSource", "BetaSource")
    expected = {(a, b): 1 / 18 for a in types for b in types}
    expected |= {(a, b, c): 1 / 54 for a in types for b in types for c in types}
    assert counts_p(kinds, expected) > p_limit()
    assert counts_p(kinds, dict.fromkeys(expected, 1 / 36)) < p_limit()


def test_components_of_a_mixture_have_bounds_of_their_own():
    for sampler in many("mixture", 50, seed=7):
        assert len({component.low for component in sampler.components}) == len(sampler.components)


def test_rows_of_a_mixture_are_spread_evenly():
    parts = (UniformSource(0.0, 1.0), UniformSource(2.0, 3.0), UniformSource(4.0, 5.0))
    counts = collections.Counter((values(MixtureSource(parts)) // 2).astype(int).tolist())
    assert counts_p(counts, {0: 1, 1: 1, 2: 1}) > p_limit()
    assert counts_p(counts, {0: 1.15, 1: 1, 2: 1}) < p_limit()


@pytest.mark.parametrize("name", NAMES)
def test_the_generators_alone_decide(name):
    (a,), (b,) = many(name, 1, seed=8), many(name, 1, seed=8)
    assert (values(a) == values(b)).all()
    assert (values(a, seed=1) != values(a, seed=2)).any()
    assert values(a, 0).size == 0
