from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from plurel_cli import Config, parse_config
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from tests.plans import plan_time, time_columns

Tables = dict[str, dict[str, Any]]

TABLES: Tables = {
    "users": {"rows": 30},
    "posts": {"rows": 50, "parents": ["users"]},
    "likes": {"rows": 90, "parents": ["posts"]},
    "follows": {"rows": 70, "parents": ["users"]},
}
ACTIVITIES = ("likes", "follows")

DAY = 86_400 * 10**9


def _config(tables: Tables = TABLES, **sections: Any) -> Config:
    base = {"schema": {"layout": "explicit", "columns": 4}, "features": {"model": "series"}}
    return parse_config(base | {"tables": tables} | sections)


def _planned(config: Config, seed: int = 1) -> Schema:
    schema = sample_schema(config, seed)
    return plan_time(schema.but(stages=("schema", "fk")), config)


def _columns(config: Config, seed: int = 1) -> dict[tuple[str, str], list[float]]:
    """Values of all columns of the stage, by table and column."""
    schema = _planned(config, seed)
    return {
        (table.name, name): column.block(0).tolist()
        for table in schema.tables
        for name, column in time_columns(schema, config, table).items()
    }


def _changed(one: dict[tuple[str, str], Any], other: dict[tuple[str, str], Any]) -> set[str]:
    """Names of tables with a column whose values differ, or that one of the two lacks."""
    return {
        name for name, c in one.keys() | other.keys() if one.get((name, c)) != other.get((name, c))
    }


def test_the_stage_is_listed_with_its_window() -> None:
    schema = _planned(_config())
    assert schema.stages == ("schema", "fk", "temporal")
    assert schema.window is not None


def test_activity_tables_alone_have_dates() -> None:
    dated = {table for table, column in _columns(_config()) if column == "date"}
    assert dated == set(ACTIVITIES)


@pytest.mark.parametrize("seed", range(5))
def test_all_activity_tables_share_the_window(seed: int) -> None:
    config = _config()
    window, columns = _planned(config, seed).window, _columns(config, seed)
    assert window is not None
    epoch = dt.date(1970, 1, 1)
    ends = [(day - epoch).days * DAY for day in (window.start, window.end)]
    for name in ACTIVITIES:
        dates = columns[name, "date"]
        assert len(dates) == TABLES[name]["rows"]
        assert [dates[0], dates[-1]] == ends


def test_every_feature_of_every_table_is_a_series_of_its_own() -> None:
    columns = _columns(_config())
    features = {key: values for key, values in columns.items() if key[1] != "date"}
    assert set(features) == {(name, f"feature_{i}") for name in TABLES for i in range(4)}
    assert all(len(values) == TABLES[name]["rows"] for (name, _), values in features.items())
    numerical = [v for v in features.values() if isinstance(v[0], float) and len(set(v)) > 2]
    assert len(numerical) > 2
    assert len({tuple(values[:30]) for values in numerical}) == len(numerical)


def test_kinds_of_tables_have_the_scales_of_their_kind() -> None:
    """Trend and cycle of activity tables alone, noise of entity tables alone: the other is at its
    lower bound on all rows.
    """
    nothing = {"trend": 0.0, "cycle": 0.0, "noise": 0.0}
    config = _config(
        features={
            "model": "series",
            "series": {"value_scale": 100.0, "activity": nothing, "entity": {"noise": 50.0}},
        },
        schema={"layout": "explicit", "columns": 4, "p_categorical": 0.0},
    )
    for (name, column), values in _columns(config).items():
        if column != "date":
            assert (len(set(values)) == 1) == (name in ACTIVITIES), (name, column)


def test_categories_are_within_the_columns_number_of_them() -> None:
    config = _config(schema={"layout": "explicit", "columns": 6, "p_categorical": 1.0})
    schema = _planned(config)
    for table in schema.tables:
        columns = time_columns(schema, config, table)
        for feature in table.features:
            values = columns[feature.name].block(0)
            assert values.dtype == np.int32
            assert feature.categories is not None
            assert 0 <= values.min() <= values.max() < feature.categories


def test_one_tables_settings_move_no_others_values() -> None:
    plain = _columns(_config())
    longer = _config({**TABLES, "likes": {**TABLES["likes"], "rows": 91}})
    assert _changed(plain, _columns(longer)) == {"likes"}
    wider = _config({**TABLES, "users": {**TABLES["users"], "columns": 5}})
    values = _columns(wider)
    assert _changed(plain, values) == {"users"}
    assert plain.items() <= values.items()  # the columns before it stay as they were
    assert _changed(plain, _columns(_config(dict(reversed(TABLES.items()))))) == set()


def test_another_seed_gives_another_window_and_other_values() -> None:
    config = _config()
    assert _planned(config, 1).window != _planned(config, 2).window
    assert _changed(_columns(config, 1), _columns(config, 2)) == set(TABLES)
    assert _columns(config, 0) == _columns(config, 0)


def test_the_window_moves_no_series() -> None:
    """A window elsewhere changes dates alone."""
    later = _config(time={"start": "2020-01-01", "end": "2021-01-01"})
    plain, moved = _columns(_config()), _columns(later)
    differing = {key for key in plain if plain[key] != moved[key]}
    assert differing == {(name, "date") for name in ACTIVITIES}


def test_no_features_no_series() -> None:
    columns = _columns(_config(features={"model": "none"}))
    assert set(columns) == {(name, "date") for name in ACTIVITIES}


def test_a_block_alone_is_that_block() -> None:
    config = _config({"events": {"rows": 2 * BLOCK_ROWS + 5}})
    schema = _planned(config)
    table = schema.tables[0]
    columns = time_columns(schema, config, table)
    whole = {name: [column.block(i) for i in range(3)] for name, column in columns.items()}
    for name, column in time_columns(schema, config, table).items():
        for index in (2, 1, 0):
            np.testing.assert_array_equal(column.block(index), whole[name][index])
        assert [len(block) for block in whole[name]] == [BLOCK_ROWS, BLOCK_ROWS, 5]
