from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from plurel_cli import Config, parse_config
from plurel_cli.connectivity import stage
from plurel_cli.errors import ConfigError
from plurel_cli.plan import Plan
from plurel_cli.schema.block_model import BlockModel
from plurel_cli.schema.forms.many import ManyKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from tests.connectivity.models import all_blocks
from tests.plans import key_columns, plan_keys
from tests.statistics import chi_square_p, counts_p, p_limit

Tables = dict[str, dict[str, Any]]

TABLES: Tables = {
    "users": {"rows": 30},
    "posts": {"rows": 50, "parents": ["users"]},
    "likes": {"rows": 400, "parents": ["users", "posts", "users"]},
}


def _config(tables: Tables, **sections: Any) -> Config:
    return parse_config(
        {"schema": {"layout": "explicit"}, "features": {"model": "none"}, "tables": tables}
        | sections
    )


def _planned(config: Config, seed: int = 1) -> Schema:
    return plan_keys(sample_schema(config, seed), config)


def _models(config: Config, seed: int = 1) -> dict[tuple[str, str], BlockModel | None]:
    """Block models by table and column."""
    schema = _planned(config, seed)
    return {
        (table.name, column.name): column.block_model
        for table in schema.tables
        for column in table.foreign_keys
    }


def _keys(config: Config, seed: int = 1) -> dict[tuple[str, str], list[int]]:
    """Keys by table and column, primary ones too."""
    schema = _planned(config, seed)
    return {
        (table.name, name): all_blocks(column, table.rows).tolist()
        for table in schema.tables
        for name, column in key_columns(schema, config, table).items()
    }


def _changed(one: dict[tuple[str, str], Any], other: dict[tuple[str, str], Any]) -> set[str]:
    assert one.keys() == other.keys()
    return {
        f"{table}.{column}" for table, column in one if one[table, column] != other[table, column]
    }


def test_every_foreign_key_and_no_other_column_gets_a_model() -> None:
    schema = _planned(_config(TABLES))
    assert schema.stages == ("schema", "fk")
    for table in schema.tables:
        for column in table.columns:
            assert isinstance(column, ManyKey) == (column.role == "foreign_key")
            assert not isinstance(column, ManyKey) or column.block_model is not None


def test_primary_keys_count_the_rows_and_references_resolve() -> None:
    keys = _keys(_config(TABLES))
    for name, table in TABLES.items():
        assert keys[name, "row_idx"] == list(range(table["rows"]))
        for index, parent in enumerate(table.get("parents", [])):
            own = keys[name, f"foreign_row_{index}"]
            assert len(own) == table["rows"]
            assert set(own) <= set(range(TABLES[parent]["rows"]))


def test_models_of_all_keys_are_independent() -> None:
    """Depths of the models of two keys to one parent, and of keys of two tables, by seed."""
    config = _config(TABLES)
    by_seed = [_models(config, seed) for seed in range(600)]
    expected = {(a, b): 1.0 for a in range(1, 6) for b in range(1, 6)}
    columns = ("likes", "foreign_row_0"), ("likes", "foreign_row_2"), ("posts", "foreign_row_0")
    depths = np.array([[len(models[column].levels) for column in columns] for models in by_seed])
    for one, other in ((0, 1), (0, 2), (1, 2)):
        pairs = list(map(tuple, depths[:, [one, other]].tolist()))
        assert counts_p(pairs, expected) > p_limit(3)
    same = list(map(tuple, depths[:, [0, 0]].tolist()))
    assert counts_p(same, expected) < p_limit(3)


def test_two_keys_to_one_parent_differ() -> None:
    config = _config(TABLES)
    models, keys = _models(config), _keys(config)
    first, second = ("likes", "foreign_row_0"), ("likes", "foreign_row_2")
    assert models[first] != models[second]
    assert keys[first] != keys[second]


def test_rows_of_two_keys_to_one_parent_are_independent() -> None:
    tables: Tables = {
        "users": {"rows": 6},
        "follows": {"rows": 40_000, "parents": ["users", "users"]},
    }
    config = _config(tables, connectivity={"parent_clusters": 1, "child_clusters": 1})
    keys = _keys(config)
    one = np.array(keys["follows", "foreign_row_0"])
    other = np.array(keys["follows", "foreign_row_1"])
    assert chi_square_p(np.bincount(6 * one + other, minlength=36), np.ones(36)) > p_limit()
    assert chi_square_p(np.bincount(7 * one, minlength=36), np.ones(36)) < p_limit()


