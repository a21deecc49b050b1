from __future__ import annotations

import datetime as dt
from collections import Counter
from fractions import Fraction
from itertools import combinations
from math import floor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli.config.time import SplitConfig, TimeConfig
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.window import Window
from plurel_cli.temporal.window import sample_window
from tests.statistics import chi_square_p, counts_p, p_limit

START = dt.date(2003, 12, 25)
N_WINDOWS = 20_000


def _windows(config: TimeConfig, n: int = N_WINDOWS) -> list[Window]:
    return [sample_window(config, Stream(seed)) for seed in range(n)]


def _range(n_days: int, min_days: int) -> TimeConfig:
    return TimeConfig(start=START, end=START + dt.timedelta(days=n_days), min_days=min_days)


def _pairs(windows: list[Window], start: dt.date = START) -> list[tuple[int, int]]:
    return [((w.start - start).days, (w.end - start).days) for w in windows]


@pytest.fixture(scope="module")
def windows() -> list[Window]:
    return _windows(TimeConfig())


@pytest.mark.parametrize(("n_days", "min_days"), [(6, 2), (16, 10), (12, 3)])
def test_every_pair_of_two_days_far_enough_apart_is_as_likely(n_days: int, min_days: int) -> None:
    drawn = _pairs(_windows(_range(n_days, min_days)))
    allowed = [
        (first, last)
        for first, last in combinations(range(n_days), 2)
        if last - first + 1 >= min_days
    ]
    assert counts_p(drawn, dict.fromkeys(allowed, 1.0)) > p_limit(3)
    # A first day, then a last one evenly among those after it, is another distribution.
    after = Counter(first for first, _ in allowed)
    assert counts_p(drawn, {pair: 1 / after[pair[0]] for pair in allowed}) < p_limit(3)
    # So is a pair that may be one day twice, or shorter.
    shorter = dict.fromkeys(combinations(range(n_days), 2), 1.0) | {(0, 0): 1.0}
    assert counts_p(drawn, shorter) < p_limit(3)


def test_default_windows_are_uniform_over_35_years(windows: list[Window]) -> None:
    """Days from 1990-01-01 to 2024-12-31, both possible: 12,784. Both ends binned by 1/20 of the
    range; a bin of pairs is as likely as it has pairs, less those of under ten days.
    """
    start = dt.date(1990, 1, 1)
    n_days = (dt.date(2025, 1, 1) - start).days
    assert n_days == 12_784
    pairs = np.array(_pairs(windows, start))
    assert pairs.min() >= 0
    assert pairs.max() < n_days
    assert (pairs[:, 1] - pairs[:, 0]).min() >= 9
    day = np.arange(n_days) * 20 // n_days
    expected = np.zeros((20, 20))
    observed = np.zeros((20, 20))
    for a in range(n_days):
        expected[day[a]] += np.bincount(day[a + 9 :], minlength=20)
    np.add.at(observed, tuple(day[pairs.T]), 1)
    assert chi_square_p(observed, expected) > p_limit()
    uneven = expected * np.linspace(0.8, 1.2, 20)
    assert chi_square_p(observed, uneven) < p_limit()


def _day_at(window: Window, share: str) -> dt.date:
    """⌊share · D⌋ days after the first, D counting both ends, in exact arithmetic."""
    n_days = (window.end - window.start).days + 1
    return window.start + dt.timedelta(days=floor(Fraction(share) * n_days))


def test_splits_are_at_the_floors_of_8_and_9_tenths(windows: list[Window]) -> None:
    lengths = set()
    for window in windows:
        assert window.val_timestamp == _day_at(window, "0.8")
        assert window.test_timestamp == _day_at(window, "0.9")
        assert window.start < window.val_timestamp < window.test_timestamp <= window.end
        lengths.add(window.days % 10)
    assert lengths == set(range(10))


@pytest.mark.parametrize("n_days", range(10, 41))
def test_splits_of_the_shortest_windows(n_days: int) -> None:
    window = sample_window(_range(n_days, n_days), Stream(1))
    assert window.days == n_days
    assert (window.val_timestamp - START).days == 8 * n_days // 10
    assert (window.test_timestamp - START).days == 9 * n_days // 10


def test_splits_written_out() -> None:
    """Ten days from 25 December: the ninth is 2 January, the tenth 3 January."""
    window = sample_window(_range(10, 10), Stream(4))
    assert window == Window(
        start=dt.date(2003, 12, 25),
        end=dt.date(2004, 1, 3),
        val_timestamp=dt.date(2004, 1, 2),
        test_timestamp=dt.date(2004, 1, 3),
    )


@given(
    hundredths=st.tuples(st.integers(1, 49), st.integers(51, 99)),
    seed=st.integers(0, 10_000),
)
def test_other_shares_are_counted_as_decimals(hundredths: tuple[int, int], seed: int) -> None:
    val, test = (f"0.{share:02}" for share in hundredths)
    config = TimeConfig(split=SplitConfig(val=float(val), test=float(test)), min_days=100)
    window = sample_window(config, Stream(seed))
    assert window.val_timestamp == _day_at(window, val)
    assert window.test_timestamp == _day_at(window, test)


def test_a_share_that_binary_gets_wrong() -> None:
    """0.29 of 100 days is 29 days, though 0.29 × 100 is 28.999999999999996; so is 0.57."""
    config = _range(100, 100).model_copy(update={"split": SplitConfig(val=0.29, test=0.57)})
    window = sample_window(config, Stream(1))
    assert window.days == 100
    assert (window.val_timestamp - START).days == 29
    assert (window.test_timestamp - START).days == 57


def test_the_window_depends_on_its_stream_alone() -> None:
    assert sample_window(TimeConfig(), Stream(5)) == sample_window(TimeConfig(), Stream(5))
    assert sample_window(TimeConfig(), Stream(5)) != sample_window(TimeConfig(), Stream(6))
    moved = sample_window(TimeConfig(split=SplitConfig(val=0.5, test=0.6)), Stream(5))
    plain = sample_window(TimeConfig(), Stream(5))
    assert (moved.start, moved.end) == (plain.start, plain.end)


@pytest.mark.parametrize("n_days", [2, 5, 12_784])
def test_window_of_the_whole_range_is_there_at_once(n_days: int) -> None:
    """Any two days would be those in two of so many squared draws."""
    window = sample_window(_range(n_days, n_days), Stream(1))
    assert (window.start, window.days) == (START, n_days)


@pytest.mark.parametrize(("n_days", "min_days"), [(6, 2), (16, 10), (40, 36)])
def test_pairs_by_their_number_are_each_as_likely(
    n_days: int, min_days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a window falls back on is the same distribution."""
    monkeypatch.setattr("plurel_cli.temporal.window._ATTEMPTS", 0)
    drawn = _pairs(_windows(_range(n_days, min_days), 5000))
    allowed = [p for p in combinations(range(n_days), 2) if p[1] - p[0] + 1 >= min_days]
    assert counts_p(drawn, dict.fromkeys(allowed, 1.0)) > p_limit(3)
    assert counts_p(drawn, {pair: 1.0 + pair[0] for pair in allowed}) < p_limit(3)
