from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.temporal import autoregression
from plurel_cli.temporal.autoregression import AutoregressiveNoise, filtered
from tests.statistics import p_limit, z_limit

SHORT = 8  # rows of a block where a test makes them short


@pytest.fixture
def short_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autoregression, "BLOCK_ROWS", SHORT)


def _recursion(innovations: Sequence[float], rho: float) -> list[float]:
    """x_i = ρ x_{i−1} + e_i, row by row."""
    path, x = [], 0.0
    for e in innovations:
        x = rho * x + e
        path.append(x)
    return path


@pytest.mark.parametrize("rho", [0.0, 1e-300, 1e-6, 0.3, 0.9, 0.999, 0.9999999, np.nextafter(1, 0)])
@pytest.mark.parametrize("n", [1, 2, 3, 8191, 8192, 8193, 20_000])
def test_filtered_is_the_plain_recursion(rho: float, n: int) -> None:
    innovations = np.random.default_rng(n).standard_normal(n)
    expected = _recursion(innovations.tolist(), rho)
    scale = max(map(abs, expected))
    np.testing.assert_allclose(
        filtered(innovations.copy(), rho), expected, rtol=0, atol=1e-12 * scale
    )


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    st.floats(0, 1, exclude_max=True, allow_subnormal=False),
)
def test_filtered_is_the_plain_recursion_of_anything(values: list[float], rho: float) -> None:
    expected = _recursion(values, rho)
    atol = 1e-13 * sum(map(abs, values))
    np.testing.assert_allclose(filtered(np.array(values), rho), expected, rtol=0, atol=atol)


def test_filtered_works_in_place() -> None:
    innovations = np.array([1.0, 1.0, 1.0])
    assert filtered(innovations, 0.5) is innovations
    assert innovations.tolist() == [1.0, 1.5, 1.75]


