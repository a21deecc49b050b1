"""Every sampler against its exact distribution, with a wrong one that must fail."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.stream import Stream
from tests.statistics import chi_square_p, p_limit

N = 200_000


def generator(seed: int = 1) -> Generator:
    return Stream(seed).child("test").generator()


def assert_only(sample: np.ndarray, right: stats.rv_frozen, wrong: stats.rv_frozen) -> None:
    assert stats.kstest(sample, right.cdf).pvalue > p_limit(10)
    assert stats.kstest(sample, wrong.cdf).pvalue < p_limit(10)


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_normals_and_uniforms(dtype: type) -> None:
    normals = generator().standard_normal(N, dtype=dtype)
    assert normals.dtype == dtype
    assert_only(normals, stats.norm(), stats.norm(0.02))
    assert_only(generator().random(N, dtype), stats.uniform(), stats.uniform(0.01))


def test_tails_of_normals() -> None:
    size = np.abs(generator(2).standard_normal(4_000_000))
    for limit in (4.0, 4.5):
        expected = 2 * stats.norm.sf(limit) * len(size)
        assert abs((size > limit).sum() - expected) < 6 * np.sqrt(expected)


def test_cauchy_and_exponential() -> None:
    assert_only(generator().standard_cauchy(N), stats.cauchy(), stats.cauchy(0.03))
    assert_only(generator().standard_exponential(N), stats.expon(), stats.expon(scale=1.02))


@pytest.mark.parametrize("shape", [0.05, 0.5, 1.0, 2.5, 40.0])
def test_gammas(shape: float) -> None:
    sample = generator().standard_gamma(np.full(50_000, shape))
    assert_only(sample, stats.gamma(shape), stats.gamma(shape * 1.05))


@pytest.mark.parametrize(("a", "b"), [(0.3, 0.7), (2.0, 5.0)])
def test_betas(a: float, b: float) -> None:
    drawn = generator()
    sample = np.array([drawn.beta(a, b) for _ in range(50_000)])
    assert_only(sample, stats.beta(a, b), stats.beta(a * 1.05, b))


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0), (0.5, 2.0, 1.5)])
def test_dirichlet(weights: tuple[float, ...]) -> None:
    drawn = generator()
    shares = np.array([drawn.dirichlet(weights) for _ in range(30_000)])
    assert np.abs(shares.sum(axis=1) - 1).max() < 1e-12
    for place, weight in enumerate(weights):
        rest = sum(weights) - weight
        assert_only(shares[:, place], stats.beta(weight, rest), stats.beta(weight * 1.1, rest))


def test_integers_permutations_and_subsets() -> None:
    drawn = generator()
    assert chi_square_p(np.bincount(drawn.integers(3, 10, N))[3:], np.ones(7)) > p_limit(4)
    orders = np.array([drawn.permutation(4) for _ in range(24_000)]) @ [64, 16, 4, 1]
    _, counts = np.unique(orders, return_counts=True)
    assert len(counts) == 24
    assert chi_square_p(counts, np.ones(24)) > p_limit(4)
    for size in (2, 4):
        sets = [tuple(drawn.subset(6, size)) for _ in range(15_000)]
        _, counts = np.unique(sets, axis=0, return_counts=True)
        assert len(counts) == 15
        assert chi_square_p(counts, np.ones(15)) > p_limit(4)


@pytest.mark.parametrize(
    ("good", "bad", "sample"), [(50, 65, 20), (3, 4, 5), (2000, 10**6, 65_536), (0, 5, 3)]
)
def test_hypergeometric(good: int, bad: int, sample: int) -> None:
    drawn = generator()
    found = [drawn.hypergeometric(good, bad, sample) for _ in range(20_000)]
    values, counts = np.unique(found, return_counts=True)
    right = stats.hypergeom(good + bad, good, sample)
    many = counts > 20
    rest = counts[~many].sum()
    expected = right.pmf(values[many])
    pooled = np.append(counts[many], rest), np.append(expected, max(1 - expected.sum(), 0.0))
    keep = (pooled[0] > 0) | (pooled[1] > 1e-9)
    if keep.sum() > 1:
        assert chi_square_p(pooled[0][keep], pooled[1][keep]) > p_limit(10)
    assert values.min() >= max(0, sample - bad)
    assert values.max() <= min(good, sample)
