"""What is asked of a dial is what is measured of the labels."""

from __future__ import annotations

from typing import Any

import pytest

from plurel_cli.schema.task import Dials
from plurel_cli.tasks.answers import Answerer
from plurel_cli.tasks.engine import SqlEngine
from tests.statistics import z_limit
from tests.tasks.samples import drawer_of, made, settings


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> SqlEngine:
    folder = tmp_path_factory.mktemp("dials") / "db"
    return SqlEngine(folder, made(folder, 3))


def _measured(engine: SqlEngine, n: int = 4, **dials: Any) -> list[tuple[Dials, int]]:
    """Dials of some forecasts, each with its training rows."""
    drawer, period = drawer_of(engine, settings(kinds=["forecast"], dials=dials))
    answerer, several = Answerer(engine, period), []
    for drawn in drawer.all(60):
        answers = answerer.answers(drawn)
        if answers is not None and answers.dials is not None:
            several.append((answers.dials, answers.splits["train"].height))
        if len(several) == n:
            return several
    raise AssertionError(f"only {len(several)} forecasts with {dials}")


def test_noise_is_the_share_of_labels_that_differ(engine: SqlEngine) -> None:
    several = _measured(engine, noise=0.1)
    for dials, n in several:
        assert dials.noise_measured is not None
        deviation = (0.1 * 0.9 / n) ** 0.5
        assert abs(dials.noise_measured - 0.1) < z_limit(len(several)) * deviation


def test_positives_are_rare(engine: SqlEngine) -> None:
    for asked in (0.02, 0.3):
        for dials, _ in _measured(engine, positives=asked):
            assert asked / 3 <= (dials.positives_measured or 0.0) <= asked * 3


def test_shifts_change_labels_of_the_test_split_alone(engine: SqlEngine) -> None:
    for shift in ("marginal", "mechanism"):
        several = _measured(engine, 3, shift=shift)
        assert all(dials.shift == shift for dials, _ in several)
        assert min(dials.shift_measured or 0.0 for dials, _ in several) >= 0.02


def test_as_many_entities_are_new_as_was_asked(engine: SqlEngine) -> None:
    for dials, _ in _measured(engine, 4, cold_start=0.5):
        assert abs((dials.cold_start_measured or 0.0) - 0.5) <= 0.15


def test_tails_are_as_heavy_as_was_asked(engine: SqlEngine) -> None:
    for dials, _ in _measured(engine, 2, tail=0.02):
        assert (dials.tail_measured or 0.0) >= 0.02
