"""Times that are not known yet: null where they would lie past the window, and nowhere else."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plurel_cli import do, generate, generate_to, parse_config, validate
from plurel_cli.errors import ConfigError
from plurel_cli.lenses.times import _shortened
from tests.storage.samples import rewrite

LAG = {"exponential": {"mean": 200}, "per": "days"}

ORDER: dict[str, Any] = {
    "closed_on": {"lens": "date", "after": "time", "lag": LAG, "until": "window"},
    "closed_at": {"lens": "timestamp", "after": "time", "lag": LAG, "until": "window"},
    "stated_on": {"lens": "date", "after": "time", "lag": LAG, "until": dt.date(2020, 6, 30)},
    "archived_on": {"lens": "date", "after": "closed_on", "lag": LAG, "until": "window"},
    "due_on": {"lens": "date", "after": "time", "lag": LAG},
    "is_closed": {"lens": "formula", "of": "closed_on >= time"},
    "is_paid": {"lens": "flag", "true": 0.7},
    "paid_at": {
        "lens": "timestamp",
        "after": "time",
        "lag": LAG,
        "until": "window",
        "when": "is_paid = true",
    },
    "booked_on": {
        "lens": "date",
        "after": "paid_at",
        "lag": LAG,
        "until": "window",
        "late": "earlier",
    },
    "born_on": {"lens": "date", "first": "2010-01-01", "last": "2030-12-31", "until": "window"},
}


def config(order: dict[str, Any] = ORDER, rows: int = 2_000) -> Any:
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 0},
            "features": {"model": "scm"},
            "time": {"start": "2019-01-01", "end": "2021-01-01", "min_days": 700},
            "tables": {"order": {"rows": rows, "timed": True, "columns": order}},
        }
    )


def test_times_past_the_last_day_are_null() -> None:
    database = generate(config(), 3)
    frame, window = database.tables["order"], database.schema.window
    assert window is not None
    end = window.end
    assert frame["due_on"].null_count() == 0
    late = (frame["due_on"] > end).mean()
    for name in ("closed_on", "closed_at", "archived_on", "stated_on"):
        known = frame[name].drop_nulls()
        assert 0 < len(known) < frame.height
        assert known.cast(pl.Date).max() <= (dt.date(2020, 6, 30) if name == "stated_on" else end)
        assert database.schema.by_name["order"].by_column[name].nullable
    assert frame["closed_on"].null_count() / frame.height == pytest.approx(late, abs=0.03)
    closed, archived = frame["closed_on"].is_not_null(), frame["archived_on"].is_not_null()
    assert not (archived & ~closed).any()
    assert frame["is_closed"].is_not_null().to_list() == closed.to_list()


def test_what_has_happened_is_never_late() -> None:
    database = generate(config(), 3)
    frame, window = database.tables["order"], database.schema.window
    assert window is not None
    time = database.schema.by_name["order"].time_column
    assert time is not None
    for name, because in (("paid_at", frame["is_paid"]), ("booked_on", frame["paid_at"])):
        happened = because if because.dtype == pl.Boolean else because.is_not_null()
        assert frame[name].is_not_null().to_list() == happened.to_list()
        assert frame[name].drop_nulls().cast(pl.Date).max() <= window.end
    known = frame.filter("is_paid")
    lags = (known["paid_at"] - known[time]).dt.total_seconds() / 86_400
    assert lags.min() >= 0
    early = known[time].cast(pl.Date) < window.start + dt.timedelta(100)
    assert lags.filter(early).median() == pytest.approx(200 * 0.693, rel=0.35)


@given(
    lags=st.lists(st.floats(0, 1e10), min_size=2, max_size=20),
    room=st.floats(-1e9, 1e9),
)
def test_a_shortened_lag_has_room_and_rises_with_the_lag(lags: list[float], room: float) -> None:
    of = np.sort(np.array(lags))
    short = _shortened(of, np.full(of.size, room))
    assert (np.diff(short) >= 0).all()
    assert (short <= of * (1 + 1e-12)).all()
    if room > 0:
        assert (short <= room).all()
        assert short[2 * of <= room].tolist() == of[2 * of <= room].tolist()
    else:
        assert short.tolist() == of.tolist()


def test_late_needs_a_time_and_a_last_day() -> None:
    for without in ("after", "until"):
        stated = {key: value for key, value in ORDER["booked_on"].items() if key != without}
        with pytest.raises(ConfigError, match="late: needs after"):
            config({"booked_on": {**stated, "lag": None} if without == "after" else stated})


def test_an_absolute_time_lies_as_much_earlier_as_it_takes() -> None:
    database = generate(config(), 3)
    born, window = database.tables["order"]["born_on"], database.schema.window
    assert window is not None
    assert born.null_count() == 0
    assert dt.timedelta(0) <= window.end - born.max() < dt.timedelta(60)  # type: ignore[operator]
    spread = born.max() - born.min()  # type: ignore[operator]
    assert spread > dt.timedelta(7_500)  # type: ignore[operator]  # of 7,670 days, as stated


def test_what_is_known_is_checked_and_stays_when_something_is_held(tmp_path: Path) -> None:
    generate_to(tmp_path / "db", config(), 3)
    assert validate(tmp_path / "db") == []
    do(tmp_path / "db", "order", "born_on", "2015-01-01").save(tmp_path / "held")
    assert validate(tmp_path / "held") == []

    def late(frame: pl.DataFrame) -> pl.DataFrame:
        return frame.with_columns(closed_on=pl.lit(dt.date(2031, 1, 1)))

    rewrite(tmp_path / "db", "order", late)
    rules = [problem.rule for problem in validate(tmp_path / "db")]
    assert any(rule.startswith("must not be after 20") for rule in rules)


@pytest.mark.parametrize("until", ["2020-02-30", "windows", 7, "1600-01-01"])
def test_no_other_day_can_be_the_last(until: Any) -> None:
    with pytest.raises(ConfigError, match="until"):
        config({"closed_on": ORDER["closed_on"] | {"until": until}})
