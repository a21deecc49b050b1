from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from plurel_cli.config import Config, parse_config
from plurel_cli.errors import UsageError
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.table import Table
from tests.statistics import counts_p, p_limit

N_SCHEMAS = 500


@pytest.fixture(scope="module")
def defaults() -> list[Schema]:
    return [sample_schema(Config.model_validate({}), seed) for seed in range(N_SCHEMAS)]


@pytest.fixture(scope="module")
def tables(defaults: list[Schema]) -> list[Table]:
    return [table for schema in defaults for table in schema.tables]


def _drawn(raw: dict[str, Any], seed: int = 3) -> Schema:
    return sample_schema(parse_config(raw), seed)


def _uniform(low: int, high: int) -> dict[int, float]:
    return dict.fromkeys(range(low, high + 1), 1.0)


def _in_bins(values: list[int], low: int, high: int, n_bins: int = 10) -> tuple[list[int], Any]:
    """Values by bin, and how many integers of the range each bin has."""

    def bin_of(value: int) -> int:
        return (value - low) * n_bins // (high + 1 - low)

    return [bin_of(v) for v in values], Counter(map(bin_of, range(low, high + 1)))


def test_layout_is_uniform_over_the_three_defaults(defaults: list[Schema]) -> None:
    layouts = ("barabasi_albert", "reverse_random_tree", "watts_strogatz")
    drawn = [schema.layout for schema in defaults]
    assert counts_p(drawn, dict.fromkeys(layouts, 1.0)) > p_limit()
    assert counts_p(drawn, dict(zip(layouts, (2.0, 1.0, 1.0), strict=True))) < p_limit()


def test_table_count_is_uniform_from_3_to_20(defaults: list[Schema]) -> None:
    drawn = [len(schema.tables) for schema in defaults]
    assert counts_p(drawn, _uniform(3, 20)) > p_limit()
    assert counts_p(drawn, _uniform(3, 24)) < p_limit()
    assert {schema.layout for schema in defaults if len(schema.tables) == 3} == {
        schema.layout for schema in defaults
    }


def test_layout_and_table_count_are_independent(defaults: list[Schema]) -> None:
    drawn = [(schema.layout, len(schema.tables) > 11) for schema in defaults]
    layouts = {layout for layout, _ in drawn}
    assert counts_p(drawn, {(name, is_large): 1.0 for name in layouts for is_large in (0, 1)}) > (
        p_limit()
    )


