from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Arrivals, Profile
from plurel_cli.schema.window import Window
from plurel_cli.temporal.rate import HOUR_NS, Calendar, _steps, hourly_rate, wander
from plurel_cli.temporal.shapes import normals
from plurel_cli.temporal.spacings import spacings
from tests.statistics import assert_mean, chi_square_p, mean_z, p_limit, z_limit

HOUR = dt.timedelta(hours=1)
EPOCH = dt.datetime(1970, 1, 1)
N_ROWS = 60_000  # one block

PROFILE = Profile(
    name="test",
    weekdays=(1.5, 1.2, 1.0, 0.9, 0.8, 0.6, 1.0),
    working_hours=tuple(np.linspace(0.2, 1.8, 24).tolist()),
    weekend_hours=tuple(np.linspace(1.6, 0.4, 24).tolist()),
    months=(0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.2, 1.1, 1.0, 0.9, 0.8),
)


def _window(
    start: str = "2015-03-11", end: str = "2018-02-04", profile: Profile | None = None
) -> Window:
    first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
    return Window(start=first, end=last, val_timestamp=first, test_timestamp=last, profile=profile)


def _hours(window: Window) -> list[dt.datetime]:
    start = dt.datetime.combine(window.start, dt.time())
    return [start + HOUR * i for i in range((window.end - window.start).days * 24)]


def _times(window: Window, arrivals: Arrivals, seed: int = 1) -> NDArray[np.int64]:
    rate = hourly_rate(window, arrivals, Stream(seed).child("weeks"))
    column = spacings["poisson"].function(N_ROWS, 1.0, Stream(seed))
    return Calendar(window, rate).times(column.block(0))


