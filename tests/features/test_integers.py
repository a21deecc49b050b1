"""Columns of whole numbers and prices: frequencies against their formulas, draws, and inverses."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.random import default_rng
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.features.transforms import Transform, transforms
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from tests.statistics import chi_square_p, p_limit

Floats = NDArray[np.float32]

INTEGERS = (
    "flag", "integer_uniform", "integer_normal", "integer_lognormal", "integer_power_law",
    "integer_zero_inflated",
)  # fmt: skip
NAMES = (*INTEGERS, "heaped")
SEEDS = range(6)


def fitted(name: str, raw: Floats, seed: int = 0, n_rows: int | None = None) -> Transform:
    return transforms[name].function(np.sort(raw), n_rows or len(raw), Stream(seed).generator())


def normals(n: int, seed: int = 0) -> Floats:
    return default_rng(seed).standard_normal(n, dtype=np.float32)


def log_uniform(generator: Any, low: float, high: float) -> float:
    return math.exp(generator.uniform(math.log(low), math.log(high)))


def expected(name: str, seed: int) -> Callable[[float], float]:
    """P(X ≤ x), with the parameters drawn as the docstrings say."""
    g = Stream(seed).generator()
    match name:
        case "flag":
            p_zero = g.uniform(0.05, 0.95)
            return lambda x: 1.0 if x >= 1 else p_zero if x >= 0 else 0.0
        case "integer_uniform":
            n, start = round(log_uniform(g, 3, 5_000)), g.random()
            low = 1 if start < 0.5 else 0 if start < 0.75 else int(g.integers(2, 2_001))
            return stats.randint(low, low + n).cdf
        case "integer_normal":
            sd = log_uniform(g, 1, 100)
            its = stats.norm(sd * g.uniform(0, 6), sd)
            return lambda x: float(its.cdf(math.floor(x) + 0.5)) if x >= 0 else 0.0
        case "integer_lognormal":
            median = log_uniform(g, 1, 1_000)
            its = stats.lognorm(g.uniform(0.7, 1.8), scale=median)
            return lambda x: float(its.cdf(math.floor(x) + 0.5)) if x >= 0 else 0.0
        case "integer_power_law":
            least = log_uniform(g, 1, 10)
            its = stats.pareto(g.uniform(1.2, 3), scale=least)
            return lambda x: float(its.cdf(math.floor(x) + 1))
        case "integer_zero_inflated":
            p_zero, median = g.uniform(0.1, 0.7), log_uniform(g, 1, 300)
            its = stats.lognorm(g.uniform(0.7, 1.8), scale=median)

            def cdf(x: float) -> float:
                above = float(its.cdf(math.floor(x) + 0.5)) if x >= 1 else 0.0
                return p_zero + (1 - p_zero) * above if x >= 0 else 0.0

            return cdf
    raise LookupError(name)


def p_of(counts_at: NDArray[np.float64], written: Floats, cdf: Callable[[float], float]) -> float:
    """Chi-square of the cells that end at some values, and of what is above them."""
    edges = [0.0, *(cdf(float(x)) for x in counts_at), 1.0]
    counts = np.diff([0, *(np.count_nonzero(written <= x) for x in counts_at), len(written)])
    return chi_square_p(counts, np.diff(edges))


def cells(written: Floats) -> NDArray[np.float64]:
    return np.unique(np.quantile(written, np.arange(0.05, 1.0, 0.05)).astype(np.float64))


@pytest.mark.parametrize("name", INTEGERS)
@pytest.mark.parametrize("seed", SEEDS)
def test_frequencies(name: str, seed: int) -> None:
    n = 4_000
    raw = normals(n, seed)
    written = fitted(name, raw, seed)(raw, default_rng(0))
    np.testing.assert_array_equal(written, np.rint(written))
    cdf = expected(name, seed)
    at = cells(written)
    # by rank: P(X ≤ x) of the rows, to the rank next to it
    found = [np.count_nonzero(written <= x) for x in at]
    np.testing.assert_allclose(found, [cdf(x) * (n + 1) for x in at], atol=1.001)


@pytest.mark.parametrize("name", INTEGERS)
def test_frequencies_of_a_large_table(name: str) -> None:
    reference = np.sort(normals(BLOCK_ROWS))
    shares = default_rng(1).random(20_000)
    # rows whose ranks in the reference are uniform, so that no sampling error but theirs is left
    raw = reference.take((shares * BLOCK_ROWS).astype(np.int64))
    for seed in SEEDS:
        written = fitted(name, reference, seed, 10**9)(raw, default_rng(0))
        at = cells(written)
        assert p_of(at, written, expected(name, seed)) > p_limit(len(SEEDS) * len(INTEGERS))
    cdf = expected(name, seed)
    assert p_of(at, written, lambda x: cdf(x) ** 1.1) < p_limit(len(SEEDS) * len(INTEGERS))


def test_zeros_are_as_many_as_drawn() -> None:
    raw = normals(2_000)
    shares = [
        float((fitted("integer_zero_inflated", raw, seed)(raw, default_rng(0)) == 0).mean())
        for seed in range(400)
    ]
    assert stats.kstest(shares, stats.uniform(0.1, 0.6).cdf).pvalue > p_limit(2)
    assert stats.kstest(shares, stats.uniform(0.1, 0.7).cdf).pvalue < p_limit(2)


def test_ranges_run_from_a_few_values_to_thousands() -> None:
    drawn: list[Any] = [fitted("integer_uniform", normals(3), seed) for seed in range(800)]
    sizes = np.array([its.distribution.n for its in drawn])
    # of a log-uniform size, rounded
    cdf = stats.uniform(math.log(3), math.log(5_000 / 3)).cdf
    few = np.array([3, 4, 6, 10, 30, 100, 300, 1_000])
    edges = [0.0, *cdf(np.log(few + 0.5)), 1.0]
    counts = np.diff([0, *(np.count_nonzero(sizes <= k) for k in few), len(sizes)])
    assert chi_square_p(counts, np.diff(edges)) > p_limit(2)
    assert chi_square_p(counts, np.ones(len(counts))) < p_limit(2)
    lows = np.array([its.distribution.low for its in drawn])
    counts = [(lows == 1).sum(), (lows == 0).sum(), (lows > 1).sum()]
    assert chi_square_p(counts, [2, 1, 1]) > p_limit(2)


def price(x: float, ends: tuple[float, float], first: int, second: int) -> float:
    unit = 1 if x < first else 5 if x < second else 10
    cell, within = divmod(x, unit)
    if within < ends[0] * unit:
        return cell * unit
    return (cell + 0.5) * unit if within < ends[1] * unit else (cell + 1) * unit - 0.01


@pytest.mark.parametrize("seed", SEEDS)
def test_prices(seed: int) -> None:
    n = 3_000
    raw = normals(n, seed)
    written = fitted("heaped", raw, seed)(raw, default_rng(0))
    g = Stream(seed).generator()
    median = log_uniform(g, 3, 300)
    rest = stats.lognorm(g.uniform(0.5, 1.2), scale=median)
    whole, half, _ = g.dirichlet([1.0, 1.0, 1.0])
    first = 10 * int(g.integers(1, 6))
    second = first + 10 * int(g.integers(1, 16))
    values = [
        price(float(x), (whole, whole + half), first, second)
        for x in rest.ppf(np.arange(1, n + 1) / (n + 1))
    ]
    same = np.isclose(np.sort(written), values, rtol=1e-6)
    assert same.mean() > 0.998  # where the price jumps, an error of 1e-16 decides
    cents = np.rint(written.astype(np.float64) * 100).astype(np.int64) % 100
    assert np.isin(cents, [0, 50, 99]).all()
    assert len(np.unique(written)) < n / 4


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", SEEDS)
def test_a_value_that_is_written_can_be_set(name: str, seed: int) -> None:
    raw = default_rng(seed).permutation(np.linspace(-40, 60, 2_001)).astype(np.float32)
    transform = fitted(name, raw, seed)
    written = transform(raw, default_rng(0))
    values, counts = np.unique(written, return_counts=True)
    for value in values[counts > 2][:40].tolist():  # rank and value agree to half a row
        held = np.full(5, transform.inverse(value), dtype=np.float32)
        np.testing.assert_array_equal(transform(held, default_rng(0)), np.float32(value))


def test_textures_are_those_of_real_columns() -> None:
    """Few distinct values, and heavy tails where the name says so."""
    raw = normals(20_000)

    def of(name: str) -> tuple[float, float]:
        columns = [fitted(name, raw, seed)(raw, default_rng(0)) for seed in range(40)]
        kurtosis = np.median([stats.kurtosis(its.astype(np.float64)) for its in columns])
        return float(kurtosis), float(np.median([len(np.unique(its)) for its in columns]) / 20_000)

    for name in INTEGERS:
        assert of(name)[1] < 0.05
    assert of("integer_uniform")[0] < -1
    assert abs(of("integer_normal")[0]) < 0.5
    for name in ("integer_lognormal", "integer_power_law", "integer_zero_inflated"):
        assert of(name)[0] > 7
