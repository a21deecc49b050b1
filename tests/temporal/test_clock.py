from __future__ import annotations

import hashlib
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from plurel_cli import Config, parse_config
from plurel_cli.config.time import GRANULARITIES
from plurel_cli.errors import ConfigError
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.pipeline import generate_to, run_stage
from plurel_cli.schema.arrivals import Arrivals
from plurel_cli.schema.column import TIME_COLUMN, TimeColumn
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.table import Table
from plurel_cli.temporal.clock import Clock
from plurel_cli.temporal.dates import EvenDates, first_nanosecond
from tests.plans import key_columns, plan_keys, plan_time, time_columns
from tests.statistics import p_limit

DAY = GRANULARITIES["day"]

ROWS = {"users": 3000, "events": 5000, "visits": 4000}

ALL: dict[str, Any] = {
    "spacing": "bursty",
    "profile": "shop",
    "growth": 1.0,
    "entity_growth": -1.0,
    "wander": 0.3,
    "flashes": 2,
}


def _config(arrivals: dict[str, Any] | None = None, rows: dict[str, int] = ROWS) -> Config:
    tables: dict[str, Any] = {name: {"rows": n} for name, n in rows.items()}
    tables["events"]["parents"] = ["users"]
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 1},
            "tables": tables,
            "features": {"model": "none"},
            "time": {"arrivals": arrivals or {}},
        }
    )


def _timed(table: Table) -> Table:
    """The table with a time column, if it has none."""
    if table.time_column is not None:
        return table
    time = TimeColumn(name=TIME_COLUMN)
    return table.but(columns=(*table.columns, time))


def _schema(config: Config, seed: int = 1) -> Schema:
    """Tables that all have times, `users` an entity table."""
    schema = sample_schema(config, seed)
    return schema.but(tables=tuple(_timed(table) for table in schema.tables))


def _clock(arrivals: dict[str, Any] | None = None, seed: int = 1) -> tuple[Clock, Schema]:
    config = _config(arrivals)
    schema = _schema(config, seed)
    return Clock(schema, config), schema


def _times(arrivals: dict[str, Any] | None = None, seed: int = 1) -> dict[str, NDArray[np.int64]]:
    clock, schema = _clock(arrivals, seed)
    return {table.name: clock.whole(table) for table in schema.tables}


def _moved(one: dict[str, NDArray[np.int64]], other: dict[str, NDArray[np.int64]]) -> set[str]:
    return {name for name in one if not np.array_equal(one[name], other[name])}


# The published method's by default.


def test_by_default_all_times_are_even() -> None:
    clock, schema = _clock()
    for table in schema.tables:
        even = EvenDates(clock.window, table.rows).block(0)
        np.testing.assert_array_equal(clock.whole(table), even)
        assert clock.arrivals(table) == Arrivals()


def test_by_default_nothing_is_recorded() -> None:
    config = _config()
    planned = plan_time(sample_schema(config, 1).but(stages=("schema", "fk")), config)
    assert all(table.arrivals is None for table in planned.tables)
    assert planned.window is not None
    assert planned.window.profile is None
    assert '"arrivals": {' not in planned.but(config={}).to_json()
    assert "profile" not in planned.but(config={}).to_json()


# What is drawn, and what of it is recorded.


def test_what_was_drawn_is_recorded_and_read_back() -> None:
    config = _config(ALL | {"granularity": ["second", "minute"]})
    schema = _schema(config)
    planned = plan_time(schema.but(stages=("schema", "fk")), config)
    assert planned.window is not None
    assert planned.window.profile is not None
    assert planned.window.profile.name == "shop"
    for table in planned.tables:
        its = table.arrivals
        assert its is not None
        assert its.spacing == "bursty"
        assert its.parameters.keys() == {"branching", "lag_hours"}
        assert its.growth == (-1.0 if table.kind == "entity" else 1.0)
        assert its.wander == 0.3
        assert len(its.flashes) == 2
        assert all(planned.window.start <= day < planned.window.end for day in its.flashes)
        assert its.granularity in ("second", "minute")
    assert Schema.model_validate_json(planned.to_json()) == planned


