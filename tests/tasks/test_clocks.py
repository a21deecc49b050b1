"""What clocks count are the labels of a forecast."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from plurel_cli.tasks.clocks import MOST_EVALUATIONS, NEEDS_EVENTS, EventClock
from plurel_cli.tasks.labels import labels_of
from plurel_cli.tasks.tables import Tables
from tests.tasks.samples import drawer_of, made, settings


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("clocks") / "db"
    return Tables.of(folder, made(folder, 2))


def test_rows_are_those_of_the_labels(tables: Tables) -> None:
    drawer, period = drawer_of(tables, settings())
    n_counted = 0
    for drawn in drawer.all(60):
        forecast = drawn.forecast
        if forecast.ask.form not in ("none", "count", "return") or forecast.ask.like is not None:
            continue
        clock = EventClock.of(tables, forecast.ask.events, period)
        horizon = forecast.horizon_days
        asked, met = clock.rows(forecast.ask.form, horizon, forecast.lookback, 1)
        cut_off = period.val - dt.timedelta(days=horizon)
        labels = labels_of(forecast, tables, [cut_off])
        target = labels[forecast.target_col]
        n_met = (target == 0).sum() if forecast.ask.form == "none" else (target > 0).sum()
        assert (asked, met) == (labels.height, n_met), forecast
        n_counted += 1
    assert n_counted > 4


def test_questions_have_rows_enough(tables: Tables) -> None:
    """Of questions without a condition, hardly any falls short; of horizons at random, many do."""
    drawer, period = drawer_of(tables, settings())
    n_enough = n_all = 0
    for drawn in drawer.all(60):
        forecast = drawn.forecast
        assert 1 <= forecast.n_evaluations <= MOST_EVALUATIONS
        days = period.cut_offs(forecast.horizon_days, forecast.n_evaluations)
        if forecast.ask.form not in NEEDS_EVENTS:
            n_all += 1
            n_enough += labels_of(forecast, tables, days["val"]).height >= 30
    assert n_enough >= 0.9 * n_all > 10


def test_entities_without_a_next_event_have_no_clock(tables: Tables) -> None:
    _, period = drawer_of(tables, settings())
    once = EventClock(np.arange(500), np.linspace(-400.0, -1.0, 500), period)
    twice = EventClock(np.arange(500) // 2, np.linspace(-400.0, -1.0, 500), period)
    assert once.gap is None
    assert twice.gap == pytest.approx(399 / 499)
