"""Paths over a window against their formulas, by Python's own functions."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pytest

from plurel_cli.features.drifts import drifts
from plurel_cli.features.drifts.drift import N_INTERVALS, Drift, WindowIntervals
from plurel_cli.features.drifts.gradual import Gradual
from plurel_cli.features.drifts.local import Local
from plurel_cli.features.drifts.seasonal import Seasonal
from plurel_cli.features.drifts.step import Step
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.window import Window
from tests.statistics import z_limit

N_DAYS = 1000
START = dt.date(2019, 10, 12)
OF_YEAR = 284  # days from the first of January to it

KINDS: list[type[Drift]] = [Gradual, Seasonal, Step, Local]


def _intervals(n_days: int = N_DAYS, seed: int = 0) -> WindowIntervals:
    window = Window(
        start=START,
        end=START + dt.timedelta(days=n_days),
        val_timestamp=START + dt.timedelta(days=1),
        test_timestamp=START + dt.timedelta(days=2),
    )
    counts = np.random.default_rng(seed).poisson(3, N_INTERVALS)
    return WindowIntervals(window, counts)


def test_they_are_those_of_a_config() -> None:
    assert list(drifts.names()) == ["gradual", "seasonal", "step", "local"]


@pytest.mark.parametrize("kind", KINDS)
def test_each_has_a_finite_number_in_every_interval_and_varies(kind: type[Drift]) -> None:
    for seed in range(50):
        drift = kind.drawn(Stream(seed).draws())
        assert drift == kind.model_validate(drift.model_dump())
        path = drift.path(_intervals(), Stream(seed).child("path"))
        assert path.shape == (N_INTERVALS,)
        assert np.isfinite(path).all()
        assert np.ptp(path) > 0
        again = drift.path(_intervals(), Stream(seed).child("path"))
        assert path.tobytes() == again.tobytes()


@pytest.mark.parametrize(("at", "width"), [(0.2, 0.02), (0.5, 0.3), (0.8, 2.0)])
def test_gradual_is_a_hyperbolic_tangent(at: float, width: float) -> None:
    path = Gradual(at=at, width=width).path(_intervals(), Stream(0))
    wanted = [math.tanh(((i + 0.5) / N_INTERVALS - at) / width) for i in range(N_INTERVALS)]
    np.testing.assert_allclose(path, wanted, rtol=0, atol=1e-12)


@pytest.mark.parametrize("at", [0.0, 0.3, 0.99])
def test_seasonal_comes_round_every_year(at: float) -> None:
    path = Seasonal(at=at).path(_intervals(), Stream(0))
    days = [OF_YEAR + N_DAYS * (i + 0.5) / N_INTERVALS for i in range(N_INTERVALS)]
    wanted = [math.cos(2 * math.pi * (day / 365.2425 - at)) for day in days]
    np.testing.assert_allclose(path, wanted, rtol=0, atol=1e-9)


@pytest.mark.parametrize("at", [0.15, 0.5, 0.85])
def test_step_comes_after_its_share_of_the_rows(at: float) -> None:
    for seed in range(20):
        intervals = _intervals(seed=seed)
        path = Step(at=at).path(intervals, Stream(0))
        assert set(path) == {0.0, 1.0}
        (first,) = np.flatnonzero(np.diff(path) != 0) + 1
        assert path[first] == 1.0
        n_before, n_rows = intervals.counts[:first].sum(), intervals.counts.sum()
        assert n_before >= at * n_rows > n_before - intervals.counts[first - 1]


@pytest.mark.parametrize("persistence", [0.5, 0.95])
def test_local_is_a_stationary_walk_with_lines_between_weeks(persistence: float) -> None:
    n_weeks, n_walks = N_DAYS // 7, 400
    intervals = _intervals()
    days = intervals.days
    ends = []
    for seed in range(n_walks):
        path = Local(persistence=persistence).path(intervals, Stream(seed))
        weeks = np.floor(days / 7).astype(int)
        is_inside = (weeks[2:] == weeks[:-2]) & (weeks[1:-1] == weeks[:-2])
        bend = np.abs(np.diff(path, 2))
        assert bend[is_inside].max() < 1e-9  # straight within a week
        assert bend[~is_inside].max() > 1e-3
        knots = np.interp(7.0 * np.arange(1, n_weeks), days, path)
        ends.append((knots[0], knots[1], knots[60]))
    first, second, later = np.array(ends).T
    z = z_limit(10)
    for values in (first, later):  # of normal numbers of variance 1
        assert abs(values.mean()) < z / math.sqrt(n_walks)
        assert abs(values.var() - 1) < z * math.sqrt(2 / n_walks)
    r = np.corrcoef(first, second)[0, 1]
    assert abs(math.atanh(r) - math.atanh(persistence)) < z / math.sqrt(n_walks - 3)
