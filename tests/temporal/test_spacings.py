from __future__ import annotations

from collections import Counter
from itertools import product
from math import exp, factorial

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.temporal.intervals import INTERVAL_ROWS
from plurel_cli.temporal.spacings import spacings
from plurel_cli.temporal.spacings.bursty import clusters, forest
from tests.statistics import assert_mean, counts_p, mean_z, p_limit, two_sample_z, z_limit

MANY = 3 * BLOCK_ROWS + 99  # eight intervals


def _positions(
    name: str, n_rows: int, seed: int = 1, hours: float = 8760.0, **settings: float
) -> NDArray[np.float64]:
    column: BlockColumn = spacings[name].function(n_rows, hours, Stream(seed), **settings)
    return np.concatenate([column.block(i) for i in range(-(-n_rows // BLOCK_ROWS))])


def _burstiness(positions: NDArray[np.float64]) -> float:
    gaps = np.diff(positions)
    return float((gaps.std() - gaps.mean()) / (gaps.std() + gaps.mean()))


BURSTY = {"branching": 0.8, "lag_hours": 0.5}


@pytest.mark.parametrize("name", spacings.names())
@pytest.mark.parametrize("n_rows", [1, 2, 3, 1000, BLOCK_ROWS, MANY])
def test_every_spacing_gives_rising_positions_for_all_rows(name: str, n_rows: int) -> None:
    settings = spacings[name].draw({}, Stream(1))
    column = spacings[name].function(n_rows, 8760.0, Stream(2), **settings)
    again = spacings[name].function(n_rows, 8760.0, Stream(2), **settings)
    blocks = range(-(-n_rows // BLOCK_ROWS))
    whole = np.concatenate([column.block(i) for i in blocks])
    assert whole.shape == (n_rows,)
    assert whole.dtype == np.float64
    assert 0.0 <= whole.min() <= whole.max() < 1.0
    assert (np.diff(whole) >= 0).all()
    for index in reversed(blocks):
        block = whole[index * BLOCK_ROWS : (index + 1) * BLOCK_ROWS]
        np.testing.assert_array_equal(again.block(index), block)


def test_even_steps() -> None:
    assert _positions("even", 4).tolist() == [0.125, 0.375, 0.625, 0.875]
    assert _positions("even", 1).tolist() == [0.5]


@pytest.mark.parametrize("n_rows", [50, 5000, MANY])
def test_poisson_positions_are_order_statistics_of_uniforms(n_rows: int) -> None:
    positions = _positions("poisson", n_rows)
    assert stats.kstest(positions, "uniform").pvalue > p_limit(6)
    gaps = np.diff(positions)
    assert stats.kstest(gaps, stats.beta(1, n_rows).cdf).pvalue > p_limit(6)


def test_each_order_statistic_is_beta() -> None:
    drawn = np.array([_positions("poisson", 5, seed) for seed in range(4000)])
    for i in range(5):
        assert stats.kstest(drawn[:, i], stats.beta(i + 1, 5 - i).cdf).pvalue > p_limit(5)
    assert stats.kstest(drawn[:, 1], stats.beta(1, 5).cdf).pvalue < p_limit(5)


def test_exponential_gaps_have_a_burstiness_of_nil() -> None:
    """√n (σ/μ − 1) of exponential gaps is standard normal, and (σ − μ)/(σ + μ) half of that."""
    z = 2 * np.sqrt(MANY) * _burstiness(_positions("poisson", MANY))
    assert abs(z) < z_limit()
    assert _burstiness(_positions("even", MANY)) < -0.99


def test_other_spacings_are_not_poisson() -> None:
    for positions in (_positions("even", MANY), _positions("bursty", MANY, **BURSTY)):
        assert stats.kstest(np.diff(positions), stats.beta(1, MANY).cdf).pvalue < p_limit()
        assert abs(2 * np.sqrt(MANY) * _burstiness(positions)) > z_limit()


def test_bursts_without_offspring_are_poisson() -> None:
    positions = _positions("bursty", MANY, branching=0.0, lag_hours=1.0)
    assert stats.kstest(positions, "uniform").pvalue > p_limit(3)
    assert stats.kstest(np.diff(positions), stats.beta(1, MANY).cdf).pvalue > p_limit(3)
    assert abs(2 * np.sqrt(MANY) * _burstiness(positions)) < z_limit(3)


# The forest: conditioned on its size exactly.


def _forests(n: int, branching: float) -> dict[tuple[int, ...], float]:
    """Probability of (roots, offspring of the first row, of the second, …) given n rows.

    A Poisson number of roots of mean n (1 − β), Poisson(β) offspring each, rows in breadth-first
    order; the queue must not run dry before the n-th row.
    """
    found = {}
    for roots, *offspring in product(range(n + 1), repeat=n + 1):
        waiting, is_whole = roots, roots > 0
        for row, k in enumerate(offspring):
            waiting += k - 1
            is_whole &= waiting > 0 or (waiting == 0 and row == n - 1)
        if is_whole and waiting == 0:
            p = (n * (1 - branching)) ** roots / factorial(roots)
            for k in offspring:
                p *= exp(-branching) * branching**k / factorial(k)
            found[roots, *offspring] = p
    total = sum(found.values())
    return {key: p / total for key, p in found.items()}


def _drawn_forests(n: int, branching: float, times: int) -> Counter[tuple[int, ...]]:
    bits = Stream(n).bits()
    drawn: Counter[tuple[int, ...]] = Counter()
    for _ in range(times):
        roots, parents = forest(n, branching, bits)
        drawn[roots, *np.bincount(parents, minlength=n).tolist()] += 1
    return drawn


@pytest.mark.parametrize("n", [1, 2, 3, 4])
@pytest.mark.parametrize("branching", [0.3, 0.9])
def test_small_forests_have_their_conditional_distribution(n: int, branching: float) -> None:
    expected = _forests(n, branching)
    drawn = _drawn_forests(n, branching, 20_000)
    if n == 1:
        assert drawn.keys() == expected.keys()
        return
    assert counts_p(drawn, expected) > p_limit(6)
    assert counts_p(drawn, _forests(n, branching - 0.1)) < p_limit(6)


def test_a_start_by_the_lowest_point_alone_is_another_distribution() -> None:
    """What the choice among rotations is for: weighing them by the tree before would be seen."""
    bits = Stream(9).bits()
    drawn: Counter[tuple[int, ...]] = Counter()
    for _ in range(20_000):
        roots, parents = forest(4, 0.5, bits)
        counts = np.bincount(parents, minlength=4)
        turned = np.roll(counts, -int(bits.random_raw() % 4))
        starts = [s for s in range(4) if _is_valid(roots, np.roll(turned, -s))]
        drawn[roots, *np.roll(turned, -starts[0]).tolist()] += 1
    assert counts_p(drawn, _forests(4, 0.5)) < p_limit()


def _is_valid(roots: int, counts: NDArray[np.int64]) -> bool:
    waiting = roots + np.cumsum(counts - 1)
    return bool((waiting[:-1] > 0).all())


@pytest.mark.parametrize("branching", [0.0, 0.3, 0.9, 0.999])
def test_every_row_comes_after_what_called_it_forth(branching: float) -> None:
    roots, parents = forest(INTERVAL_ROWS, branching, Stream(3).bits())
    assert roots + len(parents) == INTERVAL_ROWS
    assert (np.diff(parents) >= 0).all()
    assert (parents < np.arange(roots, INTERVAL_ROWS)).all()


@pytest.mark.parametrize("branching", [0.3, 0.6, 0.9])
def test_the_branching_ratio_is_recovered(branching: float) -> None:
    """Of n rows all but a binomial number of them, the first apart, are offspring."""
    bits = Stream(8).bits()
    shares = [len(forest(5000, branching, bits)[1]) / 4999 for _ in range(200)]
    sd = np.sqrt(branching * (1 - branching) / 4999)
    assert_mean(shares, branching, sd, 3)
    assert abs(mean_z(shares, branching + 0.01, sd)) > z_limit(3)


@pytest.mark.parametrize("branching", [0.3, 0.6, 0.9])
def test_offspring_are_poisson(branching: float) -> None:
    """Over many rows the condition on their number hardly matters."""
    _, parents = forest(INTERVAL_ROWS, branching, Stream(5).bits())
    counts = np.bincount(parents, minlength=INTERVAL_ROWS).tolist()
    expected = {k: float(stats.poisson.pmf(k, branching)) for k in range(20)}
    assert counts_p(counts, expected) > p_limit(3)
    geometric = {k: (1 / (1 + branching)) * (branching / (1 + branching)) ** k for k in range(20)}
    assert counts_p(counts, geometric) < p_limit(3)


def test_lags_have_the_tail_they_state() -> None:
    lag = 1e-3
    places, roots, parents = clusters(INTERVAL_ROWS, Stream(6).bits(), branching=0.9, lag=lag)
    lags = places[roots:] - places[parents]
    assert (lags > -1e-9).all()
    beyond = (1 + np.maximum(lags, 0) / lag) ** -2
    assert stats.kstest(beyond, "uniform").pvalue > p_limit(2)
    assert stats.kstest(places[:roots], "uniform").pvalue > p_limit(2)
    # Exponential lags with the same mean, or a tail of another exponent, would be seen.
    assert stats.kstest(np.exp(-lags / lag), "uniform").pvalue < p_limit(2)
    lighter = (1 + np.maximum(lags, 0) / lag) ** -2.2
    assert stats.kstest(lighter, "uniform").pvalue < p_limit(2)


@pytest.mark.parametrize("branching", [0.3, 0.8])
def test_counts_are_as_dispersed_as_clusters_make_them(branching: float) -> None:
    """From times alone: where lags are short, the variance of counts over their mean is the mean
    size of the cluster of a row, 1/(1 − β)², times that of falling into one of 64 bins.
    """
    ratios = []
    for seed in range(100):
        positions = _positions("bursty", 20_000, seed, branching=branching, lag_hours=8760 * 1e-7)
        counts = np.histogram(positions, bins=64, range=(0, 1))[0]
        ratios.append(((counts - 20_000 / 64) ** 2).mean() / (20_000 / 64) / (1 - 1 / 64))
    assert_mean(ratios, 1 / (1 - branching) ** 2, n_comparisons=2)
    for other in (branching - 0.05, branching + 0.05):
        assert abs(mean_z(ratios, 1 / (1 - other) ** 2)) > z_limit(2)


def _share_of_gaps_below(limit: float, n_rows: int, lag_hours: float) -> tuple[float, float, int]:
    """Mean, standard deviation and number of whether a gap is short."""
    gaps = np.diff(_positions("bursty", n_rows, branching=0.5, lag_hours=lag_hours))
    share = float((gaps < limit).mean())
    return share, np.sqrt(share * (1 - share)), len(gaps)


def test_lags_are_hours_of_the_window_in_one_cell_and_in_many() -> None:
    """Lags far below the gaps between clusters: as many gaps are short whatever the rows."""
    few, many = (_share_of_gaps_below(1e-12, n, 8760e-12) for n in (30_000, MANY))
    assert abs(two_sample_z(few, many)) < z_limit(2)
    longer = _share_of_gaps_below(1e-12, MANY, 8 * 8760e-12)  # as if of an interval
    assert abs(two_sample_z(few, longer)) > z_limit(2)


def test_bursts_are_burstier_the_more_rows_are_called_forth() -> None:
    found = [
        _burstiness(_positions("bursty", 20_000, branching=b, lag_hours=1.0)) for b in (0.3, 0.6)
    ]
    found.append(_burstiness(_positions("bursty", 20_000, branching=0.9, lag_hours=1.0)))
    assert found == sorted(found)
    assert found[-1] > 0.5