def test_a_stage_that_runs_again_drops_what_was_drawn_after_it(tmp_path: Path) -> None:
    made = generate_to(tmp_path / "db", _config(ALL, dict.fromkeys(ROWS, 20)), 1)
    assert made.by_name["events"].arrivals is not None
    again = run_stage("fk", tmp_path / "db", force=True)
    assert all(table.arrivals is None for table in again.tables)
    assert run_stage("temporal", tmp_path / "db").tables == made.tables


def test_a_table_without_times_has_no_arrivals() -> None:
    config = _config(ALL)
    planned = plan_time(sample_schema(config, 1).but(stages=("schema", "fk")), config)
    assert planned.by_name["users"].arrivals is None
    assert planned.by_name["events"].arrivals is not None


def test_every_table_draws_its_own_and_the_profile_is_shared() -> None:
    clock, schema = _clock(
        ALL | {"growth": {"min": 0, "max": 2}, "entity_growth": {"min": 0, "max": 2}}
    )
    drawn = [clock.arrivals(table) for table in schema.tables]
    for field in ("growth", "flashes", "flash_size", "flash_hours"):
        assert len({getattr(its, field) for its in drawn}) == 3
    assert len({its.parameters["branching"] for its in drawn}) == 3


CHANGES: list[dict[str, Any]] = [
    {"spacing": "poisson"},
    {"profile": "office"},
    {"growth": 1.5},
    {"entity_growth": 1.5},
    {"wander": 0.7},
    {"flashes": 5},
    {"flash_size": 99.0},
    {"flash_hours": 99.0},
    {"granularity": "hour"},
    {"spacings": {"bursty": {"branching": 0.5}}},
    {"spacings": {"bursty": {"lag_hours": 0.5}}},
]


@pytest.mark.parametrize("change", CHANGES, ids=str)
def test_one_setting_moves_no_other_draw(change: dict[str, Any]) -> None:
    (plain, schema), (changed, _) = _clock(ALL), _clock(ALL | change)
    assert plain.window.but(profile=None) == changed.window.but(profile=None)
    assert (plain.window == changed.window) == ("profile" not in change)
    for table in schema.tables:
        one, other = plain.arrivals(table), changed.arrivals(table)
        differing = {f for f in Arrivals.model_fields if getattr(one, f) != getattr(other, f)}
        name = next(iter(change))
        if name == "spacings":
            setting = next(iter(change["spacings"]["bursty"]))
            assert differing == {"parameters"}
            kept = one.parameters.keys() - {setting}
            assert all(one.parameters[key] == other.parameters[key] for key in kept)
        elif name == "spacing":
            assert differing == {"spacing", "parameters"}
        elif name in ("growth", "entity_growth"):
            meant = (name == "growth") == (table.kind == "activity")
            assert differing == ({"growth"} if meant else set())
        else:
            assert differing == {name} - {"profile"}
    assert _moved(_times(ALL), _times(ALL | change))


def test_more_flashes_keep_those_there() -> None:
    (few, schema), (more, _) = _clock(ALL), _clock(ALL | {"flashes": 5})
    for table in schema.tables:
        assert set(few.arrivals(table).flashes) <= set(more.arrivals(table).flashes)


# Times.


