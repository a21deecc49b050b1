"""What is said of a schema before it is filled holds for the rows: engines load them under it."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest

from plurel_cli import Config, generate, load_config
from plurel_cli.export import export
from plurel_cli.plan import Plan
from plurel_cli.schema.declared import SQL_TYPES
from tests.export.loading import Loaded, load_in_duckdb, load_in_sqlite

ROOT = Path(__file__).parents[2]

SEEDS = range(20)


def _realistic() -> Config:
    raw = load_config(ROOT / "configs" / "realistic.yaml").resolved()
    few = {"min": 20, "max": 60}
    raw["schema"]["rows"] = {"entity": few, "activity": few, "event": few}
    raw["schema"]["tables"] = {"min": 4, "max": 7}
    raw["schema"]["columns"] = {"min": 1, "max": 3}
    raw["schema"]["forms"] |= {"p_one_to_one": 0.3, "p_self": 0.3, "p_junction": 0.5}
    return Config.model_validate(raw)


@pytest.fixture(scope="module")
def databases() -> list[Loaded]:
    """What is said by the schema alone, and the whole database."""
    config = _realistic()
    return [(Plan.drawn(config, seed).schema, generate(config, seed)) for seed in SEEDS]


def test_all_that_can_be_said_is_met(databases: list[Loaded]) -> None:
    keys = [key for s, _ in databases for table in s.tables for key in table.foreign_keys]
    assert {key.form for key in keys} == {"many", "detail", "one_to_one", "thread", "levels"}
    assert sum(key.nullable and not key.to_self for key in keys) > 4
    assert sum(table.unique is not None for s, _ in databases for table in s.tables) > 2


def test_schema_alone_says_of_keys_what_the_database_does(
    databases: list[Loaded],
) -> None:
    for said, database in databases:
        for table, final in zip(said.tables, database.schema.tables, strict=True):
            assert table.unique == final.unique
            assert [c.nullable for c in table.columns] == [c.nullable for c in final.columns]


def test_duckdb_loads_the_files_under_the_statements(
    databases: list[Loaded], tmp_path: Path
) -> None:
    for number, loaded in enumerate(databases):
        load_in_duckdb(loaded, tmp_path / str(number))


def test_sqlite_loads_the_rows_under_the_statements(databases: list[Loaded]) -> None:
    for loaded in databases:
        load_in_sqlite(loaded)


def test_an_engine_refuses_what_breaks_the_statements() -> None:
    tables = {"a": {"rows": 4}, "b": {"rows": 4}, "c": {"rows": 8, "parents": ["a", "b"]}}
    tables["c"] |= {"junction": True}
    raw = {"schema": {"layout": "explicit", "columns": 0}, "tables": tables}
    schema = Plan.drawn(Config.model_validate(raw | {"features": {"model": "none"}}), 1).schema
    with duckdb.connect() as engine:
        engine.execute(export(schema, "sql"))
        engine.execute("INSERT INTO a VALUES (0)")
        engine.execute("INSERT INTO b VALUES (0)")
        engine.execute("INSERT INTO c VALUES (0, 0, 0, '2020-01-01')")
        with pytest.raises(duckdb.ConstraintException, match=r"[Dd]uplicate"):
            engine.execute("INSERT INTO c VALUES (1, 0, 0, '2020-01-01')")
        with pytest.raises(duckdb.ConstraintException, match="NOT NULL"):
            engine.execute("INSERT INTO c VALUES (1, NULL, 0, '2020-01-01')")


def test_crows_feet_are_those_of_the_rows(databases: list[Loaded]) -> None:
    pattern = re.compile(r'  "(\w+)" (\|[|o])--(o[|{]) "(\w+)" : (\w+)')
    feet: set[tuple[str, str]] = set()
    for schema, database in databases:
        for line in export(schema, "mermaid").splitlines():
            if found := pattern.fullmatch(line):
                _, parent, child, table, column = found.groups()
                keys = database.tables[table][column]
                assert parent == "|o" or keys.null_count() == 0
                assert child == "o{" or keys.drop_nulls().is_unique().all()
                feet.add((parent, child))
    assert feet == {("||", "o{"), ("|o", "o{"), ("||", "o|")}


def test_dbml_says_what_is_unique_and_never_null(
    databases: list[Loaded],
) -> None:
    n_unique = n_pairs = 0
    for schema, database in databases:
        for block in export(schema, "dbml").split("\n\n"):
            name = re.findall(r'Table "(\w+)"', block)[0]
            frame = database.tables[name]
            for column, said in re.findall(r'^  "(\w+)" \w+ \[(.*)\]$', block, re.MULTILINE):
                if "not null" in said or "pk" in said:
                    assert frame[column].null_count() == 0
                if "unique" in said:
                    assert frame[column].is_unique().all()
                    n_unique += 1
            for one, other in re.findall(
                r'^    \("(\w+)", "(\w+)"\) \[unique\]$', block, re.MULTILINE
            ):
                assert frame.select(one, other).drop_nulls().is_unique().all()
                n_pairs += 1
    assert n_unique > 5
    assert n_pairs > 5


@pytest.mark.parametrize("name", ["mermaid", "dbml"])
def test_types_of_diagrams_are_those_of_databases(databases: list[Loaded], name: str) -> None:
    known = {kind.lower() for kind in SQL_TYPES.values()} | {"decimal", "double"}
    pattern = {"mermaid": r"^    (\w+) \w+", "dbml": r'^  "\w+" (\w+)(?: \[|$)'}[name]
    types = {
        kind
        for schema, _ in databases
        for kind in re.findall(pattern, export(schema, name), re.MULTILINE)
    }
    assert types <= known
    with duckdb.connect() as engine:
        for kind in types:
            engine.execute(f'CREATE TABLE "{kind}" (x {kind})')
