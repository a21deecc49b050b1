"""Interventions: what they hold, what follows from that, and that nothing else moves."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from pydantic import ValidationError

from plurel_cli import (
    Config,
    Database,
    do,
    generate,
    load,
    parse_config,
    run_stage,
    validate,
)
from plurel_cli.blocks.frames import as_series
from plurel_cli.errors import StageError, UsageError
from plurel_cli.features.engine.engine import Engine
from plurel_cli.features.roles.gathering import GatheringNode
from plurel_cli.report.causal import causes_of
from plurel_cli.schema.column import Column
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable
from plurel_cli.storage.document import read_schema
from tests.causes import lines_of
from tests.features.slow import SlowDatabase
from tests.features.test_brute_force import Compared, config_of
from tests.fingerprints.fingerprint import exact
from tests.plans import engine_of
from tests.storage.samples import is_one_sentence

CASES: dict[str, dict[str, Any]] = {
    "eager": {"mode": "eager"},
    "lazy": {"mode": "lazy"},
    "children": {"children": {"p": 1.0}, "layout": "reverse_random_tree", "parent_columns": 0.5},
}
SEEDS = (0, 1)


def effects_of(schema: Schema) -> dict[Variable, set[Variable]]:
    """What `schema.json` says that each variable acts on."""
    found: dict[Variable, set[Variable]] = {}
    for table in schema.tables:
        for j, node in enumerate(table.causal.nodes):
            causes = {Variable(table.name, cause) for cause in node.of_row}
            if node.embedding is not None:
                causes |= {Variable(p.table, k) for p in table.causal.parents for k in p.nodes}
            if isinstance(node, GatheringNode) and node.gathered.reads():
                causes.update(node.gathered.reads())
            for cause in causes:
                found.setdefault(cause, set()).add(Variable(table.name, j))
    return found


def downstream(schema: Schema, start: Variable) -> set[Variable]:
    effects = effects_of(schema)
    found: set[Variable] = set()
    pending = [start]
    while pending:
        new = effects.get(pending.pop(), set()) - found
        found |= new
        pending += new
    return found


def features(schema: Schema) -> list[tuple[Table, int, Column]]:
    found = []
    for table in schema.tables:
        nodes = {node.column: j for j, node in enumerate(table.causal.nodes)}
        found += [(table, nodes[column.name], column) for column in table.features]
    return found


def changed(one: Database, other: Database) -> set[str]:
    """Columns of any kind whose values or type differ in any bit."""
    assert {name: frame.columns for name, frame in one.tables.items()} == {
        name: frame.columns for name, frame in other.tables.items()
    }
    return {
        f"{name}.{column.name}"
        for name, frame in one.tables.items()
        for column in frame
        if exact(column) != exact(other.tables[name][column.name])
    }


def held_in(database: Database) -> dict[str, float]:
    """What the schema says is held."""
    return {
        f"{table.name}.{column.name}": column.held
        for table in database.schema.tables
        for column in table.features
        if column.held is not None
    }


def value_for(column: Column) -> float:
    return 1 if column.kind == "categorical" else 0.25


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", CASES)
def test_only_what_is_downstream_changes_and_the_column_is_held(case: str, seed: int) -> None:
    config = config_of(**CASES[case])
    database = generate(config, seed)
    names = {Variable(t.name, j): f"{t.name}.{c.name}" for t, j, c in features(database.schema)}
    n_direct = n_moved = 0
    for table, j, column in features(database.schema)[seed::2]:
        found = do(database, table.name, column.name, value_for(column))
        place = Variable(table.name, j)
        held = found.tables[table.name][column.name]
        assert held.to_list() == [value_for(column)] * table.rows
        assert held.dtype == database.tables[table.name].schema[column.name]
        allowed = {names[v] for v in downstream(database.schema, place) if v in names}
        moved = changed(database, found) - {names[place]}
        assert names[place] not in allowed
        assert moved <= allowed
        direct = {names[v] for v in effects_of(database.schema).get(place, ()) if v in names}
        n_direct += len(direct)
        n_moved += len(direct & moved)
        assert held_in(found) == {names[place]: value_for(column)}
        assert found.schema.but(tables=()) == database.schema.but(tables=())
    # an effect may be nil, as where another cause is always larger, but most are not
    assert n_direct > 0
    assert n_moved > n_direct / 2


def test_effects_reach_children_and_by_what_is_gathered_parents() -> None:
    below, above = set(), set()
    for case in ("lazy", "children"):
        database = generate(config_of(**CASES[case]), 0)
        order = list(database.tables)
        for table, _, column in features(database.schema):
            found = do(database, table.name, column.name, value_for(column))
            for place in changed(database, found):
                other = place.split(".")[0]
                if order.index(other) > order.index(table.name):
                    below.add((table.name, other))
                if order.index(other) < order.index(table.name):
                    above.add(case)
    assert below == {("users", "posts"), ("users", "likes"), ("posts", "likes")}
    assert above == {"children"}


@pytest.mark.parametrize("seed", SEEDS)
def test_keys_and_dates_stay(seed: int) -> None:
    database = generate(config_of(), seed)
    for table, _, column in features(database.schema)[:3]:
        found = do(database, table.name, column.name, value_for(column))
        for name, frame in database.tables.items():
            others = [c.name for c in database.schema.by_name[name].columns if c.role != "feature"]
            assert found.tables[name].select(others).equals(frame.select(others))
            assert "row_idx" in others


@pytest.mark.parametrize("seed", SEEDS)
def test_effects_are_those_of_a_calculation_by_hand(seed: int) -> None:
    config = config_of(mode="eager", transform="identity", nulls=0.0)
    database = generate(config, seed)
    table, j, column = features(database.schema)[seed]
    assert table.name == "users"

    class Held(SlowDatabase):
        def values(self, its: Table, node: int) -> list[Any]:
            is_held = (its.name, node) == (table.name, j)
            return [value_for(column)] * its.rows if is_held else super().values(its, node)

    after = do(database, table.name, column.name, value_for(column))
    assert not Compared(after, config, Held).wrong
    assert len(changed(database, after)) > 1


def engines(config: Config, seed: int) -> tuple[Database, Engine]:
    database = generate(config, seed)
    return database, engine_of(database.schema, config)


def test_a_held_column_does_not_pass_on_what_its_causes_do() -> None:
    n_blocked = 0
    for seed in range(4):
        database, fit = engines(config_of(layout="random_tree", transform="identity"), seed)
        variables = {Variable(t.name, j): c for t, j, c in features(database.schema)}
        effects = effects_of(database.schema)
        for held in variables:
            causes = [v for v in variables if held in effects.get(v, ()) and v.table == held.table]
            for cause in causes:
                rest = {v: its for v, its in effects.items() if v != held}
                reached, pending = set(), [cause]
                while pending:
                    new = rest.get(pending.pop(), set()) - reached
                    reached |= new
                    pending += new
                through = downstream(database.schema, held) & variables.keys() - reached
                if not through:
                    continue
                fixed = {held: value_for(variables[held])}
                one = fit.holding(fixed)
                other = fit.holding({**fixed, cause: value_for(variables[cause])})
                for v in through:
                    table = database.schema.by_name[v.table]
                    name = variables[v].name
                    block = one.columns(table)[name].block(0)
                    assert np.array_equal(
                        block, other.columns(table)[name].block(0), equal_nan=True
                    )
                    n_blocked += 1
    assert n_blocked > 0


# One after another.


@pytest.mark.parametrize("case", CASES)
def test_interventions_follow_each_other_in_any_order(case: str) -> None:
    """As if all columns were held at once, whether one is a cause of the other or not."""
    database, fit = engines(config_of(**CASES[case]), 1)
    its = features(database.schema)
    n_moved_by_both = 0
    for (table, j, column), (other_table, k, other) in combinations(its[::4], 2):
        one = do(database, table.name, column.name, value_for(column))
        two = do(database, other_table.name, other.name, value_for(other))
        both = do(one, other_table.name, other.name, value_for(other))
        assert not changed(both, do(two, table.name, column.name, value_for(column)))
        values = {
            Variable(table.name, j): value_for(column),
            Variable(other_table.name, k): value_for(other),
        }
        engine = fit.holding(values)
        for t, _, c in its:
            found = as_series(c, engine.columns(t)[c.name].block(0))
            assert exact(found) == exact(both.tables[t.name][c.name])
        n_moved_by_both += bool(changed(both, one) and changed(both, two))
    assert n_moved_by_both > 0


def test_a_column_held_twice_is_held_at_the_last_value() -> None:
    database = generate(config_of(), 0)
    once = do(database, "users", "feature_0", 0)
    assert changed(once, do(database, "users", "feature_0", 1))
    again = do(do(database, "users", "feature_0", 1), "users", "feature_0", 0)
    assert not changed(once, again)
    assert again.schema == once.schema


@pytest.mark.parametrize(
    ("categorical_as", "p_categorical", "value", "written", "other"),
    [
        ("integer", 0.0, 0.1, "0.10000000149011612", None),
        ("integer", 1.0, 2, "2", 1),
        ("label", 1.0, "c2", "c2", "c1"),
        ("boolean", 1.0, 2, "True", False),
    ],
)
def test_what_is_held_is_recorded_checked_and_told(
    tmp_path: Path,
    categorical_as: str,
    p_categorical: float,
    value: Any,
    written: str,
    other: Any,
) -> None:
    folder = tmp_path / "database"
    config = tiny(categorical_as, "lazy", categories=3, p_categorical=p_categorical)
    do(generate(config, 3), "users", "feature_0", value).save(folder)
    assert not validate(folder)
    assert held_in(load(folder)) == {"users.feature_0": 0.1 if p_categorical == 0 else 2.0}
    told = [its for its in lines_of(causes_of(read_schema(folder))).splitlines() if "held" in its]
    assert [line.split()[0] for line in told] == ["feature_0"]
    assert told[0].endswith("held at 0.1" if p_categorical == 0 else "held at 2")
    place = folder / "users.parquet"
    frame = pl.read_parquet(place)
    its = frame["feature_0"].clone()
    its[7] = other
    frame.with_columns(its).write_parquet(place, metadata=pl.read_parquet_metadata(place))
    assert any(f"must be {written} in every row" in str(fault) for fault in validate(folder))


@pytest.mark.parametrize("held", [2.5, 3.0, -1.0, float("nan")])
def test_a_schema_holds_columns_at_values_of_their_own(held: float) -> None:
    database = generate(tiny("integer", "lazy", categories=3), 3)
    found = do(database, "users", "feature_0", 2)
    text = found.schema.to_json().replace('"held": 2.0', f'"held": {held}')
    with pytest.raises(ValidationError):
        Schema.model_validate_json(text)


def test_the_stage_run_again_holds_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "database"
    database = generate(config_of(), 0)
    do(database, "users", "feature_0", 1).save(folder)
    with pytest.raises(StageError):
        run_stage("features", folder)
    run_stage("features", folder, force=True)
    assert not changed(load(folder), database)
    assert not held_in(load(folder))


# Values.


def tiny(categorical_as: str, mode: str, **schema: Any) -> Config:
    return parse_config(
        {
            "schema": {"layout": "explicit", "columns": 3, "p_categorical": 1.0} | schema,
            "tables": {"users": {"rows": 40}, "posts": {"rows": 60, "parents": ["users"]}},
            "features": {"categorical_as": categorical_as, "scm": {"mode": mode}},
        }
    )


@pytest.mark.parametrize("mode", ["eager", "lazy"])
@pytest.mark.parametrize(
    ("categorical_as", "given", "written"),
    [
        ("integer", 1, 1),
        ("integer", 2.0, 2),
        ("integer", "c2", 2),
        ("label", 1, "c1"),
        ("label", "c2", "c2"),
        ("boolean", True, True),
        ("boolean", False, False),
        ("boolean", 2, True),
        ("boolean", 0, False),
    ],
)
def test_categories_are_held_by_number_label_or_truth(
    mode: str, categorical_as: str, given: Any, written: Any
) -> None:
    database = generate(tiny(categorical_as, mode, categories=3), 3)
    found = do(database, "users", "feature_0", given)
    assert found.tables["users"]["feature_0"].to_list() == [written] * 40


@pytest.mark.parametrize("categorical_as", ["label", "boolean"])
@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_effects_do_not_depend_on_how_categories_are_written(
    mode: str, categorical_as: str
) -> None:
    number, other = (tiny(its, mode, categories=3) for its in ("integer", categorical_as))
    one = do(generate(number, 3), "users", "feature_0", 2).tables
    two = do(generate(other, 3), "users", "feature_0", 2).tables
    for name, frame in one.items():
        for column in frame.columns:
            values = frame[column]
            if column.startswith("feature"):
                values = values > 0 if categorical_as == "boolean" else "c" + values.cast(pl.String)
            assert values.to_list() == two[name][column].to_list()


@pytest.mark.parametrize("mode", ["eager", "lazy"])
def test_categories_have_effects_of_their_own(mode: str) -> None:
    n_differing = 0
    for seed in range(4):
        database = generate(tiny("integer", mode, categories=3, columns=6), seed)
        found = [do(database, "users", "feature_0", k) for k in range(3)]
        n_differing += sum(
            bool(changed(found[k], found[m]) - {"users.feature_0"})
            for k, m in ((0, 1), (0, 2), (1, 2))
        )
    assert n_differing > 3


@pytest.mark.parametrize("value", [-3.5, 0, 7, 1e5])
def test_numbers_are_held_exactly(value: float) -> None:
    database = generate(tiny("integer", "eager", p_categorical=0.0), 3)
    found = do(database, "users", "feature_0", value)
    assert found.tables["users"]["feature_0"].to_list() == [float(np.float32(value))] * 40


def test_a_folder_will_do_as_well(tmp_path: Path) -> None:
    database = generate(config_of(), 0)
    database.save(tmp_path / "database")
    one = do(database, "users", "feature_0", 1)
    other = do(tmp_path / "database", "users", "feature_0", 1)
    assert not changed(one, other)
    assert changed(one, database)
    assert not changed(do(str(tmp_path / "database"), "users", "feature_0", 1), one)


@pytest.mark.parametrize(
    ("table", "column", "value", "told"),
    [
        ("nobody", "feature_0", 1, "users"),
        ("users", "feature_99", 1, "feature_0"),
        ("users", "row_idx", 1, "feature_0"),
        ("posts", "foreign_row_0", 1, "feature_0"),
        ("users", "feature_0", 3, "0 to 2"),
        ("users", "feature_0", -1, "0 to 2"),
        ("users", "feature_0", 0.5, "0 to 2"),
        ("users", "feature_0", "c3", "0 to 2"),
        ("users", "feature_0", "nothing", "0 to 2"),
        ("users", "feature_0", float("nan"), "0 to 2"),
        ("users", "feature_0", float("inf"), "0 to 2"),
    ],
)
def test_what_cannot_be_held_is_told_in_a_sentence(
    table: str, column: str, value: Any, told: str
) -> None:
    database = generate(tiny("integer", "eager", categories=3), 3)
    with pytest.raises(UsageError) as raised:
        do(database, table, column, value)
    assert is_one_sentence(raised.value)
    assert told in str(raised.value)


@pytest.mark.parametrize("value", [float("nan"), float("-inf"), "c1", True, "1.5", 1e300])
def test_numbers_must_be_numbers(value: Any) -> None:
    database = generate(tiny("integer", "eager", p_categorical=0.0), 3)
    with pytest.raises(UsageError) as raised:
        do(database, "users", "feature_0", value)
    assert is_one_sentence(raised.value)
    assert "finite" in str(raised.value)


@pytest.mark.parametrize("model", ["series", "none"])
def test_other_models_have_no_interventions(model: str) -> None:
    data = {
        "schema": {"layout": "explicit", "columns": 2},
        "tables": {"users": {"rows": 10}},
        "features": {"model": model},
    }
    database = generate(parse_config(data), 0)
    with pytest.raises(UsageError, match=r"features\.model must be scm") as raised:
        do(database, "users", "feature_0", 1)
    assert is_one_sentence(raised.value)


@pytest.mark.parametrize("value", [3e38, -1e30, 1e20])
def test_effects_of_what_no_row_ever_was_are_finite(value: float) -> None:
    database = generate(config_of(mode="lazy", nulls=0.0), 0)
    for table, column in (("users", "feature_0"), ("likes", "feature_3")):
        found = do(database, table, column, value)
        assert found.tables[table][column].to_list() == [float(np.float32(value))] * len(
            found.tables[table]
        )
        for frame in found.tables.values():
            for its in frame.select(pl.col(pl.Float32)):
                assert its.is_finite().all()
                assert its.null_count() == 0


# The report.


def test_causes_told_are_causes_that_act() -> None:
    """Each cause that a column is told to have moves it, where it is not the lesser of many."""
    n_told = n_true = 0
    for seed in range(6):
        database = generate(config_of(layout="random_tree", aggregation="sum"), seed)
        kinds = {(t.name, c.name): c for t, _, c in features(database.schema)}
        for table in causes_of(database.schema):
            moved = {
                cause: changed(
                    database, do(database, table.table, cause, value_for(kinds[table.table, cause]))
                )
                for cause in {cause for column in table.columns for cause in column.causes}
            }
            for column in table.columns:
                n_told += len(column.causes)
                n_true += sum(f"{table.table}.{column.column}" in moved[c] for c in column.causes)
    assert n_told > 20
    assert n_true > 0.3 * n_told
