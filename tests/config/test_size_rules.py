"""Sizes that do not go together are refused by the check, and for no seed after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plurel_cli import Config, load_config
from plurel_cli.config import parse_config
from plurel_cli.errors import ConfigError
from plurel_cli.plan import Plan

ROOT = Path(__file__).parents[2]


def _raw(tables: dict[str, Any], **sections: Any) -> dict[str, Any]:
    schema = {"layout": "explicit", "columns": 0}
    return {"schema": schema, "tables": tables, "features": {"model": "none"}, **sections}


def _refused(raw: dict[str, Any]) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse_config(raw)
    return [str(problem) for problem in caught.value.problems]


def _profiles(rows: Any, users: Any = 100) -> dict[str, Any]:
    one = {"table": "users", "form": "one_to_one"}
    return _raw({"users": {"rows": users}, "profiles": {"rows": rows, "parents": [one]}})


@pytest.mark.parametrize("rows", [1, 80, 100])
def test_rows_of_a_one_to_one_table_are_those_stated(rows: int) -> None:
    for seed in range(3):
        schema = Plan.whole(parse_config(_profiles(rows)), seed).schema
        assert schema.by_name["profiles"].rows == rows


def test_a_one_to_one_table_has_no_more_rows_than_its_parent() -> None:
    rule = "tables.profiles.rows: must be at most 100, the fewest of users"
    assert _refused(_profiles(101))[0].startswith(rule)
    assert _refused(_profiles({"min": 1, "max": 200}, {"min": 100, "max": 300}))[0].startswith(rule)
    parse_config(_profiles({"min": 1, "max": 100}, {"min": 100, "max": 300}))


def test_a_table_whose_rows_are_stated_is_not_drawn_as_one_to_one() -> None:
    raw = {
        "schema": {"tables": 6, "columns": 0, "forms": {"p_one_to_one": 1.0}},
        "tables": {f"table_{n}": {"rows": 77} for n in range(3)},
        "features": {"model": "none"},
    }
    forms = set()
    for seed in range(6):
        schema = Plan.whole(parse_config(raw), seed).schema
        assert [schema.by_name[f"table_{n}"].rows for n in range(3)] == [77] * 3
        forms |= {key.form for table in schema.tables for key in table.foreign_keys}
    assert "one_to_one" in forms


@pytest.mark.parametrize(
    ("connectivity", "n"),
    [
        ({"levels": 1, "parent_clusters": 2000, "child_clusters": 2000}, 4_000_000),
        ({"levels": 64, "parent_clusters": 10_000, "child_clusters": 10_000}, 6_400_000_000),
        ({"levels": {"min": 1, "max": 2}, "parent_clusters": 400, "matched": True}, 320_000),
    ],
)
def test_blocks_of_too_many_scores_are_refused(connectivity: dict[str, Any], n: int) -> None:
    tables: dict[str, Any] = {"a": {"rows": 9}, "b": {"rows": 9, "parents": ["a"]}}
    rule = f"must give a key at most 262144 scores: levels × parent and child clusters, got {n}"
    assert _refused(_raw(tables, connectivity=connectivity)) == [
        f"connectivity: {rule}; lower levels or clusters"
    ]
    tables["b"]["connectivity"] = connectivity
    assert _refused(_raw(tables))[0].startswith(f"tables.b.connectivity: {rule}")
    del tables["b"]["connectivity"]
    tables["b"]["keys"] = {"a": {"connectivity": connectivity}}
    assert _refused(_raw(tables))[0].startswith(f"tables.b.keys.a.connectivity: {rule}")


def test_record_of_the_most_scores_is_small() -> None:
    connectivity = {"levels": 1, "parent_clusters": 512, "child_clusters": 512}
    tables = {"a": {"rows": 600}, "b": {"rows": 600, "parents": ["a"]}}
    config = parse_config(_raw(tables, connectivity=connectivity))
    assert len(Plan.whole(config, 1).schema.to_json()) < 12_000_000


def _stock(rows: int) -> Config:
    raw = load_config(ROOT / "configs" / "realistic.yaml").resolved()
    raw["schema"]["layout"] = "explicit"
    raw["features"]["model"] = "none"
    parents = {"product": {"rows": 200}, "warehouse": {"rows": 20}}
    stock = {"rows": rows, "parents": ["product", "warehouse"], "junction": True}
    return parse_config(raw | {"tables": parents | {"stock": stock}})


def test_a_stated_junction_that_passes_the_check_is_refused_for_no_seed() -> None:
    """Where early rows have too few pairs by their time, keys do not keep to it."""
    config = _stock(2000)
    schemas = [Plan.drawn(config, seed).schema for seed in range(20)]
    assert all(schema.by_name["stock"].unique for schema in schemas)
    with pytest.raises(ConfigError, match="must be at most 2000, half of the pairs"):
        _stock(2001)


def test_keys_of_a_stated_junction_keep_to_time_where_they_can() -> None:
    schemas = [
        Plan.whole(config, seed).schema
        for config in (_stock(2000), _stock(20))
        for seed in range(8)
    ]
    kept = {tuple(k.keeps_to_time for k in s.by_name["stock"].foreign_keys) for s in schemas}
    assert (False, False) in kept
    assert len(kept) > 1