def test_overriding_one_table_leaves_the_others_as_they_were() -> None:
    config = _config(TABLES)
    own = {**TABLES["likes"], "connectivity": {"levels": 4, "p_diagonal": 0.5}}
    changed = _config({**TABLES, "likes": own})
    assert _changed(_models(config), _models(changed)) == {
        f"likes.foreign_row_{index}" for index in range(3)
    }
    assert _changed(_keys(config), _keys(changed)) == {
        f"likes.foreign_row_{index}" for index in range(3)
    }
    assert {len(m.levels) for (table, _), m in _models(changed).items() if table == "likes"} == {4}


def test_overriding_one_key_leaves_the_others_as_they_were() -> None:
    config = _config(TABLES)
    third = {"table": "users", "connectivity": {"levels": 6}}
    likes = {**TABLES["likes"], "parents": ["users", "posts", third]}
    changed = _config({**TABLES, "likes": likes})
    assert _changed(_models(config), _models(changed)) == {"likes.foreign_row_2"}
    assert _changed(_keys(config), _keys(changed)) == {"likes.foreign_row_2"}
    assert len(_models(changed)["likes", "foreign_row_2"].levels) == 6


def test_a_key_overrides_its_table_and_that_the_rest() -> None:
    second = {"table": "posts", "connectivity": {"levels": 3}}
    likes = {
        "rows": 400,
        "parents": ["users", second],
        "connectivity": {"levels": 2, "child_clusters": 5},
    }
    sections = {"connectivity": {"levels": 1, "child_clusters": 4, "parent_clusters": 6}}
    models = _models(_config({**TABLES, "likes": likes}, **sections))
    radices = {
        f"{table}.{column}": (m.parent_radices, m.child_radices)
        for (table, column), m in models.items()
    }
    assert radices == {
        "posts.foreign_row_0": ((6,), (4,)),
        "likes.foreign_row_0": ((6, 6), (5, 5)),
        "likes.foreign_row_1": ((6, 6, 6), (5, 5, 5)),
    }


def test_another_tables_rows_or_place_move_no_key() -> None:
    config = _config(TABLES)
    more = _config({**TABLES, "likes": {**TABLES["likes"], "rows": 410}})
    assert _changed(_models(config), _models(more)) == set()
    assert _changed(_keys(config), _keys(more)) == {"likes.row_idx"} | {
        f"likes.foreign_row_{index}" for index in range(3)
    }
    assert _keys(_config(dict(reversed(TABLES.items())))) == _keys(config)


def test_a_reference_added_in_front_moves_no_other() -> None:
    """Keys are addressed by the parent and which of the keys to it they are, not by column."""
    before = _config({**TABLES, "tags": {"rows": 9}})
    likes = {**TABLES["likes"], "parents": ["tags", *TABLES["likes"]["parents"]]}
    after = _config({**TABLES, "tags": {"rows": 9}, "likes": likes})
    old, new = _keys(before), _keys(after)
    for index in range(3):
        assert new["likes", f"foreign_row_{index + 1}"] == old["likes", f"foreign_row_{index}"]


def test_another_seed_gives_other_models_and_keys() -> None:
    config = _config(TABLES)
    every = {f"likes.foreign_row_{index}" for index in range(3)} | {"posts.foreign_row_0"}
    assert _changed(_models(config, 1), _models(config, 2)) == every
    assert _changed(_keys(config, 1), _keys(config, 2)) == every
    assert _keys(config, 0) == _keys(config, 0)


def test_a_child_with_no_parent_it_may_refer_to_is_refused_by_name() -> None:
    likes = {
        "rows": 40,
        "parents": [
            "users",
            {"table": "users", "connectivity": {"p_diagonal": 0, "p_off_diagonal": 0}},
        ],
    }
    config = _config({"users": {"rows": 30}, "likes": likes})
    with pytest.raises(ConfigError, match=r"^connectivity, for likes\.foreign_row_1: "):
        _planned(config)


def test_keys_are_counted_once_they_are_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the column, and not where they are only planned, so that nothing is loaded for that."""
    counted: list[int] = []
    monkeypatch.setattr(stage.compiled, "expect", lambda n_keys: counted.append(n_keys))
    tables = {"a": {"rows": 3}, "b": {"rows": 7, "parents": ["a", "a"]}}
    config = parse_config({"schema": {"layout": "explicit"}, "tables": tables})
    plan = Plan.of(sample_schema(config, 1), config).after("fk")
    assert counted == []
    for _ in range(2):
        plan.relations.columns(plan.schema.by_name["b"])
    assert counted == [7, 7]
