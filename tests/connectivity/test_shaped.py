"""Keys with habits, each habit against its own formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.connectivity.ranks import CACHED, ranks
from plurel_cli.connectivity.reach import drawn_reach
from plurel_cli.connectivity.shaped import NO_PARENT, ShapedKeys, check_shape
from plurel_cli.connectivity.uniforms import Trait, block_uniforms
from plurel_cli.connectivity.weights import RowWeights, parent_weights
from plurel_cli.errors import ConfigError
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.block_model import BlockModel
from plurel_cli.schema.habits import Habits
from tests.connectivity.models import (
    all_blocks,
    brute_force,
    model_of,
    row_probabilities,
    uneven,
)
from tests.statistics import chi_square_p, mean_z, p_limit, z_limit

FIRST = np.zeros(1, dtype=np.int64)

Integers = NDArray[np.int64]

TWO_LEVELS = model_of(uneven(2, 2), uneven(3, 2))
NO_BLOCKS = model_of([[0.5]])


class _Times:
    def __init__(self, times: Integers) -> None:
        self.times = times

    def block(self, index: int) -> Integers:
        return self.times[index * BLOCK_ROWS : (index + 1) * BLOCK_ROWS]


def _keys(
    model: BlockModel,
    n_parents: int,
    n_children: int,
    seed: int = 1,
    weights: NDArray[np.float64] | None = None,
    times: tuple[Integers, Integers] | None = None,
    column: str = "keys",
    **habits: Any,
) -> ShapedKeys:
    stream = Stream(seed)
    its = Habits(time_order=times is not None, **habits)

    def drawn(kept: Integers) -> RowWeights:
        if weights is None:
            trait = Trait(seed, "parents", n_parents)
            return parent_weights(its, n_parents, trait.whole(), stream.child("weights"), kept)
        sums = np.concatenate([[0.0], np.cumsum(weights)])
        return RowWeights(sums, sums)

    return ShapedKeys(
        its,
        n_parents,
        n_children,
        lambda: drawn_reach(model, n_parents, n_children, drawn),
        stream.child(column),
        stream.child("shared"),
        None if times is None else (_Times(times[0]), lambda: times[1]),
        Trait(seed, "children", n_children),
    )


def _many(make: Callable[[int], ShapedKeys], n_children: int, n_seeds: int) -> Integers:
    return np.stack([all_blocks(make(seed), n_children) for seed in range(n_seeds)])


def _p(observed: Integers, expected: NDArray[np.float64]) -> list[float]:
    """Chi-square of each child row's keys, shape (seeds, rows), against its probabilities."""
    n = expected.shape[1]
    return [
        chi_square_p(np.bincount(observed[:, row], minlength=n), expected[row])
        for row in range(observed.shape[1])
        if (expected[row] > 0).sum() > 1
    ]


WEIGHTS = np.array([1.0, 0.0, 3.0, 0.5, 0.5, 8.0, 1.0, 1.0, 0.0, 2.0, 4.0, 0.25])


def test_parents_weigh_within_their_blocks() -> None:
    scores = row_probabilities(TWO_LEVELS, 12, 8)
    keys = _many(lambda seed: _keys(TWO_LEVELS, 12, 8, seed, WEIGHTS), 8, 3000)
    p_values = _p(keys, scores * WEIGHTS)
    assert min(p_values) > p_limit(len(p_values))
    assert min(_p(keys, scores * np.sqrt(WEIGHTS))) < p_limit()  # a wrong one is caught
    twin = brute_force(scores * WEIGHTS, np.random.default_rng(1), 3000)
    assert min(_p(twin, scores * WEIGHTS)) > p_limit(len(p_values))


def test_a_row_refers_to_what_exists_by_its_time() -> None:
    """Each row's distribution is the block model's, cut off after the last parent there is."""
    parents = np.array([0, 0, 10, 10, 20, 30, 30, 40, 50, 60, 70, 80])
    children = np.array([0, 5, 10, 19, 35, 60, 79, 99])
    n_there = (parents[None, :] <= children[:, None]).sum(axis=1)
    assert n_there.tolist() == [2, 2, 4, 4, 7, 10, 11, 12]  # a tie counts as existing
    expected = row_probabilities(TWO_LEVELS, 12, 8) * WEIGHTS
    expected[np.arange(12)[None, :] >= n_there[:, None]] = 0
    keys = _many(lambda seed: _keys(TWO_LEVELS, 12, 8, seed, WEIGHTS, (children, parents)), 8, 3000)
    assert (keys < n_there).all()
    p_values = _p(keys, expected)
    assert min(p_values) > p_limit(len(p_values))
    later = expected.copy()
    later[:, 0] *= 1.6
    assert min(_p(keys, later)) < p_limit()


