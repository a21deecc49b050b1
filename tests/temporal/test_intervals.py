from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.numerics.stream import BLOCK_ROWS, Stream, uniforms
from plurel_cli.temporal.intervals import (
    INTERVAL_ROWS,
    ONE_INTERVAL,
    IntervalPositions,
    halved,
    interval_count,
    interval_rows,
    sort,
)
from tests.statistics import assert_mean, chi_square_p, counts_p, mean_z, p_limit, z_limit

MANY = 5 * INTERVAL_ROWS + 77  # eight intervals, and blocks that begin within one


def _sorted_uniforms(n: int, bits: np.random.SFC64) -> NDArray[np.float64]:
    values = uniforms(bits, n)
    values.sort()
    return values


def _whole(positions: IntervalPositions, n_rows: int) -> NDArray[np.float64]:
    return np.concatenate([positions.block(i) for i in range(-(-n_rows // BLOCK_ROWS))])


def test_uniforms_are_those_of_scalar_draws() -> None:
    draws = Stream(3).draws()
    assert uniforms(Stream(3).bits(), 5).tolist() == [draws.uniform() for _ in range(5)]


@given(st.lists(st.floats(0, 1, exclude_max=True)))
def test_sort_sorts(values: list[float]) -> None:
    array = np.array(values)
    sort(array)
    assert array.tolist() == sorted(values)


def test_sort_sorts_many() -> None:
    rng = Stream(1).generator()
    for values in (rng.random(ONE_INTERVAL), rng.random(10**5) ** 9, np.full(70_000, 0.25)):
        array = values.copy()
        sort(array)
        np.testing.assert_array_equal(array, np.sort(values))


@pytest.mark.parametrize("n", [1, 7, 64, 100])
def test_halves_are_binomial(n: int) -> None:
    bits = Stream(n).bits()
    drawn = [halved(n, bits) for _ in range(20_000)]
    expected = {k: float(stats.binom.pmf(k, n, 0.5)) for k in range(n + 1)}
    assert counts_p(drawn, expected) > p_limit(4)
    uneven = {k: float(stats.binom.pmf(k, n, 0.53)) for k in range(n + 1)}
    assert counts_p(drawn, uneven) < p_limit(4)


def test_halves_of_many_rows_are_binomial() -> None:
    """Beyond the words drawn at a time."""
    n = 3 * (1 << 20) + 5
    bits = Stream(2).bits()
    drawn = np.array([halved(n, bits) for _ in range(300)])
    assert_mean(drawn, n / 2, np.sqrt(n / 4), 2)
    assert_mean((drawn - n / 2) ** 2 / (n / 4), 1.0, np.sqrt(2.0), 2)


@pytest.mark.parametrize("n_rows", [1, 1000, ONE_INTERVAL, ONE_INTERVAL + 1, 10**6, 10**9])
def test_cells_hold_few_rows_each(n_rows: int) -> None:
    intervals = interval_count(n_rows)
    assert intervals.bit_count() == 1
    if n_rows <= ONE_INTERVAL:
        assert intervals == 1
    else:
        assert INTERVAL_ROWS / 2 < n_rows / intervals <= INTERVAL_ROWS


def test_rows_of_cells_are_multinomial() -> None:
    n_rows = ONE_INTERVAL + 1
    counts = np.array([interval_rows(n_rows, Stream(seed)) for seed in range(2000)])
    assert counts.shape == (2000, 4)
    assert (counts.sum(axis=1) == n_rows).all()
    p = 1 / 4
    deviations = (counts - n_rows * p) / np.sqrt(n_rows * p * (1 - p))
    for interval in range(4):
        assert_mean(deviations[:, interval], 0.0, 1.0, 10)
        assert_mean(deviations[:, interval] ** 2, 1.0, np.sqrt(2.0), 10)
    # Intervals take rows from one another: a correlation of −1/3, within a half and across halves.
    for a, b in ((0, 1), (1, 2)):
        assert_mean(deviations[:, a] * deviations[:, b], -1 / 3, n_comparisons=10)
    # Independent counts would not.
    assert abs(mean_z(deviations[:, 0] * deviations[:, 1], 0.0)) > z_limit(10)


def test_counts_do_not_depend_on_the_words_drawn_at_a_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plain = interval_rows(10**6 + 9, Stream(5)).tolist()
    monkeypatch.setattr("plurel_cli.temporal.intervals._WORDS", 100)
    assert interval_rows(10**6 + 9, Stream(5)).tolist() == plain


@pytest.mark.parametrize("n_rows", [1, 2, 999, ONE_INTERVAL, ONE_INTERVAL + 1, MANY])
def test_positions_rise_within_0_and_1(n_rows: int) -> None:
    whole = _whole(IntervalPositions(n_rows, _sorted_uniforms, Stream(1)), n_rows)
    assert whole.shape == (n_rows,)
    assert whole.min() >= 0.0
    assert whole.max() < 1.0
    assert (np.diff(whole) >= 0).all()


def test_any_block_alone_is_that_of_the_whole() -> None:
    whole = _whole(IntervalPositions(MANY, _sorted_uniforms, Stream(4)), MANY)
    for index in (2, 0, 1, 2):
        block = IntervalPositions(MANY, _sorted_uniforms, Stream(4)).block(index)
        np.testing.assert_array_equal(block, whole[index * BLOCK_ROWS : (index + 1) * BLOCK_ROWS])
    backwards = IntervalPositions(MANY, _sorted_uniforms, Stream(4))
    blocks = [backwards.block(index) for index in (2, 1, 0)]
    np.testing.assert_array_equal(np.concatenate(blocks[::-1]), whole)


def test_what_is_done_to_a_block_moves_no_other() -> None:
    positions = IntervalPositions(MANY, _sorted_uniforms, Stream(4))
    before = positions.block(0).copy()
    positions.block(0)[:] = -1.0
    np.testing.assert_array_equal(positions.block(0), before)


def test_cells_are_uniform_each_in_its_place() -> None:
    positions = IntervalPositions(MANY, _sorted_uniforms, Stream(6))
    counts = interval_rows(MANY, Stream(6).child("counts"))
    for index, n in enumerate(counts.tolist()):
        interval = positions.interval(index)
        assert len(interval) == n
        assert index / 8 <= interval.min() <= interval.max() < (index + 1) / 8
        within = np.histogram(interval, bins=50, range=(index / 8, (index + 1) / 8))[0]
        assert chi_square_p(within, np.ones(50)) > p_limit(8)
