"""Details against brute force: how many each parent has, when they come, and in which order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.blocks.column import block_rows
from plurel_cli.blocks.frames import whole_column
from plurel_cli.connectivity.counts import counts
from plurel_cli.connectivity.detail_counts import DetailCounts, cumulated, settled_least
from plurel_cli.connectivity.detail_rows import (
    HOUR_NS,
    DetailLags,
    InOrder,
    Later,
    RowOf,
    Scattered,
    TimesOfParents,
)
from plurel_cli.connectivity.lags import lags
from plurel_cli.connectivity.shared_counts import SharedCounts
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from tests.statistics import chi_square_p, p_limit

MEAN = 2.3
EXACT: dict[str, tuple[dict[str, float], Callable[[NDArray[np.int64]], NDArray[np.float64]]]] = {
    "constant": ({}, lambda k: np.where(k == 2, 0.7, np.where(k == 3, 0.3, 0.0))),
    "geometric": ({}, lambda k: stats.geom.pmf(k + 1, 1 / (1 + MEAN))),
    "poisson": ({}, lambda k: stats.poisson.pmf(k, MEAN)),
    "negative_binomial": (
        {"size": 0.4},
        lambda k: stats.nbinom.pmf(k, 0.4, 0.4 / (0.4 + MEAN)),
    ),
}


def numbers(
    count: str = "geometric",
    mean: float = MEAN,
    least: int = 0,
    none: float = 0.0,
    n_parents: int = 100_000,
    latent: float = 0.0,
    **parameters: float,
) -> DetailCounts:
    rising = cumulated(count, mean, least, none, parameters)
    trait = Trait(3, "parent", n_parents)
    return DetailCounts(rising, n_parents, latent, trait, Stream(3).child("numbers"))


def all_numbers(drawn: DetailCounts | SharedCounts) -> NDArray[np.int64]:
    return np.concatenate([drawn.block(k) for k in range(len(drawn.edges) - 1)])


def test_there_is_an_exact_distribution_for_each_count() -> None:
    assert set(EXACT) == set(counts.names())


@pytest.mark.parametrize("name", EXACT)
def test_probabilities_are_those_of_the_distribution(name: str) -> None:
    parameters, exact = EXACT[name]
    shares = counts[name].function(MEAN, **parameters)
    k = np.arange(len(shares))
    np.testing.assert_allclose(shares, exact(k), rtol=1e-10, atol=1e-18)
    assert abs(float((k * shares).sum()) - MEAN) < 1e-9


@pytest.mark.parametrize("mean", [0.01, 0.5, 700.0, 9_000.0])
@pytest.mark.parametrize("name", EXACT)
def test_any_mean_is_met(name: str, mean: float) -> None:
    shares = counts[name].function(mean, **EXACT[name][0])
    assert float((np.arange(len(shares)) * shares).sum()) == pytest.approx(mean, rel=1e-3)
    assert float(shares.sum()) == pytest.approx(1.0)


@pytest.mark.parametrize("latent", [0.0, 0.6])
@pytest.mark.parametrize("name", EXACT)
def test_parents_draw_from_the_distribution(name: str, latent: float) -> None:
    parameters, exact = EXACT[name]
    drawn = numbers(name, least=2, none=0.1, mean=0.9 * (2 + MEAN), latent=latent, **parameters)
    n = drawn._n_parents
    observed = np.bincount(np.concatenate([drawn.drawn(k) for k in range(2)]))
    k = np.arange(len(observed) + 200)
    expected = np.where(k >= 2, 0.9 * exact(k - 2), 0.0)
    expected[0] += 0.1
    counted = np.pad(observed, (0, len(k) - len(observed)))
    assert chi_square_p(counted, n * expected) > p_limit(len(EXACT) * 2)


def test_a_wrong_mean_would_be_seen() -> None:
    drawn = numbers("poisson", mean=MEAN * 1.04)
    observed = np.bincount(np.concatenate([drawn.drawn(k) for k in range(2)]))
    expected = stats.poisson.pmf(np.arange(len(observed)), MEAN)
    assert chi_square_p(observed, expected) < p_limit(1)


def test_the_trait_tells_numbers() -> None:
    told, other = numbers(latent=1.0), numbers(latent=0.0)
    trait = Trait(3, "parent", told._n_parents).block(0)
    assert stats.spearmanr(told.drawn(0), trait).statistic > 0.9
    assert abs(stats.spearmanr(other.drawn(0), trait).statistic) < 0.03


def test_the_least_number_gives_way_to_the_mean() -> None:
    assert settled_least(0.9, 1, 0.1) == 1
    assert settled_least(0.8, 1, 0.1) == 0
    assert settled_least(7.0, 5, 0.5) == 5


@pytest.mark.parametrize("mean", [0.01, 0.7, 3.0, 40.0])
def test_rows_lie_in_the_order_of_their_parents(mean: float) -> None:
    drawn = numbers(mean=mean, n_parents=150_000)
    n_rows = int(drawn.edges[-1])
    keys = whole_column(InOrder(drawn, 150_000, n_rows), n_rows)
    expected = np.repeat(np.arange(150_000), all_numbers(drawn))
    assert (keys == expected).all()
    assert keys[0] == 0
    times = np.arange(150_000) * 7 + 3

    class Times:
        def block(self, index: int, /) -> NDArray[np.int64]:
            return times[slice(*block_rows(index, len(times)))]

    taken = TimesOfParents(InOrder(drawn, 150_000, n_rows), Times())
    assert (whole_column(taken, n_rows) == times[expected]).all()


def test_scattered_rows_are_as_many_for_each_parent() -> None:
    drawn = numbers(n_parents=90_000)
    n_rows = int(drawn.edges[-1])
    keys = whole_column(Scattered(drawn, n_rows, Stream(1).child("order")), n_rows)
    assert (np.bincount(keys, minlength=90_000) == all_numbers(drawn)).all()
    assert abs(np.corrcoef(keys, np.arange(n_rows))[0, 1]) < 0.02


@pytest.mark.parametrize(
    ("least", "none", "total"), [(0, 0.0, 200_000), (1, 0.0, 200_000), (2, 0.3, 300_000)]
)
def test_a_total_is_shared_out(least: int, none: float, total: int) -> None:
    n_parents = 90_000
    drawn = numbers("poisson", mean=4.0, least=least, none=none, n_parents=n_parents)
    shared = SharedCounts(drawn, least, total, n_parents, Stream(5).child("sharing"))
    several = all_numbers(shared)
    assert int(several.sum()) == total == int(shared.edges[-1])
    wanted = np.concatenate([drawn.block(0), drawn.block(1)])
    certain = np.where(wanted > 0, least, 0)
    certain[0] = max(certain[0], 1)
    assert (several >= certain).all()
    weight = np.maximum(wanted - np.where(wanted > 0, least, 0), 0)
    rest = several - certain
    by_weight = np.bincount(weight, weights=rest)
    expected = np.bincount(weight) * np.arange(len(by_weight)) / weight.sum() * rest.sum()
    assert chi_square_p(by_weight, expected) > p_limit(3)
    blocks = [shared.block(1), shared.block(0)]
    assert (np.concatenate(blocks[::-1]) == several).all()


def test_a_total_of_equal_parents_is_shared_evenly() -> None:
    drawn = numbers("constant", mean=1.0, least=1, n_parents=70_000)
    shared = SharedCounts(drawn, 1, 180_000, 70_000, Stream(5).child("sharing"))
    further = all_numbers(shared) - 1
    expected = stats.poisson.pmf(np.arange(further.max() + 1), 110_000 / 70_000)
    assert chi_square_p(np.bincount(further), expected) > p_limit(1)


def test_too_small_a_total_leaves_some_with_none() -> None:
    drawn = numbers("constant", mean=3.0, least=3, n_parents=1000)
    shared = SharedCounts(drawn, 3, 40, 1000, Stream(5).child("sharing"))
    assert int(all_numbers(shared).sum()) == 40
    assert int(all_numbers(shared)[0]) >= 1


class _Times:
    """Times of parents: evenly over a year, or all on a few days."""

    def __init__(self, n: int, unit: int) -> None:
        self.end = 365 * 24 * HOUR_NS
        times = np.linspace(0, self.end, n).astype(np.int64)
        self.whole = times - times % unit

    def block(self, index: int, /) -> NDArray[np.int64]:
        return self.whole[slice(*block_rows(index, len(self.whole)))]


LAGS: dict[str, dict[str, float]] = {
    "exponential": {"mean": 20.0},
    "lognormal": {"median": 5.0, "sigma": 1.5},
    "pareto": {"median": 5.0, "alpha": 0.6},
    "spread": {"median": 100.0, "sigma": 1.0},
}


def later(
    lag: str, n_parents: int, unit: int, *, most: int = 1 << 12, mean: float = MEAN
) -> tuple[Later, int, _Times]:
    drawn = numbers(mean=mean, n_parents=n_parents)
    n_rows = int(drawn.edges[-1])
    times = _Times(n_parents, unit)
    function = lags[lag].function
    given = DetailLags(
        lambda shares, parents: function(shares, parents, **LAGS[lag]),
        times.end,
        unit,
        Stream(2).child("lag"),
    )
    return Later(drawn, n_parents, n_rows, times, given, most), n_rows, times


def test_there_is_a_case_for_each_lag() -> None:
    assert set(LAGS) == set(lags.names())


@pytest.mark.parametrize("unit", [1, 24 * HOUR_NS], ids=["fine", "days"])
@pytest.mark.parametrize("lag", LAGS)
def test_rows_are_all_details_by_time(lag: str, unit: int) -> None:
    """Whatever the pieces, they are what sorting all details at once gives."""
    details, n_rows, times = later(lag, 60_000, unit)
    pieces = [details._made(piece) for piece in range(details._n_pieces)]
    assert details._n_pieces > 20
    together = np.concatenate(pieces, axis=1)
    expected = together[:, np.argsort(together[0], kind="stable")]
    assert expected.shape == (2, n_rows)
    n_blocks = -(-n_rows // BLOCK_ROWS)
    made = [details.rows(index) for index in range(n_blocks)]
    assert (np.concatenate(made, axis=1) == expected).all()
    assert (expected[0] >= times.whole[expected[1]]).all()
    assert expected[0].max() <= times.end
    assert (expected[0] % unit == 0).all()
    again, *_ = later(lag, 60_000, unit)
    assert (RowOf(again, 1).block(n_blocks - 1) == made[-1][1]).all()
    assert (RowOf(again, 0).block(0) == made[0][0]).all()


def test_late_details_are_kept() -> None:
    details, *_ = later("pareto", 60_000, 1)
    _, _, late, _ = details._counted
    assert 0 < late.shape[1] < 40_000


EXACT_LAGS: dict[str, Callable[[NDArray[np.float64]], NDArray[np.float64]]] = {
    "exponential": lambda x: stats.expon.cdf(x, scale=20.0),
    "lognormal": lambda x: stats.lognorm.cdf(x, 1.5, scale=5.0),
    "pareto": lambda x: stats.lomax.cdf(x, 0.6, scale=5.0 / (2 ** (1 / 0.6) - 1)),
}


@pytest.mark.parametrize("lag", EXACT_LAGS)
def test_lags_are_those_of_the_distribution(lag: str) -> None:
    """Of parents with a month left: what is longer is spread over what is left."""
    details, _, times = later(lag, 60_000, 1)
    made = details._made(2)
    parents = times.whole[made[1]]
    hours, left = (made[0] - parents) / HOUR_NS, (times.end - parents) / HOUR_NS
    cdf = EXACT_LAGS[lag]
    share = cdf(hours) + (1 - cdf(left)) * hours / left
    assert stats.kstest(share, "uniform").pvalue > p_limit(3)
    assert stats.kstest(cdf(hours * 1.3) + (1 - cdf(left)) * hours / left, "uniform").pvalue < 0.01


def test_details_of_one_parent_are_spread_over_its_duration() -> None:
    shares = np.full(10_000, 0.5)
    parents = np.random.default_rng(0).random(10_000)
    hours = lags["spread"].function(shares, parents, median=100.0, sigma=1.0)
    assert stats.kstest(np.log(2 * hours / 100.0), "norm").pvalue > p_limit(1)


def test_many_details_of_each_parent() -> None:
    details, n_rows, _ = later("exponential", 300, 1, mean=900.0, most=1 << 9)
    assert details._size == 1
    made = [details.rows(index) for index in range(-(-n_rows // BLOCK_ROWS))]
    assert sum(part.shape[1] for part in made) == n_rows
    assert (np.diff(np.concatenate(made, axis=1)[0]) >= 0).all()