@pytest.mark.parametrize("spacing", ["even", "poisson", "bursty"])
@pytest.mark.parametrize("profile", ["flat", "site"])
@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_times_rise_within_the_window_in_whole_units(
    spacing: str, profile: str, granularity: str
) -> None:
    settings = {"spacing": spacing, "profile": profile, "wander": 0.2 * (profile == "site")}
    fine = _times(settings)
    clock, schema = _clock(settings | {"granularity": granularity})
    start = first_nanosecond(clock.window)
    end = start + (clock.window.end - clock.window.start).days * DAY
    unit = GRANULARITIES[granularity]
    for table in schema.tables:
        times = clock.whole(table)
        assert times.dtype == np.int64
        assert times.shape == (table.rows,)
        assert (np.diff(times) >= 0).all()
        assert start <= times[0] <= times[-1] <= end
        assert (times % unit == 0).all()
        np.testing.assert_array_equal(times, fine[table.name] // unit * unit)


def test_days_of_many_rows_are_tied() -> None:
    times = _times({"spacing": "poisson", "granularity": "day"})["events"]
    clock, _ = _clock()
    assert len(set(times.tolist())) <= (clock.window.end - clock.window.start).days


@pytest.mark.parametrize("spacing", ["even", "poisson", "bursty"])
@pytest.mark.parametrize("profile", ["flat", "site"])
def test_an_entity_tables_first_row_is_there_from_the_start(spacing: str, profile: str) -> None:
    clock, schema = _clock({"spacing": spacing, "profile": profile})
    start = first_nanosecond(clock.window)
    assert clock.whole(schema.by_name["users"])[0] == start
    if (spacing, profile) != ("even", "flat"):
        assert clock.whole(schema.by_name["events"])[0] > start


@pytest.mark.parametrize("spacing", ["even", "poisson", "bursty"])
@pytest.mark.parametrize("profile", ["flat", "site"])
def test_one_row(spacing: str, profile: str) -> None:
    config = _config({"spacing": spacing, "profile": profile}, dict.fromkeys(ROWS, 1))
    schema = _schema(config)
    clock = Clock(schema, config)
    start = first_nanosecond(clock.window)
    assert clock.whole(schema.by_name["users"]).tolist() == [start]
    (time,) = clock.whole(schema.by_name["events"]).tolist()
    assert start <= time < start + clock.window.days * DAY


def test_growth_is_that_of_the_kind_of_table() -> None:
    """Halves of the window: of e^(g u) a share of 1/(1 + e^(g/2)) lies in the first."""
    times = _times({"spacing": "poisson", "growth": 2.0, "entity_growth": -2.0})
    clock, schema = _clock()
    start = first_nanosecond(clock.window)
    middle = start + (clock.window.end - clock.window.start).days * DAY // 2
    for table in schema.tables:
        growth = -2.0 if table.kind == "entity" else 2.0
        early = int((times[table.name] < middle).sum())
        share = 1 / (1 + np.exp(growth / 2))
        assert stats.binomtest(early, table.rows, share).pvalue > p_limit(3)
        assert stats.binomtest(early, table.rows, 1 - share).pvalue < p_limit(3)


@pytest.mark.parametrize("spacing", ["even", "poisson", "bursty"])
def test_any_block_alone_is_that_of_the_whole(spacing: str) -> None:
    config = _config(
        ALL | {"spacing": spacing, "granularity": "second"},
        {"users": 1000, "events": 3 * BLOCK_ROWS + 9, "visits": 10},
    )
    schema = _schema(config)
    events = schema.by_name["events"]
    whole = Clock(schema, config).whole(events)
    assert len(whole) == events.rows
    assert (np.diff(whole) >= 0).all()
    for index in (3, 1, 0, 2):
        block = Clock(schema, config).column(events).block(index)
        np.testing.assert_array_equal(block, whole[index * BLOCK_ROWS : (index + 1) * BLOCK_ROWS])
    np.testing.assert_array_equal(Clock(schema, config).whole(events), whole)


def test_times_are_the_same_before_and_after_they_are_planned() -> None:
    config = _config(ALL)
    schema = _schema(config)
    planned = plan_time(schema.but(stages=("schema", "fk")), config)
    before, after = Clock(schema, config), Clock(planned, config)
    assert before.window == after.window == planned.window
    for table in planned.tables:
        column = time_columns(planned, config, table)[TIME_COLUMN]
        np.testing.assert_array_equal(before.whole(table), column.block(0))
        np.testing.assert_array_equal(after.whole(table), column.block(0))


def test_the_whole_is_made_once_and_read_only() -> None:
    clock, schema = _clock(ALL)
    events = schema.by_name["events"]
    assert clock.whole(events) is clock.whole(events)
    assert not clock.whole(events).flags.writeable


def test_one_to_one_rows_take_the_times_of_those_they_belong_to() -> None:
    config = parse_config(
        {
            "schema": {"layout": "explicit", "columns": 1},
            "tables": {
                "users": {"rows": 3000},
                "settings": {
                    "rows": 2000,
                    "parents": [{"table": "users", "form": "one_to_one"}],
                },
            },
            "time": {"arrivals": ALL},
        }
    )
    schema = _schema(config)
    clock = Clock(schema, config)
    users, settings = schema.by_name["users"], schema.by_name["settings"]
    keys = key_columns(plan_keys(schema, config), config, settings)["foreign_row_0"].block(0)
    np.testing.assert_array_equal(clock.whole(settings), clock.whole(users)[keys])
    assert (np.diff(clock.whole(settings)) >= 0).all()
    planned = plan_time(schema.but(stages=("schema", "fk")), config)
    assert planned.by_name["users"].arrivals is not None
    assert planned.by_name["settings"].arrivals is None


# What they depend on.


def test_seeds_and_tables_have_times_of_their_own() -> None:
    assert _moved(_times(ALL, 1), _times(ALL, 2)) == set(ROWS)
    times = [_times({"spacing": "poisson"})[name][1:100].tolist() for name in ROWS]
    assert all(a != b for a, b in pairwise(times))


def test_rows_of_one_table_move_no_other() -> None:
    config = _config(ALL, ROWS | {"events": 5001})
    schema = _schema(config)
    clock = Clock(schema, config)
    plain = _times(ALL)
    for name in ("users", "visits"):
        np.testing.assert_array_equal(clock.whole(schema.by_name[name]), plain[name])


def test_times_are_the_same_for_ever() -> None:
    """To the bit, on any machine."""
    digests = {}
    for spacing in ("even", "poisson", "bursty"):
        config = _config(
            ALL | {"spacing": spacing, "profile": ["shop", "office", "site"]},
            ROWS | {"events": 100_000},
        )
        schema = _schema(config, 7)
        times = Clock(schema, config).whole(schema.by_name["events"])
        digests[spacing] = hashlib.blake2b(times.astype("<i8").tobytes(), digest_size=8).hexdigest()
    assert digests == {
        "even": "33e0938041374fc2",
        "poisson": "6726b32eac916f7a",
        "bursty": "735c4ab400b55188",
    }


# Settings.


def test_settings_survive_being_written() -> None:
    settings = ALL | {
        "spacing": {"choices": {"poisson": 1, "bursty": 3}},
        "profile": ["flat", "site"],
        "profiles": {"site": {"hour_ratio": 5}},
        "growth": {"min": -1, "max": 2},
        "granularity": ["second", "day"],
    }
    config = _config(settings)
    assert parse_config(config.resolved()) == config


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"spacing": "burst"}, "did you mean bursty"),
        ({"spacings": {"bursty": {"branching": 1}}}, "must be at least 0 and below 1, got 1"),
        ({"spacings": {"poisson": {"rate": 1}}}, "is no setting here"),
        ({"profile": "shops"}, "did you mean shop"),
        ({"profiles": {"shop": {"hour_ratio": 0.5}}}, "must be at least 1"),
        ({"wander": -1}, "must be at least 0"),
        ({"flashes": 1.5}, "must be an integer"),
        ({"flash_size": 0.5}, "must be at least 1"),
        ({"flash_hours": 0}, "must be above 0"),
        ({"granularity": "week"}, "must be one of nanosecond, second, minute, hour, day"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as caught:
        _config(settings)
    assert "time.arrivals." in str(caught.value)
