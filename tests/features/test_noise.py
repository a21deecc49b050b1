"""Beta noise against scipy's Beta distribution."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.features.mechanised import BetaNoise
from plurel_cli.features.noise import N_QUANTILES, beta_quantiles
from plurel_cli.numerics.stream import Stream
from tests.statistics import FALSE_ALARM, z_limit

EPSILON = float(np.finfo(np.float32).eps)
STEP = math.pi / 2 / (1 << 8)
"""Of the angle θ, in which the distribution of sin²θ is tabulated."""

ENDS = [0.02, 0.1, 0.3, 0.5, 0.52, 0.6, 0.75, 1.0, 1.3, 2.0, 3.3, 5.0]
SMALLEST = 2e-35
"""Above the smallest quantile there is, which is nothing beside 1."""

BOUND = 2e-5
"""How far the distribution function may be off, whatever the parameters."""

MIDDLES = (np.arange(N_QUANTILES) + 0.5) / N_QUANTILES


def is_within(a: float, b: float, found: np.ndarray, bound: float) -> bool:
    """Whether quantiles have their probabilities, but for the bound and float32's rounding."""
    exact = stats.beta(a, b)
    least = exact.cdf(found - 4 * EPSILON * found) - bound
    least[found == 1.0] = 0.0  # which stands for all that float32 rounds to it
    least[found < SMALLEST] = 0.0  # as the smallest does for all below it
    most = exact.cdf(found * (1 + 4 * EPSILON)) + bound
    return bool(((least <= MIDDLES) & (most >= MIDDLES)).all())


@pytest.mark.parametrize("a", ENDS)
@pytest.mark.parametrize("b", ENDS)
def test_quantiles_have_their_probabilities(a: float, b: float) -> None:
    found = beta_quantiles(a, b).astype(np.float64)
    assert found.shape == (N_QUANTILES,)
    assert is_within(a, b, found, BOUND)
    # another distribution is told apart
    assert not is_within(a * 1.2, b / 1.2, found, BOUND)


@given(st.floats(0.5, 5.0), st.floats(0.5, 5.0))
def test_quantiles_are_within_a_step_of_the_angle(a: float, b: float) -> None:
    found = beta_quantiles(a, b).astype(np.float64)
    exact = stats.beta(a, b).ppf(MIDDLES)
    # x = sin²θ: an error of one step in θ is one of step · sin 2θ and a half of step² · 2 in x
    angles = np.arcsin(np.sqrt(exact))
    assert (np.abs(found - exact) <= STEP * np.sin(2 * angles) + STEP**2 + 4 * EPSILON).all()
    assert (np.diff(found) >= 0).all()
    assert found[0] >= 0
    assert found[-1] <= 1


def _alone(noise: BetaNoise, width: int, index: int, n_rows: int = 2048) -> NDArray[np.float32]:
    """The noise of the first rows of a slice, added to nothing."""
    return noise.added_to(np.zeros((n_rows, width), np.float32), index)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (0.5, 5.0), (1.0, 1.0), (2.5, 0.8), (5.0, 4.0)])
@pytest.mark.parametrize("width", [1, 3, 32])
def test_noise_is_beta_divided_by_the_width(a: float, b: float, width: int) -> None:
    noise = BetaNoise(beta_quantiles(a, b), width, Stream(3))
    n_rows = 65_536 // width
    found = np.concatenate([_alone(noise, width, k) for k in range(-(-n_rows // 2048))])
    assert found.dtype == np.float32
    values = found.ravel().astype(np.float64) * width
    # Dvoretzky–Kiefer–Wolfowitz, and half a step of the table
    error = math.sqrt(math.log(2 * 15 / FALSE_ALARM) / (2 * values.size)) + 0.5 / N_QUANTILES
    slack = 1 - 4 * EPSILON  # at 1, where float32 has few numbers
    statistic = stats.kstest(np.minimum(values, slack), stats.beta(a, b).cdf).statistic
    rounding = stats.beta(a, b).sf(slack)
    assert statistic < error + BOUND + rounding
    other = stats.kstest(values, stats.beta(a * 1.2, b / 1.2).cdf).statistic
    assert other > error + BOUND + rounding


def test_rows_and_dimensions_are_independent() -> None:
    noise = BetaNoise(beta_quantiles(2.0, 3.0), 8, Stream(1))
    values = np.concatenate([_alone(noise, 8, k) for k in range(16)])
    n = len(values)
    correlations = np.corrcoef(values.T)[np.triu_indices(8, 1)]
    after = [np.corrcoef(its[:-1], its[1:])[0, 1] for its in values.T]
    limit = z_limit(len(correlations) + len(after)) / math.sqrt(n)
    assert np.abs(correlations).max() < limit
    assert np.abs(after).max() < limit
    assert len(np.unique(values)) > N_QUANTILES / 2


@given(st.integers(1, 33), st.integers(1, 2048), st.integers(0, 100))
def test_fewer_rows_of_a_slice_are_its_first(width: int, n_rows: int, index: int) -> None:
    noise = BetaNoise(beta_quantiles(0.7, 1.5), width, Stream(2))
    whole = _alone(noise, width, index)
    assert (_alone(noise, width, index, n_rows) == whole[:n_rows]).all()
    assert (_alone(noise, width, index + 1) != whole).any()