@pytest.mark.parametrize(("kind", "low", "high"), [("entity", 500, 1000), ("activity", 2000, 5000)])
def test_rows_are_uniform_by_kind(tables: list[Table], kind: str, low: int, high: int) -> None:
    rows = [table.rows for table in tables if table.kind == kind]
    assert low <= min(rows)
    assert max(rows) <= high
    assert counts_p(*_in_bins(rows, low, high)) > p_limit(2)
    assert counts_p(*_in_bins(rows, low, high * 11 // 10)) < p_limit()


def test_columns_are_inversely_likely(tables: list[Table]) -> None:
    drawn = [len(table.features) for table in tables]
    assert counts_p(drawn, {k: 1 / k for k in range(3, 41)}) > p_limit()
    assert counts_p(drawn, {k: 1 / (k + 1) for k in range(3, 41)}) < p_limit()


def test_kinds_of_columns_are_even_and_categories_uniform(tables: list[Table]) -> None:
    columns = [column for table in tables for column in table.features]
    kinds = {"categorical": 1.0, "numerical": 1.0}
    assert counts_p([str(column.kind) for column in columns], kinds) > p_limit(3)
    pairs = [(a.kind, b.kind) for table in tables for a, b in pairwise(table.features)]
    assert counts_p(pairs[::2], {(a, b): 1.0 for a in kinds for b in kinds}) > p_limit(3)
    drawn = [column.categories for column in columns if column.kind == "categorical"]
    assert counts_p(drawn, _uniform(2, 10)) > p_limit(3)
    assert counts_p(drawn, _uniform(2, 11)) < p_limit()
    assert all(column.categories is None for column in columns if column.kind == "numerical")


def test_rows_of_a_schema_are_independent(defaults: list[Schema]) -> None:
    halves = []
    for schema in defaults:
        rows = [table.rows > 750 for table in schema.tables if table.kind == "entity"]
        halves += list(zip(rows[::2], rows[1::2], strict=False))
    # 250 of 501 row counts lie above 750
    p = {True: 250 / 501, False: 251 / 501}
    assert counts_p(halves, {(a, b): p[a] * p[b] for a in p for b in p}) > p_limit()


def test_tables_that_nobody_refers_to_are_activities_and_have_a_date(
    defaults: list[Schema],
) -> None:
    for schema in defaults[:200]:
        referenced = {parent for parent, _, _ in schema.edges}
        for table in schema.tables:
            assert table.kind == ("entity" if table.name in referenced else "activity")
            assert (table.time_column == "date") == (table.kind == "activity")


def test_columns_come_in_order_with_the_stage_that_fills_them(defaults: list[Schema]) -> None:
    roles = ("primary_key", "foreign_key", "time", "feature")
    stages = {"primary_key": "fk", "foreign_key": "fk", "time": "temporal", "feature": "features"}
    for schema in defaults[:100]:
        for table in schema.tables:
            places = [roles.index(column.role) for column in table.columns]
            assert places == sorted(places)
            assert [c.name for c in table.foreign_keys] == [
                f"foreign_row_{i}" for i in range(len(table.foreign_keys))
            ]
            assert [c.name for c in table.features] == [
                f"feature_{i}" for i in range(len(table.features))
            ]
            assert all(column.stage == stages[column.role] for column in table.columns)


def test_one_table_is_an_activity_without_foreign_keys() -> None:
    for layout in ("barabasi_albert", "reverse_random_tree", "watts_strogatz", "layered"):
        (table,) = _drawn({"schema": {"tables": 1, "layout": layout}}).tables
        assert (table.kind, table.foreign_keys) == ("activity", ())


def test_explicit_tables_have_their_parents_in_order_and_ordinals_by_parent() -> None:
    raw = {
        "schema": {"layout": "explicit"},
        "tables": {
            "flight": {"parents": ["airport", "plane", "airport", "airport"]},
            "airport": {"rows": 7},
            "plane": {"rows": {"min": 3, "max": 5}},
        },
    }
    schema = _drawn(raw)
    assert [table.name for table in schema.tables] == ["flight", "airport", "plane"]
    keys = schema.by_name["flight"].foreign_keys
    assert [(c.references, c.ordinal) for c in keys] == [
        ("airport", 0),
        ("plane", 0),
        ("airport", 1),
        ("airport", 2),
    ]
    assert schema.by_name["airport"].rows == 7
    assert {sample_schema(parse_config(raw), s).by_name["plane"].rows for s in range(40)} == {
        3,
        4,
        5,
    }


@pytest.mark.parametrize(
    ("features", "types"),
    [
        ({}, {"int32", "float32"}),
        ({"categorical_as": "label"}, {"string", "float32"}),
        ({"categorical_as": "boolean"}, {"boolean", "float32"}),
        ({"model": "none"}, set()),
    ],
)
def test_feature_types(features: dict[str, str], types: set[str]) -> None:
    schema = _drawn({"features": features, "schema": {"columns": 20}})
    assert {column.type for table in schema.tables for column in table.features} == types


@pytest.mark.parametrize("seed", [-1, 1 << 64])
def test_seed_out_of_range_is_refused(seed: int) -> None:
    with pytest.raises(UsageError, match=r"seed: must be from 0 to 18446744073709551615, got"):
        sample_schema(Config.model_validate({}), seed)


def test_zero_and_the_largest_seed_are_seeds() -> None:
    config = Config.model_validate({})
    assert sample_schema(config, 0) != sample_schema(config, 1)
    assert sample_schema(config, 0) == sample_schema(config, 0)
    assert sample_schema(config, (1 << 64) - 1).seed == (1 << 64) - 1


# What moves with a setting, and what does not.


def _skeleton(schema: Schema) -> Any:
    return schema.layout, schema.edges, [table.name for table in schema.tables]


def _rows(schema: Schema) -> list[int]:
    return [table.rows for table in schema.tables]


def _kinds(schema: Schema) -> list[list[str | None]]:
    return [[column.kind for column in table.features] for table in schema.tables]


def _categories(schema: Schema) -> list[dict[str, int | None]]:
    return [
        {column.name: column.categories for column in table.features if column.categories}
        for table in schema.tables
    ]


@pytest.mark.parametrize(
    ("setting", "moved"),
    [
        ({"rows": {"entity": {"min": 5, "max": 5000}, "activity": 9}}, {"rows"}),
        ({"columns": {"min": 41, "max": 60}}, {"columns"}),
        ({"p_categorical": 1.0}, {"kinds"}),
        ({"categories": {"min": 11, "max": 30}}, {"categories"}),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_a_setting_moves_nothing_but_what_it_is_about(
    setting: dict[str, Any], moved: set[str], seed: int
) -> None:
    before, after = _drawn({}, seed), _drawn({"schema": setting}, seed)
    assert _skeleton(before) == _skeleton(after)
    assert (_rows(before) != _rows(after)) == ("rows" in moved)
    if "columns" not in moved:
        assert [len(t.features) for t in before.tables] == [len(t.features) for t in after.tables]
        assert (_kinds(before) != _kinds(after)) == ("kinds" in moved)
    for old, new in zip(_categories(before), _categories(after), strict=True):
        both = old.keys() & new.keys()
        same = [old[name] == new[name] for name in both]
        assert all(same) if "categories" not in moved else not any(same)
    if "columns" in moved:  # the columns that both have are the same
        for a, b in zip(before.tables, after.tables, strict=True):
            assert a.features == b.features[: len(a.features)]


@pytest.mark.parametrize(
    "override",
    [
        {"rows": 17},
        {"columns": 2},
        {"p_categorical": 1},
        {"categories": 77},
        {"connectivity": {"levels": 1}},
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_a_setting_of_one_table_leaves_the_others_as_they_were(
    override: dict[str, Any], seed: int
) -> None:
    before, after = _drawn({}, seed), _drawn({"tables": {"table_1": override}}, seed)
    assert _skeleton(before) == _skeleton(after)
    for a, b in zip(before.tables, after.tables, strict=True):
        if a.name != "table_1":
            assert a == b
    assert (before.by_name["table_1"] != after.by_name["table_1"]) != ("connectivity" in override)


def test_settings_of_other_layouts_move_nothing() -> None:
    layouts = {"barabasi_albert": {"m": 1}, "layered": {"depth": 5}}
    for seed in range(10):
        schema = {"layout": "watts_strogatz"}
        before, after = (
            _drawn({"schema": schema}, seed),
            _drawn({"schema": {**schema, "layouts": layouts}}, seed),
        )
        assert before.tables == after.tables


def test_features_left_out_move_neither_rows_nor_keys() -> None:
    for seed in range(10):
        before, after = _drawn({}, seed), _drawn({"features": {"model": "none"}}, seed)
        assert _skeleton(before) == _skeleton(after)
        assert _rows(before) == _rows(after)


def test_tables_are_addressed_by_name_not_by_place() -> None:
    one = {"b": {"parents": ["a"]}, "a": {}, "c": {"parents": ["a"]}}
    other = {"z": {}, "c": {"parents": ["a"]}, "a": {}, "b": {"parents": ["a", "z"]}}
    explicit = {"layout": "explicit"}
    before = _drawn({"schema": explicit, "tables": one}).by_name
    after = _drawn({"schema": explicit, "tables": other}).by_name
    assert before["a"] == after["a"]
    assert before["c"] == after["c"]
    assert before["b"].rows == after["b"].rows
    assert before["b"].features == after["b"].features


def test_max_parents_keeps_uniform_ones_and_changes_nothing_below_it() -> None:
    complete = {
        "layout": "erdos_renyi",
        "layouts": {"erdos_renyi": {"p": 1}},
        "tables": 5,
        "columns": 0,
    }
    capped = [_drawn({"schema": {**complete, "max_parents": 2}}, seed) for seed in range(600)]
    kept = [tuple(str(c.references) for c in s.by_name["table_4"].foreign_keys) for s in capped]
    names = [f"table_{i}" for i in range(4)]
    exact = {(a, b): 1.0 for i, a in enumerate(names) for b in names[i + 1 :]}
    assert counts_p(kept, exact) > p_limit()
    assert counts_p(kept, {pair: 1.0 + 2 * ("table_0" in pair) for pair in exact}) < p_limit()
    assert [len(table.foreign_keys) for table in capped[0].tables] == [0, 1, 2, 2, 2]
    for seed in range(10):
        free = _drawn({"schema": {"tables": 8}}, seed)
        assert free.tables == _drawn({"schema": {"tables": 8, "max_parents": 7}}, seed).tables