def _observed(window: Window, times: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of each hour of the window."""
    start = dt.datetime.combine(window.start, dt.time())
    first = int((start - EPOCH) / HOUR)
    n_hours = (window.end - window.start).days * 24
    return np.bincount(times // HOUR_NS - first, minlength=n_hours)


# Week, day and year: against the calendar of the standard library.

CELLS: dict[str, Callable[[dt.datetime], int]] = {
    "weekday": lambda t: t.weekday(),
    "hour of a working day": lambda t: t.hour if t.weekday() < 5 else 24,
    "hour of a weekend": lambda t: t.hour if t.weekday() >= 5 else 24,
    "month": lambda t: t.month,
    "weekday and hour": lambda t: t.weekday() * 24 + t.hour,
    "month and weekday": lambda t: t.month * 7 + t.weekday(),
    "week": lambda t: t.toordinal() // 7 - dt.date(2015, 3, 11).toordinal() // 7,
}


def _weight(profile: Profile, t: dt.datetime) -> float:
    hours = profile.working_hours if t.weekday() < 5 else profile.weekend_hours
    return profile.months[t.month - 1] * profile.weekdays[t.weekday()] * hours[t.hour]


def _cells_p(window: Window, observed: NDArray[np.int64], profile: Profile, interval: str) -> float:
    hours = _hours(window)
    index = np.array([CELLS[interval](t) for t in hours])
    weights = np.array([_weight(profile, t) for t in hours])
    return chi_square_p(np.bincount(index, observed), np.bincount(index, weights))


@pytest.fixture(scope="module")
def profiled() -> tuple[Window, NDArray[np.int64]]:
    window = _window(profile=PROFILE)
    return window, _observed(window, _times(window, Arrivals()))


@pytest.mark.parametrize("interval", CELLS)
def test_rows_fall_on_the_calendar_as_the_profile_says(
    profiled: tuple[Window, NDArray[np.int64]], interval: str
) -> None:
    window, observed = profiled
    assert observed.sum() == N_ROWS
    assert _cells_p(window, observed, PROFILE, interval) > p_limit(len(CELLS))


@pytest.mark.parametrize(
    ("part", "interval"),
    [
        ("weekdays", "weekday"),
        ("working_hours", "hour of a working day"),
        ("weekend_hours", "hour of a weekend"),
        ("months", "month"),
    ],
)
def test_a_profile_late_by_one_is_seen(
    profiled: tuple[Window, NDArray[np.int64]], part: str, interval: str
) -> None:
    weights = getattr(PROFILE, part)
    late = PROFILE.but(**{part: (*weights[-1:], *weights[:-1])})
    assert _cells_p(*profiled, late, interval) < p_limit(4)


def test_a_window_before_1970_has_the_same_week() -> None:
    window = _window("1961-05-03", "1963-05-03", PROFILE)
    observed = _observed(window, _times(window, Arrivals()))
    assert _cells_p(window, observed, PROFILE, "weekday and hour") > p_limit(2)
    assert _cells_p(window, observed, PROFILE, "month") > p_limit(2)


# Growth.


@pytest.mark.parametrize("growth", [-3.0, 0.5, 2.0])
def test_growth_is_the_logarithm_of_the_rate_at_the_end_over_that_at_the_start(
    growth: float,
) -> None:
    window = _window()
    counts = _observed(window, _times(window, Arrivals(growth=growth))).reshape(-1, 24).sum(axis=1)

    def expected(its: float) -> NDArray[np.float64]:
        edge = np.exp(its * np.arange(len(counts) + 1) / len(counts))
        return np.diff(edge) / its

    assert chi_square_p(counts, expected(growth)) > p_limit(3)
    assert chi_square_p(counts, expected(growth + 0.3)) < p_limit(3)


def test_no_growth_no_wander_no_flash_no_profile_is_flat() -> None:
    assert hourly_rate(_window(), Arrivals(), Stream(1)) is None
    assert Calendar(_window(), None).is_flat


# Wander.


def test_sums_of_uniforms_are_nearly_normal() -> None:
    """Mean 0, variance 1, excess kurtosis −0.1, to the bit of exact sums."""
    values = normals(Stream(1), 100_000)
    assert_mean(values, 0.0, 1.0, 4)
    assert_mean(values**2, 1.0, n_comparisons=4)
    assert_mean(values**3, 0.0, n_comparisons=4)
    assert_mean(values**4, 2.9, n_comparisons=4)
    words = Stream(1).bits().random_raw(12 * 5)
    exact = [sum(int(w) >> 16 for w in words[12 * i : 12 * i + 12]) / 2**48 - 6 for i in range(5)]
    assert values[:5].tolist() == exact


def test_wander_is_stationary_with_its_variance_and_memory() -> None:
    sigma, paths = 0.4, 4000
    drawn = np.array([wander(30, sigma, Stream(seed)) for seed in range(paths)])
    for week in (0, 1, 29):
        assert_mean(drawn[:, week], 0.0, sigma, 9)
        assert_mean((drawn[:, week] / sigma) ** 2, 1.0, n_comparisons=9)
        assert abs(mean_z((drawn[:, week] / sigma) ** 2, 1.2)) > z_limit(9)
    for lag in (1, 5, 20):
        products = drawn[:, 5] * drawn[:, 5 + lag] / sigma**2
        assert_mean(products, 0.9**lag, n_comparisons=9)
    assert abs(mean_z(drawn[:, 5] * drawn[:, 6] / sigma**2, 0.8)) > z_limit(9)


def test_rows_follow_the_wander_of_their_week() -> None:
    window = _window()
    counts = _observed(window, _times(window, Arrivals(wander=0.5)))
    week = np.arange(len(counts)) // 168
    rates = np.exp(wander(int(week[-1]) + 1, 0.5, Stream(1).child("weeks")))
    assert chi_square_p(np.bincount(week, counts), np.bincount(week, rates[week])) > p_limit(2)
    assert chi_square_p(np.bincount(week, counts), np.bincount(week)) < p_limit(2)


# Flashes.

FLASHES = Arrivals(
    flashes=(dt.date(2016, 1, 1), dt.date(2016, 1, 2), dt.date(2018, 2, 3)),
    flash_size=20.0,
    flash_hours=12.0,
)


def _flash_factor(window: Window, its: Arrivals) -> NDArray[np.float64]:
    assert its.flash_size is not None
    assert its.flash_hours is not None
    hour = np.arange((window.end - window.start).days * 24)
    factor = np.ones(len(hour))
    for day in its.flashes:
        since = hour - (day - window.start).days * 24
        decayed = (its.flash_size - 1) * 0.5 ** (np.maximum(since, 0) / its.flash_hours)
        factor += np.where(since >= 0, decayed, 0.0)
    return factor


def test_a_flash_jumps_at_midnight_and_halves() -> None:
    window = _window()
    rate = hourly_rate(window, FLASHES, Stream(1))
    assert rate is not None
    np.testing.assert_allclose(rate, _flash_factor(window, FLASHES), rtol=1e-12)
    first = (dt.date(2016, 1, 1) - window.start).days * 24
    assert rate[[first - 1, first, first + 12]].tolist() == pytest.approx([1.0, 20.0, 10.5])


def test_rows_follow_the_flashes() -> None:
    window = _window("2015-12-20", "2016-01-20")
    its = FLASHES.but(flashes=FLASHES.flashes[:2])
    observed = _observed(window, _times(window, its))
    assert chi_square_p(observed, _flash_factor(window, its)) > p_limit(3)
    for change in ({"flash_size": 16.0}, {"flash_hours": 15.0}):
        assert chi_square_p(observed, _flash_factor(window, its.but(**change))) < p_limit(3)


# From positions to times.


def _calendar(window: Window, **changes: Any) -> tuple[Calendar, NDArray[np.float64]]:
    rate = hourly_rate(window, Arrivals(growth=1.0, wander=0.5, **changes), Stream(3))
    assert rate is not None
    return Calendar(window, rate), rate


@pytest.mark.parametrize("n", [1, 2, 500, 100_000])
def test_times_undo_the_cumulated_rate(n: int) -> None:
    window = _window(profile=PROFILE)
    calendar, rate = _calendar(window)
    positions = (np.arange(n) + 0.5) / n
    since = calendar.times(positions) - calendar.times(np.zeros(1))
    edges = np.concatenate(([0.0], np.cumsum(rate))) / rate.sum()
    back = np.interp(since / HOUR_NS, np.arange(len(edges)), edges)
    np.testing.assert_allclose(back, positions, atol=1e-12)


def test_times_lie_within_the_window() -> None:
    for window in (_window(), _window("1961-05-03", "1961-05-13"), _window(profile=PROFILE)):
        flat = Calendar(window, None)
        for calendar in (flat, _calendar(window)[0]):
            # 1 itself is where an interval's last position may be rounded to
            ends = calendar.times(np.array([0.0, np.nextafter(1.0, 0.0), 1.0]))
            start, last, rounded = ends.tolist()
            end = flat.times(np.zeros(1))[0] + (window.end - window.start).days * 24 * HOUR_NS
            midnight = dt.datetime.combine(window.start, dt.time())
            assert start == int((midnight - EPOCH) / HOUR) * HOUR_NS
            assert end - HOUR_NS < last <= rounded < end


def test_times_are_a_function_of_each_position_alone() -> None:
    """Whichever of rows and hours are fewer, and wherever a block begins."""
    window = _window(profile=PROFILE)
    calendar, _ = _calendar(window)
    positions = np.sort(Stream(5).generator().random(100_000))
    whole = calendar.times(positions)
    assert (np.diff(whole) >= 0).all()
    for begin, end in ((0, 10), (10, 11), (11, 5000), (5000, 100_000)):
        np.testing.assert_array_equal(calendar.times(positions[begin:end]), whole[begin:end])
    assert len(calendar.times(np.empty(0))) == 0


def test_steps_are_those_of_a_search() -> None:
    rng = Stream(2).generator()
    for n_ends, n_targets in ((1, 1), (1, 50), (50, 1), (300, 20), (20, 300)):
        ends = np.sort(rng.integers(0, 60, n_ends)).astype(float)
        targets = np.sort(rng.integers(0, 60, n_targets)).astype(float)
        found = _steps(ends, targets)
        np.testing.assert_array_equal(found, np.searchsorted(ends, targets, side="right"))


def test_flat_times_are_uniform() -> None:
    window = _window()
    times = _times(window, Arrivals())
    start = Calendar(window, None).times(np.zeros(1))[0]
    share = (times - start) / ((window.end - window.start).days * 24 * HOUR_NS)
    assert stats.kstest(share, "uniform").pvalue > p_limit()
