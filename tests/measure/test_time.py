"""Statistics of times, on times whose answer is known and against slow twins."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from plurel_cli.measure.time import (
    DAY,
    HOUR,
    burstiness,
    half_ratio,
    hour_ratio,
    tied_share,
    weekday_ratio,
    weekly_fano,
)
from tests.statistics import z_limit

START = 14_610 * DAY  # 2010-01-01


def poisson(n: int, span_days: int, seed: int = 1) -> NDArray[np.int64]:
    """Times of a Poisson process, given their number."""
    generator = np.random.default_rng(seed)
    return np.sort(START + generator.integers(0, span_days * DAY, n))


def test_even_spacing() -> None:
    times = START + HOUR * np.arange(29 * 7 * 24)
    assert burstiness(times) == -1
    assert tied_share(times) == 0
    assert weekly_fano(times) == 0
    assert weekday_ratio(times) == 1
    assert hour_ratio(times) == 1
    assert half_ratio(times) == 1


def test_poisson_process() -> None:
    """The gaps' coefficient of variation is 1 within √(4/n): exponential gaps' asymptotic error."""
    n = 20_000
    times = poisson(n, 3500)
    limit = z_limit(2)
    # B = (c − 1)/(c + 1), so dB = dc / 2; the variance of c for exponential gaps is 1/n.
    assert abs(burstiness(times)) < limit * 0.5 * math.sqrt(1 / n)
    weeks = 499
    assert abs(weekly_fano(times) - 1) < limit * math.sqrt(2 / weeks)


def test_processes_that_are_no_poisson_process_are_told_apart() -> None:
    n = 20_000
    times = poisson(n // 2, 3500)
    pairs = np.sort(np.concatenate((times, times + 60_000_000_000)))
    limit = z_limit(2)
    assert burstiness(pairs) > limit * 0.5 * math.sqrt(1 / n)
    assert weekly_fano(pairs) - 1 > limit * math.sqrt(2 / 499)


def _slow_burstiness(times: list[int]) -> float:
    gaps = [float(b - a) for a, b in pairwise(times)]
    mean = sum(gaps) / len(gaps)
    deviation = math.sqrt(sum((gap - mean) ** 2 for gap in gaps) / len(gaps))
    return (deviation - mean) / (deviation + mean)


def _when(times: list[int]) -> list[dt.datetime]:
    return [dt.datetime(1970, 1, 1) + dt.timedelta(seconds=time / 1e9) for time in times]


def _slow_fano(times: list[int]) -> float:
    days = _when(times)
    start = days[0].replace(hour=0, minute=0, second=0, microsecond=0)
    counts: Counter[int] = Counter((day - start).days // 7 for day in days)
    n_weeks = (days[-1] - start).days // 7
    rows = [counts[week] for week in range(n_weeks)]
    mean = sum(rows) / n_weeks
    return sum((row - mean) ** 2 for row in rows) / n_weeks / mean


def _ragged(seed: int) -> NDArray[np.int64]:
    """Bursts at some weekdays and hours, with ties."""
    generator = np.random.default_rng(seed)
    day = generator.integers(0, 200, 3000)
    day = day[(day % 7 < 5) | (generator.random(3000) < 0.3)]
    hour = generator.binomial(23, 0.5, day.size)
    seconds = generator.integers(0, 60, day.size)
    return np.sort(START + day * DAY + hour * HOUR + seconds * 1_000_000_000)


@pytest.mark.parametrize("seed", range(3))
def test_slow_twins_agree(seed: int) -> None:
    times = _ragged(seed)
    listed = times.tolist()
    assert burstiness(times) == pytest.approx(_slow_burstiness(listed))
    assert weekly_fano(times) == pytest.approx(_slow_fano(listed))
    equal = [a == b for a, b in pairwise(listed)]
    assert tied_share(times) == pytest.approx(sum(equal) / len(equal))
    weekdays = Counter(when.weekday() for when in _when(listed))
    assert weekday_ratio(times) == max(weekdays.values()) / min(weekdays.values())
    hours = Counter(when.hour for when in _when(listed))
    quietest = min(hours[hour] for hour in range(24))
    assert hour_ratio(times) == max(hours.values()) / max(quietest, 1)
    middle = (listed[0] + listed[-1]) // 2
    late = sum(time > middle for time in listed)
    assert half_ratio(times) == late / (len(listed) - late)


def test_a_row_in_the_very_middle_belongs_to_the_first_half() -> None:
    assert half_ratio(np.array([0, 5, 10])) == 0.5


def test_what_has_no_answer() -> None:
    nothing = np.empty(0, np.int64)
    for of in (burstiness, tied_share, weekly_fano, weekday_ratio, hour_ratio, half_ratio):
        assert math.isnan(of(nothing))
    same = np.full(2000, START)
    assert math.isnan(burstiness(same))
    assert math.isnan(half_ratio(same))
    assert tied_share(same) == 1
    short = START + HOUR * np.arange(1200)  # 50 days
    assert math.isnan(weekly_fano(short))
    assert math.isnan(weekday_ratio(short))
    assert math.isnan(hour_ratio(short))
    few = START + DAY * np.arange(999) + HOUR
    assert math.isnan(weekday_ratio(few))
    assert not math.isnan(weekly_fano(few))


def test_dates_have_no_hours() -> None:
    dates = START + DAY * (np.arange(3000) // 10)
    assert math.isnan(hour_ratio(dates))
    assert weekday_ratio(dates) == pytest.approx(43 / 42)
    later = dates + np.where(np.arange(3000) % 10 < 6, HOUR, 0)
    assert hour_ratio(np.sort(later)) == 1800  # none in 22 of the hours counts as one


def test_a_weekday_without_rows_counts_as_one() -> None:
    days = np.arange(700)
    days = days[days % 7 != 3]
    assert weekday_ratio(START + DAY * np.repeat(days, 2)) == 200
