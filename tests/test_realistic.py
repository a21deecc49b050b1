"""`configs/realistic.yaml` as a whole: its promises hold in every database it gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from plurel_cli import Config, Database, generate, load, load_config, run_stage, schema_to, validate
from plurel_cli.schema.forms import forms
from plurel_cli.schema.stages import STAGES

CONFIG = Path(__file__).parents[1] / "configs" / "realistic.yaml"


def _config(model: str | None = None, **rows: Any) -> Config:
    raw = load_config(CONFIG).resolved()
    raw["schema"]["rows"] = {"entity": {"min": 40, "max": 90}, "activity": {"min": 100, "max": 400}}
    raw["schema"]["rows"] |= rows
    raw["schema"]["tables"] = {"min": 4, "max": 8}
    if model is not None:
        raw["features"]["model"] = model
    return Config.model_validate(raw)


def _times(database: Database, table: str) -> pl.Series | None:
    """Times of a table's rows, if it has some."""
    name = database.schema.by_name[table].time_column
    return None if name is None else database.tables[table][name]


@pytest.fixture(scope="module")
def databases() -> list[Database]:
    return [generate(_config("none"), seed) for seed in range(40)]


def test_every_form_and_habit_is_met(databases: list[Database]) -> None:
    """So that the tests below are about something."""
    columns = [c for d in databases for t in d.schema.tables for c in t.foreign_keys]
    forms_met = {column.form for column in columns}
    assert forms_met == {*forms.names()}
    assert any(table.unique for d in databases for table in d.schema.tables)
    habits = [column.habits for column in columns if column.form == "many" and column.habits]
    for name in ("softness", "returning", "following", "latent", "run", "coupling", "null_rate",
                 "null_latent", "time_order", "popularity"):  # fmt: skip
        assert any(getattr(one, name) for one in habits), name


def test_no_row_comes_before_what_it_refers_to(databases: list[Database]) -> None:
    """Nor, since every key is in order, along any chain or round any diamond."""
    n_checked = 0
    for database in databases:
        for table in database.schema.tables:
            for key in table.foreign_keys:
                child, parent = (_times(database, t) for t in (table.name, str(key.references)))
                if parent is not None and not key.to_self:
                    assert child is not None
                if child is not None and parent is not None and key.form == "many":
                    keys = database.tables[table.name][key.name]
                    is_there = keys.is_not_null()
                    assert (child.filter(is_there) >= parent.gather(keys.drop_nulls())).all()
                    n_checked += len(keys.drop_nulls())
    assert n_checked > 1000


def test_events_are_followed_at_once() -> None:
    """Most rows that refer to events refer to one of the newest, and late events to late rows."""
    config = _config("none", event={"min": 300, "max": 500}, activity={"min": 900, "max": 2000})
    lags = []
    for seed in range(20):
        database = generate(config, seed)
        for table in database.schema.tables:
            if table.holds_events:
                assert table.kind == "entity"
                assert table.time_column is not None
                if not any(key.form == "detail" for key in table.foreign_keys):
                    assert 300 <= table.rows <= 500
        for table in database.schema.tables:
            for key in table.foreign_keys:
                if not database.schema.by_name[str(key.references)].holds_events:
                    continue
                if key.form != "many":
                    continue
                assert key.habits.following >= 0.8
                assert key.habits.returning == 0
                child, parent = (_times(database, t) for t in (table.name, str(key.references)))
                assert child is not None and parent is not None  # noqa: PT018
                keys = database.tables[table.name][key.name]
                last = parent.search_sorted(child.filter(keys.is_not_null()), side="right")
                lags += (last - 1 - keys.drop_nulls()).to_list()
    assert len(lags) > 2000
    assert pl.Series(lags).median() <= 5
    assert min(lags) >= 0


def test_a_table_with_times_is_in_their_order(databases: list[Database]) -> None:
    n_checked = 0
    for database in databases:
        for name in database.tables:
            if (times := _times(database, name)) is not None:
                assert times.is_sorted()
                n_checked += len(times)
    assert n_checked > 1000


def test_no_table_has_more_keys_than_readers_take(databases: list[Database]) -> None:
    assert max(len(t.foreign_keys) for d in databases for t in d.schema.tables) == 5


@pytest.mark.parametrize("seed", [3, 11])
def test_stages_run_apart_give_the_same(tmp_path: Path, seed: int) -> None:
    config = _config()
    whole = generate(config, seed)
    schema_to(tmp_path / "db", config, seed)
    for stage in STAGES[1:]:
        run_stage(stage, tmp_path / "db")
    assert validate(tmp_path / "db") == []
    apart = load(tmp_path / "db")
    assert apart.schema.tables == whole.schema.tables
    for name, frame in whole.tables.items():
        assert frame.equals(apart.tables[name]), name


def test_rows_do_not_hang_on_how_many_blocks_are_made(tmp_path: Path) -> None:
    """Tables of several blocks of rows: whatever spans them is the same in part and whole."""
    config = _config("none", activity={"min": 140_000, "max": 150_000})
    whole = generate(config, 5)
    schema_to(tmp_path / "db", config, 5)
    for stage in STAGES[1:]:
        run_stage(stage, tmp_path / "db")
    for name, frame in load(tmp_path / "db").tables.items():
        assert frame.equals(whole.tables[name]), name
    assert validate(tmp_path / "db") == []


def test_columns_have_the_types_of_real_ones() -> None:
    """Whole numbers are integers, flags booleans, and some tables have dates beside their time."""
    config = _config()
    databases = [generate(config, seed) for seed in range(12)]
    frames = [frame for database in databases for frame in database.tables.values()]
    types = [column.dtype for frame in frames for column in frame.get_columns()]
    assert pl.Float32 not in types
    assert {pl.Boolean, pl.String, pl.Int64, pl.Date} <= set(types)
    features = [c for d in databases for t in d.schema.tables for c in t.features]
    assert all(column.lens is not None for column in features)
    numbers = [column for column in features if column.kind == "numerical"]
    whole = [column for column in numbers if column.type == "int64"]
    assert 0.7 < len(whole) / len(numbers) < 1