def _paths(rho: float, sigma: float, n_rows: int, n_seeds: int) -> NDArray[np.float64]:
    """Whole paths by seed, blocks taken last to first."""
    paths = np.empty((n_seeds, n_rows))
    length = autoregression.BLOCK_ROWS
    for seed in range(n_seeds):
        noise = AutoregressiveNoise(rho, sigma, n_rows, Stream(seed))
        for index in range(-(-n_rows // length) - 1, -1, -1):
            paths[seed, index * length : (index + 1) * length] = noise.block(index)
    return paths


def _covariance(rho: float, sigma: float, n: int) -> NDArray[np.float64]:
    """Cov(x_i, x_j) = σ² ρ^|i−j| (1 + ρ² + … + ρ^(2 min(i, j)))."""
    i = np.arange(n)
    sums = np.cumsum(rho ** (2.0 * i))
    return sigma**2 * rho ** abs(i[:, None] - i) * sums[np.minimum(i[:, None], i)]


def _covariance_z(paths: NDArray[np.float64], exact: NDArray[np.float64]) -> float:
    """Largest distance of a covariance of two rows from the one expected, in standard errors: a
    normal pair's product has variance C_ii C_jj + C_ij².
    """
    spread = np.outer(np.diag(exact), np.diag(exact)) + exact**2
    error = paths.T @ paths / len(paths) - exact
    return float(abs(error / np.sqrt(spread / len(paths))).max())


N_SHORT = 4 * SHORT + 5


@pytest.mark.usefixtures("short_blocks")
@pytest.mark.parametrize(("rho", "sigma"), [(0.0, 1.0), (0.3, 0.05), (0.9, 1.0), (0.999, 2.0)])
def test_all_rows_have_the_joint_distribution_of_the_recursion(rho: float, sigma: float) -> None:
    """Over four whole blocks and a part of one every covariance of two rows is the exact one; the
    path is linear in normal draws, so that they are all there is to it.
    """
    paths = _paths(rho, sigma, N_SHORT, 5000)
    exact = _covariance(rho, sigma, N_SHORT)
    limit = z_limit(4 * N_SHORT * (N_SHORT + 1) // 2)
    assert _covariance_z(paths, exact) < limit
    assert _covariance_z(paths, _covariance(rho, 1.2 * sigma, N_SHORT)) > limit
    assert _covariance_z(paths, _covariance(abs(rho - 0.1), sigma, N_SHORT)) > limit


@pytest.mark.parametrize("rho", [0.3, 0.9, 0.999])
def test_paths_that_forget_at_a_block_end_would_be_seen(rho: float) -> None:
    """Blocks started anew, or ends drawn by the chain but not met by the path."""
    exact = _covariance(rho, 1.0, N_SHORT)
    limit = z_limit(4 * N_SHORT * (N_SHORT + 1) // 2)
    rng = np.random.default_rng(3)
    factor = np.linalg.cholesky(exact)
    paths = rng.standard_normal((5000, N_SHORT)) @ factor.T
    assert _covariance_z(paths, exact) < limit
    other = rng.standard_normal((5000, N_SHORT)) @ factor.T
    anew, unmet = paths.copy(), paths.copy()
    anew[:, SHORT : 2 * SHORT] = other[:, :SHORT]
    unmet[:, SHORT:] = other[:, SHORT:]
    assert _covariance_z(anew, exact) > limit
    assert _covariance_z(unmet, exact) > limit


@pytest.mark.usefixtures("short_blocks")
@pytest.mark.parametrize("rho", [0.0, 0.6, 0.99])
def test_innovations_are_standard_normal_on_every_row(rho: float) -> None:
    """x_i − ρ x_{i−1} over σ, across the ends of blocks too."""
    sigma = 0.05
    paths = _paths(rho, sigma, N_SHORT, 2000)
    before = np.hstack([np.zeros((len(paths), 1)), paths[:, :-1]])
    innovations = (paths - rho * before) / sigma
    for row in innovations.T:
        assert stats.kstest(row, "norm").pvalue > p_limit(3 * N_SHORT)
    wrong = (paths - (rho + 0.3) * before) / sigma
    assert stats.kstest(wrong[:, 1:].ravel(), "norm").pvalue < p_limit()


@pytest.fixture(scope="module")
def around_a_block_end() -> NDArray[np.float64]:
    """Rows around the end of a block of the real length, by seed, for ρ = 0.999."""
    n_seeds, reach = 500, 400
    rows = np.empty((n_seeds, 2 * reach))
    for seed in range(n_seeds):
        noise = AutoregressiveNoise(0.999, 1.0, BLOCK_ROWS + reach, Stream(seed))
        rows[seed] = np.hstack([noise.block(0)[-reach:], noise.block(1)])
    return rows


def test_noise_is_stationary_across_a_real_block_end(
    around_a_block_end: NDArray[np.float64],
) -> None:
    """After 65,000 rows Var(x) = 1/(1 − ρ²) to 10⁻⁵⁷, and a lag of k multiplies it by ρᵏ."""
    rho = 0.999
    row = np.arange(around_a_block_end.shape[1])
    exact = rho ** abs(row[:, None] - row) / (1 - rho**2)
    some = np.array([0, 100, 300, 380, 398, 399, 400, 401, 420, 500, 799])
    limit = z_limit(len(some) * (len(some) + 1) // 2)
    assert _covariance_z(around_a_block_end[:, some], exact[np.ix_(some, some)]) < limit
    assert _covariance_z(around_a_block_end[:, some], 2.0 * exact[np.ix_(some, some)]) > limit


def test_autocorrelation_is_recovered_across_a_real_block_end(
    around_a_block_end: NDArray[np.float64],
) -> None:
    """Innovations around the end are independent standard normal: mean, spread, and none predicts
    the next, nor does the state before it.
    """
    before, after = around_a_block_end[:, :-1], around_a_block_end[:, 1:]
    innovations = after - 0.999 * before
    assert stats.kstest(innovations.ravel(), "norm").pvalue > p_limit(4)
    at_the_end = innovations[:, 395:404]
    assert stats.kstest(at_the_end.ravel(), "norm").pvalue > p_limit(4)
    pairs = innovations[:, :-1] * innovations[:, 1:]
    assert abs(pairs.mean()) * math.sqrt(pairs.size) < z_limit(4)
    # ρ by least squares, whose error is 1/√Σ x².
    rho = (before * after).sum() / (before**2).sum()
    assert abs(rho - 0.999) * math.sqrt((before**2).sum()) < z_limit(4)
    assert abs(rho - 0.998) * math.sqrt((before**2).sum()) > z_limit(4)


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.9, 0.9999])
def test_the_path_meets_the_chain_of_block_ends(rho: float) -> None:
    """The first row of a block goes on from the last of the one before: no jump."""
    n_rows = 3 * BLOCK_ROWS
    noise = AutoregressiveNoise(rho, 1e-3, n_rows, Stream(2))
    ends = [noise.block(index)[-1] for index in range(3)]
    for index in (1, 2):
        step = (noise.block(index)[0] - rho * ends[index - 1]) / 1e-3
        assert abs(step) < z_limit(8)


def test_blocks_alone_equal_the_whole() -> None:
    n_rows = 3 * BLOCK_ROWS + 10
    noise = AutoregressiveNoise(0.9, 1.0, n_rows, Stream(1))
    whole = [noise.block(index) for index in range(4)]
    assert [len(block) for block in whole] == [BLOCK_ROWS] * 3 + [10]
    for index in (3, 1, 2, 0):
        alone = AutoregressiveNoise(0.9, 1.0, n_rows, Stream(1)).block(index)
        np.testing.assert_array_equal(alone, whole[index])


def test_a_longer_table_has_the_same_first_whole_blocks() -> None:
    short = AutoregressiveNoise(0.9, 1.0, 2 * BLOCK_ROWS, Stream(1))
    long = AutoregressiveNoise(0.9, 1.0, 5 * BLOCK_ROWS, Stream(1))
    for index in (0, 1):
        np.testing.assert_array_equal(short.block(index), long.block(index))


def test_no_correlation_and_no_noise_are_what_they_say() -> None:
    noise = AutoregressiveNoise(0.0, 2.0, 10_000, Stream(1)).block(0)
    assert stats.kstest(noise, stats.norm(0, 2.0).cdf).pvalue > p_limit()
    assert stats.kstest(noise, stats.norm(0, 1.8).cdf).pvalue < p_limit()
    assert not AutoregressiveNoise(0.9, 0.0, BLOCK_ROWS + 5, Stream(1)).block(1).any()


def test_one_row() -> None:
    values = [AutoregressiveNoise(0.9, 0.05, 1, Stream(s)).block(0)[0] for s in range(2000)]
    assert stats.kstest(values, stats.norm(0, 0.05).cdf).pvalue > p_limit()
    assert stats.kstest(values, stats.norm(0, 0.07).cdf).pvalue < p_limit()
