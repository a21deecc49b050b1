"""Statistics of fan-out, on distributions whose answer is known."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from plurel_cli.measure.fanout import childless, dispersion, gini, max_over_mean
from plurel_cli.measure.tail import fit, tail_exponent, tail_exponents, zeta
from tests.statistics import assert_mean, mean_z, z_limit


def _slow_gini(counts: list[int]) -> float:
    n, mean = len(counts), sum(counts) / len(counts)
    differences = sum(abs(a - b) for a, b in itertools.product(counts, counts))
    return differences / (2 * n * n * mean)


@pytest.mark.parametrize("seed", range(3))
def test_gini_is_the_mean_difference(seed: int) -> None:
    counts = np.random.default_rng(seed).poisson(2.0, 60)
    assert gini(counts) == pytest.approx(_slow_gini(counts.tolist()))


def test_gini_of_known() -> None:
    assert gini(np.full(9, 3)) == 0
    assert gini(np.array([0] * 99 + [5])) == pytest.approx(0.99)
    assert gini(np.arange(1001)) == pytest.approx(1 / 3, abs=1e-3)  # uniform


def test_poisson_fan_out() -> None:
    """Dispersion 1; the error of variance/mean of a Poisson is near √(2/n)."""
    n, mean = 20_000, 5.0
    counts = np.random.default_rng(2).poisson(mean, n)
    limit = z_limit(2) * math.sqrt(2 / n)
    assert abs(dispersion(counts) - 1) < limit
    assert_mean(counts == 0, math.exp(-mean))
    assert childless(counts) == np.mean(counts == 0)
    mixed = np.random.default_rng(2).poisson(mean * np.random.default_rng(3).gamma(8, 1 / 8, n))
    assert abs(dispersion(mixed) - 1) > limit


def test_max_over_mean() -> None:
    assert max_over_mean(np.array([0, 0, 3])) == 3


# The tail.


def power_law(
    exponent: float, least: int, n: int, generator: np.random.Generator
) -> NDArray[np.int64]:
    """Draws from the discrete power law, by inversion over a table."""
    values = np.arange(least, least + 2_000_000)
    weights = values**-exponent
    cumulative = np.cumsum(weights)
    return values[np.searchsorted(cumulative, generator.random(n) * cumulative[-1])]


@pytest.mark.parametrize(("s", "q"), [(1.5, 1), (2.35, 4), (4.0, 30), (11.0, 2)])
def test_zeta_is_its_sum(s: float, q: int) -> None:
    terms = np.arange(q, q + 2_000_000, dtype=float) ** -s
    rest = (q + 2_000_000 - 0.5) ** (1 - s) / (s - 1)
    assert float(zeta(np.array(s), np.array(float(q)))) == pytest.approx(
        terms.sum() + rest, rel=1e-10
    )


@pytest.mark.parametrize(("exponent", "least"), [(1.8, 1), (2.35, 5), (3.5, 2)])
def test_fit_finds_the_exponent(exponent: float, least: int) -> None:
    """Mean of repeated fits, against their own spread; a law 0.1 steeper is told apart."""
    generator = np.random.default_rng(4)
    fits = [fit(power_law(exponent, least, 2000, generator), least) for _ in range(40)]
    # The estimator's bias is below a tenth of its error for 2,000 values.
    assert_mean(fits, exponent, n_comparisons=3)
    assert abs(mean_z(fits, exponent + 0.1)) > z_limit(3)


def test_fit_is_the_likeliest() -> None:
    values = power_law(2.2, 3, 500, np.random.default_rng(5))
    found = fit(values, 3)

    def likelihood(exponent: float) -> float:
        norm = float(zeta(np.array(exponent), np.array(3.0)))
        return -len(values) * math.log(norm) - exponent * float(np.log(values).sum())

    assert likelihood(found) > max(likelihood(found - 0.01), likelihood(found + 0.01))


def test_tail_beyond_a_body() -> None:
    """A flat body below the law is left out; its fit alone would be far off."""
    generator = np.random.default_rng(6)
    found = []
    for _ in range(20):
        body = generator.integers(0, 10, 3000)
        tail = power_law(2.5, 10, 3000, generator)
        found.append(tail_exponent(np.concatenate((body, tail))))
    assert np.median(found) == pytest.approx(2.5, abs=z_limit() * (2.5 - 1) / math.sqrt(3000))
    whole = np.concatenate((body, tail))
    assert abs(fit(whole[whole > 0], 1) - 2.5) > 0.5


def test_light_tails_have_no_exponent() -> None:
    generator = np.random.default_rng(7)
    assert math.isnan(tail_exponent(generator.geometric(0.05, 5000)))
    assert math.isnan(tail_exponent(np.full(500, 3)))
    assert math.isnan(tail_exponent(np.array([1, 2, 900])))


def test_tails_fitted_together_are_those_of_each_alone() -> None:
    generator = np.random.default_rng(8)
    several = [
        power_law(2.5, 1, 4000, generator),
        generator.geometric(0.05, 500),
        np.array([1, 2, 900]),
        power_law(1.9, 3, 900, generator),
        np.full(500, 3),
    ]
    together = tail_exponents(several)
    assert [math.isnan(exponent) for exponent in together] == [False, True, True, False, True]
    np.testing.assert_array_equal(together, [tail_exponent(one) for one in several])
    assert tail_exponents([]) == []
