"""Themed and stated databases load under the statements that are made of their schema alone."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from plurel_cli import Config, generate, load_config
from plurel_cli.config.load import parse_config
from plurel_cli.export import export
from plurel_cli.plan import Plan
from tests.export.loading import Loaded, load_in_duckdb, load_in_sqlite

ROOT = Path(__file__).parents[2]

SEEDS = range(10)

RESERVED = ("order", "group", "match", "table", "select", "user", "check", "values")


def themed() -> Config:
    """Small themed databases of all sorts."""
    raw = load_config(ROOT / "configs" / "realistic.yaml").resolved()
    few = {"min": 20, "max": 40}
    raw["schema"] |= {
        "naming": "themed",
        "rows": {"entity": few, "activity": few, "event": few},
        "tables": {"min": 4, "max": 7},
    }
    return Config.model_validate(raw)


def reserved() -> Config:
    """A chain of tables and columns whose names are words of SQL."""
    tables: dict[str, Any] = {}
    for number, name in enumerate(RESERVED):
        labels = {"o'clock": 2, "from": 1}
        columns = {"where": {"lens": "category", "values": labels}, "desc": {"lens": "money"}}
        columns["limit"] = {"lens": "integer", "min": 3, "max": 9}
        columns["end"] = {"lens": "code", "pattern": "@@-####", "unique": True}
        columns["default"] = {"lens": "number"}
        parents = [RESERVED[number - 1]] if number else []
        tables[name] = {"rows": 30, "columns": columns, "parents": parents, "others": 1}
    raw = {"schema": {"layout": "explicit"}, "tables": tables, "features": {"model": "scm"}}
    return parse_config(raw)


@pytest.fixture(scope="module")
def databases() -> list[Loaded]:
    """What the schema alone says, and the whole database."""
    several = [(themed(), seed) for seed in SEEDS] + [(reserved(), 0)]
    return [(Plan.drawn(config, seed).schema, generate(config, seed)) for config, seed in several]


def test_duckdb_loads_the_rows(databases: list[Loaded], tmp_path: Path) -> None:
    for number, loaded in enumerate(databases):
        load_in_duckdb(loaded, tmp_path / str(number))


def test_sqlite_loads_the_rows(databases: list[Loaded]) -> None:
    for loaded in databases:
        load_in_sqlite(loaded)


def test_money_keeps_its_cents(databases: list[Loaded]) -> None:
    schema, database = databases[-1]
    frame = database.tables["order"].select("desc")
    assert frame["desc"].n_unique() > 10
    with duckdb.connect() as engine:
        engine.execute(export(schema, "sql"))
        kind = "SELECT data_type FROM duckdb_columns() WHERE table_name = 'order'"
        kinds = engine.execute(f"{kind} AND column_name = 'desc'").fetchall()
        assert kinds == [("DECIMAL(18,2)",)]
        engine.execute("CREATE TABLE m (x DECIMAL(18, 2))")
        engine.executemany("INSERT INTO m VALUES (?)", frame.rows())
        there = engine.execute("SELECT x::DOUBLE FROM m").fetchall()
    assert [value for (value,) in there] == frame["desc"].to_list()


def _broken(column: str, value: object) -> Iterator[Any]:
    """A row of the first table with one value that the statements must refuse."""
    row = {"id": 0, "where": "from", "desc": 1, "limit": 3, "end": "AB-0000", "default": 1, "x": 0}
    return iter((row | {column: value}).values())


@pytest.mark.parametrize(
    ("column", "value"), [("where", "no label"), ("limit", 2), ("limit", 10), ("desc", -1)]
)
def test_engines_refuse_what_breaks_a_lens(
    databases: list[Loaded], column: str, value: object
) -> None:
    schema, _ = databases[-1]
    assert [c.name for c in schema.by_name["order"].columns][1:6] == [
        *("where", "desc", "limit", "end", "default")
    ]
    insert = f'INSERT INTO "order" VALUES ({", ".join("?" * 7)})'  # noqa: S608 (ours)
    with duckdb.connect() as duck, closing(sqlite3.connect(":memory:")) as lite:
        duck.execute(export(schema, "sql"))
        lite.executescript(export(schema, "sql"))
        duck.execute(insert, [*_broken("limit", 4)])
        lite.execute(insert, [*_broken("limit", 4)])
        for change in ({column: value, "id": 1, "end": "AB-0001"}, {"id": 1}):  # twice one code
            row = dict(
                zip(
                    ("id", "where", "desc", "limit", "end", "default", "x"),
                    _broken("x", 0),
                    strict=True,
                )
            )
            with pytest.raises(duckdb.ConstraintException):
                duck.execute(insert, [*(row | change).values()])
            with pytest.raises(sqlite3.IntegrityError):
                lite.execute(insert, [*(row | change).values()])


def test_times_are_times(databases: list[Loaded]) -> None:
    kinds: set[type] = set()
    for schema, database in databases:
        for table in schema.tables:
            for column in table.columns:
                if column.type in ("date", "datetime[ns]"):
                    values = database.tables[table.name][column.name].drop_nulls()
                    kinds |= {type(value) for value in values.head(1).to_list()}
    assert kinds == {date, datetime}


def test_types_of_diagrams_are_one_word(databases: list[Loaded]) -> None:
    for schema, _ in databases:
        for line in export(schema, "mermaid").splitlines():
            if line.startswith("    "):
                assert re.fullmatch(
                    r'    [a-z]+ \w+( PK| FK(, UK)?| UK)?( "unique with \w+")?', line
                )
        for line in export(schema, "dbml").splitlines():
            if line.startswith('  "'):
                assert re.fullmatch(r'  "\w+" (\w+(\([\d,]+\))?|"[\w ]+")( \[.*\])?', line), line