def test_returning_rows_keep_to_no_block() -> None:
    n = 1 << 15
    sharp = model_of([[1.0, 0.0], [0.0, 1.0]])
    keys = all_blocks(_keys(sharp, 400, n, returning=0.3), n)
    is_away = (keys >= 200) != (np.arange(n) >= n // 2)
    assert abs(mean_z(is_away, 0.15, np.sqrt(0.15 * 0.85))) < z_limit()
    assert chi_square_p(np.bincount(keys[is_away], minlength=400), np.ones(400)) > p_limit()


@pytest.mark.parametrize("founders", [0.0, 0.25, 0.9])
def test_nobody_returns_to_a_parent_that_has_not_joined(founders: float) -> None:
    """A row at place u of its table refers to one of the first f + (1 − f) u of all parents."""
    n, k = 3 << 14, 60
    keys = all_blocks(_keys(NO_BLOCKS, k, n, returning=1.0, founders=founders), n)
    joined = np.ceil((founders + (1 - founders) * (np.arange(n) + 1) / n) * k)
    assert (keys < joined).all()
    weights = np.ones(k) / joined[:, None] * (np.arange(k) < joined[:, None])
    counts = np.bincount(keys, minlength=k)
    assert chi_square_p(counts, weights.sum(axis=0)) > p_limit()
    assert chi_square_p(counts, np.ones(k)) < p_limit()


def test_only_rows_that_return_ask_who_has_joined() -> None:
    n, k = 1 << 14, 60
    keys = all_blocks(_keys(NO_BLOCKS, k, n, returning=0.0, founders=0.0), n)
    assert (keys == all_blocks(_keys(NO_BLOCKS, k, n), n)).all()
    times = np.full(n, 5), np.zeros(k, np.int64)
    timed = all_blocks(_keys(NO_BLOCKS, k, n, 1, None, times, returning=1.0, founders=0.0), n)
    assert chi_square_p(np.bincount(timed, minlength=k), np.ones(k)) > p_limit()


def test_following_rows_refer_to_the_newest() -> None:
    n, there, share, lag = 1 << 15, 200, 0.4, 4.0
    times = np.full(n, 5), np.repeat([0, 9], [there, 200])
    keys = all_blocks(_keys(NO_BLOCKS, 400, n, 1, None, times, following=share, lag=lag), n)
    assert keys.max() < there
    scale = lag / (2.0**0.5 - 1.0)  # a lag above x has probability (1 + x / scale)⁻²
    starts = np.arange(there)[:, None] + there * np.arange(2000)  # beyond the first it begins anew
    newest = ((1 + starts / scale) ** -2.0 - (1 + (starts + 1) / scale) ** -2.0).sum(axis=1)
    expected = share * newest + (1 - share) / there
    counts = np.bincount(there - 1 - keys, minlength=there)
    assert chi_square_p(counts, expected) > p_limit()
    assert chi_square_p(counts, 0.9 * share * newest + (1 - 0.9 * share) / there) < p_limit()


@pytest.mark.parametrize("softness", [0.005, 0.05, 3.0])
def test_softness_moves_rows_by_students_t(softness: float) -> None:
    """With sharp blocks the parent's cluster tells where its child's place has moved to."""
    k, n = 64, 64 * 50
    sharp = model_of(np.eye(k).tolist())
    keys = _many(lambda seed: _keys(sharp, k, n, seed, softness=softness), n, 20)
    at = n // 2  # rows of one cluster, all about as far from the others
    observed = np.bincount(keys[:, at : at + 50].ravel(), minlength=k)
    edges = np.arange(k + 1) / k
    rows = (np.arange(at, at + 50) + 0.5) / n
    expected = np.zeros(k)
    for turn in range(-200, 201):
        upper = stats.t.cdf((edges[1:] + turn - rows[:, None]) / softness, 2)
        lower = stats.t.cdf((edges[:-1] + turn - rows[:, None]) / softness, 2)
        expected += (upper - lower).sum(axis=0)
    assert chi_square_p(observed, expected) > p_limit(3)
    if softness < 1:
        shifted = np.roll(expected, 3)
        assert chi_square_p(observed, shifted) < p_limit()


def test_softness_leaves_lifetimes_a_tail_of_power_two() -> None:
    n = 1 << 18
    line = model_of(np.eye(1000).tolist())
    keys = all_blocks(_keys(line, 1000, n, softness=0.001), n)
    away = np.abs(keys - np.arange(n) * 1000 // n)
    away = np.minimum(away, 1000 - away)
    beyond = {lag: (away > lag).mean() for lag in (10, 20, 40)}
    for lag in (10, 20):
        ratio = beyond[lag] / beyond[2 * lag]
        error = np.sqrt(1 / (beyond[2 * lag] * n) - 1 / (beyond[lag] * n)) * ratio
        exact = stats.t.sf(lag + 0.5, 2) / stats.t.sf(2 * lag + 0.5, 2)
        assert abs(ratio - exact) < z_limit(2) * error
        assert abs(ratio - 2.0) > z_limit(2) * error  # the tail of power one


@pytest.mark.parametrize("pairing", [None, "scrambled"])
def test_keys_that_go_together_keep_their_own_distribution(pairing: str | None) -> None:
    n = 1 << 15
    one = _keys(TWO_LEVELS, 12, n, weights=WEIGHTS, coupling=0.6)
    other = _keys(
        NO_BLOCKS, 100, n, weights=np.ones(100), column="b", coupling=0.6, pairing=pairing
    )
    first, second = all_blocks(one, n), all_blocks(other, n)
    expected = row_probabilities(TWO_LEVELS, 12, 8) * WEIGHTS
    for cluster in range(4):
        rows = first[cluster * n // 4 : (cluster + 1) * n // 4]
        assert chi_square_p(np.bincount(rows, minlength=12), expected[2 * cluster]) > p_limit(5)
    assert chi_square_p(np.bincount(second, minlength=100), np.ones(100)) > p_limit(5)
    # Rows of one parent have a tenth of the points or so: shared, they reach a tenth of the others.
    alone = all_blocks(_keys(NO_BLOCKS, 100, n, weights=np.ones(100), column="b"), n)
    for its, is_near in ((second, True), (alone, False)):
        taken = its[: n // 4][first[: n // 4] == 0]
        counts = np.bincount(taken, minlength=100)
        assert (chi_square_p(counts, np.ones(100)) < p_limit()) == is_near


def test_coupling_is_the_share_of_rows_that_go_together() -> None:
    n = 1 << 15
    even = np.ones(1000)
    pair = [
        all_blocks(_keys(NO_BLOCKS, 1000, n, weights=even, column=c, coupling=0.4), n)
        for c in ("a", "b")
    ]
    p = 0.4 + 0.6 / 1000
    assert abs(mean_z(pair[0] == pair[1], p, np.sqrt(p * (1 - p)))) < z_limit()


@pytest.mark.parametrize("run", [0.3, 0.7])
def test_runs_of_two_keys_leave_this_share_of_coupling(run: float) -> None:
    """Both keys are of one point since both were drawn anew in one row, and neither since."""
    n = 1 << 16
    even = np.ones(1000)
    pair = [
        all_blocks(_keys(NO_BLOCKS, 1000, n, weights=even, column=c, coupling=1.0, run=run), n)
        for c in ("a", "b")
    ]
    p = (1 - run) / (1 + run)
    sd = np.sqrt(p * (1 - p) * (1 + run**2) / (1 - run**2))  # a row is as the one before it: run²
    z = mean_z(pair[0] == pair[1], p + (1 - p) / 1000, sd)
    assert abs(z) < z_limit(2)
    assert abs(mean_z(pair[0] == pair[1], (1 - run) ** 2, sd)) > z_limit(2)  # a wrong law is seen


def test_runs_repeat_the_parent_of_the_row_before() -> None:
    n = 1 << 15
    keys = all_blocks(_keys(NO_BLOCKS, 12, n, weights=WEIGHTS, run=0.7), n)
    share = WEIGHTS / WEIGHTS.sum()
    p = 0.7 + 0.3 * (share**2).sum()
    assert abs(mean_z(keys[1:] == keys[:-1], p, np.sqrt(p * (1 - p)))) < z_limit(2) * 1.5
    heads = keys[np.flatnonzero(block_uniforms(Stream(1).child("keys", "run"), 0, n) >= 0.7)]
    assert chi_square_p(np.bincount(heads, minlength=12), WEIGHTS) > p_limit(2)


@pytest.mark.parametrize("told", [0.0, 0.5, 1.0])
def test_nulls_have_their_rate_and_the_trait_tells_its_share(told: float) -> None:
    n = 1 << 15
    keys = all_blocks(_keys(NO_BLOCKS, 12, n, null_rate=0.2, null_latent=told), n)
    is_null = keys == NO_PARENT
    assert abs(mean_z(is_null, 0.2, 0.4)) < z_limit(2)
    is_low = Trait(1, "children", n).whole() < 0.2
    p = told + (1 - told) * 0.2
    assert abs(mean_z(is_null[is_low], p, np.sqrt(p * (1 - p)))) < z_limit(2) or told == 1.0
    if told == 1.0:
        assert (is_null == is_low).all()


def test_popularity_has_its_distribution() -> None:
    n = 1 << 16
    for name, parameters, exact in (
        ("lognormal", {"sigma": 1.2}, stats.lognorm(1.2)),
        ("power_law", {"alpha": 2.2}, stats.pareto(2.2)),
    ):
        its = Habits(popularity=name, parameters=parameters)
        weights = np.diff(parent_weights(its, n, Trait(1, "p", n).whole(), Stream(1), FIRST).cohort)
        assert stats.kstest(weights, exact.cdf).pvalue > p_limit(2)
    assert stats.kstest(weights, stats.pareto(2.3).cdf).pvalue < p_limit()


def test_childless_parents_hubs_and_the_trait_have_their_shares() -> None:
    n = 1 << 16
    its = Habits(
        popularity="lognormal",
        parameters={"sigma": 1.0},
        childless=0.3,
        hubs=0.01,
        hub_weight=1e4,
        latent=0.5,
    )
    trait = Trait(1, "p", n)
    both = parent_weights(its, n, trait.whole(), Stream(1), FIRST)
    weights = np.diff(both.cohort)
    assert weights[0] > 0
    assert abs(mean_z(weights == 0, 0.3, np.sqrt(0.21))) < z_limit(3)
    some = weights[weights > 0]
    assert abs(mean_z(some > 1e3, 0.01, 0.1)) < z_limit(3)
    plain = (weights > 0) & (weights < 1e3)
    told = np.isclose(np.log(weights[plain]), stats.norm.ppf(trait.whole()[plain]), atol=1e-4)
    assert abs(mean_z(told, 0.5, 0.5)) < z_limit(3)
    # Rows that the trait tells weigh twice their trait more where no block holds.
    more = np.diff(both.returning)[plain] / weights[plain]
    expected = np.where(told, 2 * trait.whole()[plain], 1.0)
    assert (np.abs(more - expected) < 1e-3).mean() > 0.999  # but for a trait like the own share


def test_any_block_is_made_alone() -> None:
    n = BLOCK_ROWS + 5000
    times = np.sort(np.random.default_rng(1).integers(0, 1000, n)), np.arange(0, 1000, 2)
    habits = {"softness": 0.1, "returning": 0.2, "following": 0.2, "lag": 3.0, "run": 0.5}
    make = lambda: _keys(TWO_LEVELS, 500, n, 3, None, times, null_rate=0.1, **habits)  # noqa: E731
    its = make()
    first, second = its.block(0), its.block(1)
    assert (make().block(1) == second).all()
    assert (make().block(0) == first).all()
    assert len(second) == 5000


def test_too_many_clusters_or_none_in_time_are_refused() -> None:
    wide = model_of(*[uneven(3, 3)] * 10)
    with pytest.raises(ConfigError, match="pairs of clusters, but habits allow"):
        check_shape(wide, Habits(softness=0.1), 10**6, 10**6, "here")
    closed = model_of([[0.9, 0.0], [0.0, 0.9]])
    with pytest.raises(ConfigError, match="leaves early rows no parent"):
        check_shape(closed, Habits(time_order=True), 10, 10, "here")
    check_shape(closed, Habits(softness=0.1), 10, 10, "here")


@pytest.mark.parametrize("n", [10, CACHED - 1, CACHED, 3 * CACHED])
def test_values_are_found_in_any_order(n: int) -> None:
    rng = np.random.default_rng(n)
    rising = np.cumsum(rng.integers(0, 3, n)).astype(np.float64)  # with ties
    values = np.concatenate([rng.random(5000) * rising[-1] * 1.1, rng.choice(rising, 5000), [-1.0]])
    expected = [np.count_nonzero(rising <= value) for value in values[::50]]
    assert ranks(rising, values)[::50].tolist() == expected
