"""What is asked of a dial is what is measured of the labels."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from plurel_cli.config.tasks import DialsConfig
from plurel_cli.schema.task import Dials
from plurel_cli.tasks.answers import Answerer
from plurel_cli.tasks.clocks import EventClock
from plurel_cli.tasks.labels import labels_of
from plurel_cli.tasks.tables import Tables
from tests.statistics import z_limit
from tests.tasks.samples import drawer_of, made, settings


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Tables:
    folder = tmp_path_factory.mktemp("dials") / "db"
    return Tables.of(folder, made(folder, 3))


def _measured(tables: Tables, n: int = 4, **dials: Any) -> list[tuple[Dials, int]]:
    """Dials of some forecasts, each with its training rows."""
    drawer, period = drawer_of(tables, settings(kinds=["forecast"], dials=dials))
    answerer, several = Answerer(tables, period), []
    for drawn in drawer.all(60):
        answers = answerer.answers(drawn)
        if answers is not None and answers.dials is not None:
            several.append((answers.dials, answers.splits["train"].height))
        if len(several) == n:
            return several
    raise AssertionError(f"only {len(several)} forecasts with {dials}")


def test_noise_is_the_share_of_labels_that_differ(tables: Tables) -> None:
    several = _measured(tables, noise=0.1)
    for dials, n in several:
        assert dials.noise_measured is not None
        deviation = (0.1 * 0.9 / n) ** 0.5
        assert abs(dials.noise_measured - 0.1) < z_limit(len(several)) * deviation


def test_positives_are_rare(tables: Tables) -> None:
    for asked in (0.02, 0.3):
        for dials, _ in _measured(tables, positives=asked):
            assert asked / 3 <= (dials.positives_measured or 0.0) <= asked * 3


def test_shifts_change_labels_of_the_test_split_alone(tables: Tables) -> None:
    for shift in ("marginal", "mechanism"):
        several = _measured(tables, 3, shift=shift)
        assert all(dials.shift == shift for dials, _ in several)
        assert min(dials.shift_measured or 0.0 for dials, _ in several) >= 0.02


def test_shifts_change_nothing_before_the_validation_timestamp(tables: Tables) -> None:
    for shift in ("marginal", "mechanism"):
        drawer, period = drawer_of(tables, settings(kinds=["forecast"], dials={"shift": shift}))
        answerer, n_compared = Answerer(tables, period), 0
        for drawn in drawer.all(40):
            answers = answerer.answers(drawn)
            if answers is None or answers.dials is None:
                continue
            plain = replace(answers.forecast, later=None)
            cut_offs = period.cut_offs(answers.forecast.horizon_days, 1)["train"]
            labels = labels_of(plain, tables, cut_offs)
            assert labels.equals(answers.splits["train"])
            n_compared += 1
        assert n_compared >= 3


@pytest.mark.parametrize("asked", [1.0, 4.0, 16.0])
def test_horizons_are_as_far_as_was_asked(tables: Tables, asked: float) -> None:
    """By the usual time between events, measured anew from the tables."""
    drawer, period = drawer_of(tables, settings(kinds=["forecast"], dials={"horizon": asked}))
    answerer, several = Answerer(tables, period), []
    for drawn in drawer.all(20):
        answers = answerer.answers(drawn)
        if answers is None:
            continue
        dials, ask = answers.dials, answers.forecast.ask
        assert dials is not None
        assert dials.horizon == asked
        gap = EventClock.of(tables, ask.events, period).gap
        assert gap is not None
        assert dials.horizon_measured == pytest.approx(
            answers.forecast.horizon_days / gap, abs=1e-3
        )
        several.append(dials.horizon_measured or 0.0)
    assert several
    assert all(asked / 3 <= measured <= asked * 3 for measured in several)


def test_what_nobody_asked_for_is_not_recorded(tables: Tables) -> None:
    drawer, period = drawer_of(tables, settings(kinds=["forecast"]))
    answers = [Answerer(tables, period).answers(drawn) for drawn in drawer.all(8)]
    assert [one.dials for one in answers if one is not None] == [None] * sum(
        one is not None for one in answers
    )


def test_every_dial_is_recorded_with_what_it_turned_out_as() -> None:
    """Those of the config and those of `schema.json` are the same, each with its measure."""
    recorded = set(Dials.model_fields)
    assert recorded == {
        f"{name}{end}" for name in DialsConfig.model_fields for end in ("", "_measured")
    }


def test_as_many_entities_are_new_as_was_asked(tables: Tables) -> None:
    for dials, _ in _measured(tables, 4, cold_start=0.5):
        assert abs((dials.cold_start_measured or 0.0) - 0.5) <= 0.15


def test_tails_are_as_heavy_as_was_asked(tables: Tables) -> None:
    for dials, _ in _measured(tables, 2, tail=0.02):
        assert (dials.tail_measured or 0.0) >= 0.02


def test_what_is_known_of_links_ends_before_the_test_split(tables: Tables) -> None:
    """There is none where a second horizon would cross the border."""
    drawer, period = drawer_of(tables, settings(kinds=["link"]))
    answerer, seen = Answerer(tables, period), set()
    for drawn in drawer.all(40):
        answers = answerer.answers(drawn)
        if answers is None:
            continue
        horizon = answers.forecast.horizon_days
        between = answerer.between(answers.forecast)
        seen.add(between is not None)
        assert (between is None) == ((period.test - period.val).days < 2 * horizon)
        if between is not None and between.height:
            days = between["timestamp"].dt.date()
            assert days.min() == period.val + dt.timedelta(days=horizon)
            assert days.max() <= period.test - dt.timedelta(days=horizon)
    assert True in seen
