"""Every format has every table, column and reference, and those that a program reads run."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from xml.etree import ElementTree

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plurel_cli.cards.layers import placed
from plurel_cli.config import Config, parse_config
from plurel_cli.errors import UsageError
from plurel_cli.export import export, formats
from plurel_cli.export.ddl import create_tables
from plurel_cli.export.dialects import POSTGRES, SQLITE
from plurel_cli.schema.declared import parents_first
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from tests.storage.samples import small_config

Key = tuple[str, str, str]
"""Child table, foreign key, parent table."""

NAMES = ("order", "select", "Table", "class", "end", "u", "x" * 63)
"""Names that a format may take for words of its own."""


def _odd_names() -> Config:
    tables = {name: {"parents": list(NAMES[:index])} for index, name in enumerate(NAMES)}
    features = {"categorical_as": "label"}
    return parse_config({"schema": {"layout": "explicit"}, "tables": tables, "features": features})


_CONFIGS = {
    "small": small_config(),
    "keys alone": small_config(model="none"),
    "labels": small_config(categorical_as="label"),
    "booleans": small_config(categorical_as="boolean"),
    "odd names": _odd_names(),
    "default": Config.model_validate({}),
    "causal": parse_config({"features": {"model": "scm"}}),
}


@pytest.fixture(params=_CONFIGS, ids=lambda name: name.replace(" ", "-"))
def schema(request: pytest.FixtureRequest) -> Schema:
    return sample_schema(_CONFIGS[request.param], 5)


def _keys(schema: Schema) -> set[Key]:
    return {(child, column, parent) for parent, child, column in schema.edges}


def _columns(schema: Schema) -> list[tuple[str, str]]:
    return [(table.name, column.name) for table in schema.tables for column in table.columns]


def _nullable(schema: Schema) -> dict[tuple[str, str], bool]:
    return {(t.name, c.name): c.nullable for t in schema.tables for c in t.columns}


def test_sqlite_runs_the_statements(schema: Schema) -> None:
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA foreign_keys = ON")
        database.executescript(export(schema, "sql"))
        found = set()
        for table in schema.tables:
            for key in database.execute(f'PRAGMA foreign_key_list("{table.name}")'):
                found.add((table.name, key[3], key[2]))
                assert key[4] == "row_idx"
        assert found == _keys(schema)
        listed = {
            (table.name, row[1]): not row[3]
            for table in schema.tables
            for row in database.execute(f'PRAGMA table_info("{table.name}")')
        }
        assert listed == _nullable(schema)
        assert list(listed) == _columns(schema)
        violations = database.execute("PRAGMA foreign_key_check").fetchall()
        assert violations == []


def test_duckdb_runs_the_statements(schema: Schema) -> None:
    types = {
        "int64": "BIGINT",
        "int32": "INTEGER",
        "float32": "FLOAT",
        "string": "VARCHAR",
        "boolean": "BOOLEAN",
        "datetime[ns]": "TIMESTAMP",
    }
    with duckdb.connect() as database:
        database.execute(export(schema, "sql"))
        constraints = database.sql(
            "SELECT table_name, constraint_column_names, referenced_table, "
            "referenced_column_names, constraint_type FROM duckdb_constraints()"
        ).fetchall()
        listed = database.sql(
            "SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() "
            "WHERE NOT internal"
        ).fetchall()
    keys = [row for row in constraints if row[4] == "FOREIGN KEY"]
    assert {(table, columns[0], parent) for table, columns, parent, _, _ in keys} == _keys(schema)
    assert len(keys) == len(schema.edges)
    assert all(referenced == ["row_idx"] for _, _, _, referenced, _ in keys)
    primary = {row[0]: row[1] for row in constraints if row[4] == "PRIMARY KEY"}
    assert primary == {table.name: ["row_idx"] for table in schema.tables}
    assert {(t, c): kind for t, c, kind, _ in listed} == {
        (table.name, column.name): types[column.type]
        for table in schema.tables
        for column in table.columns
    }
    assert {(t, c): nullable for t, c, _, nullable in listed} == _nullable(schema)


def test_sql_refuses_a_reference_that_does_not_resolve() -> None:
    schema = sample_schema(small_config(model="none"), 1)
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA foreign_keys = ON")
        database.executescript(export(schema, "sql"))
        database.execute("INSERT INTO users VALUES (0)")
        database.execute("INSERT INTO posts VALUES (0, 0)")
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            database.execute("INSERT INTO posts VALUES (1, 7)")
        with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
            database.execute("INSERT INTO users VALUES (0)")


def _mermaid(text: str) -> tuple[list[tuple[str, str]], set[Key]]:
    columns, keys, table = [], set(), ""
    for line in text.splitlines()[1:]:
        if opened := re.fullmatch(r'  "(\w+)" \{', line):
            table = opened[1]
        elif column := re.fullmatch(r'    \w+ (\w+)( PK| FK(, UK)?)?( "unique with \w+")?', line):
            columns.append((table, column[1]))
        elif key := re.fullmatch(r'  "(\w+)" \|[|o]--o[|{] "(\w+)" : (\w+)', line):
            keys.add((key[2], key[3], key[1]))
        else:
            assert line == "  }"
    return columns, keys


def test_mermaid_has_every_column_and_key(schema: Schema) -> None:
    text = export(schema, "mermaid")
    assert text.startswith("erDiagram\n")
    assert _mermaid(text) == (_columns(schema), _keys(schema))
    assert text.count(" PK") == len(schema.tables)
    assert text.count(" FK") == len(schema.edges)


def _dbml(text: str) -> Iterator[tuple[str, str, str]]:
    """(table, column, settings) of every field."""
    for block in text.split("\n\n"):
        head, *fields, note, end = block.strip().splitlines()
        opened = re.fullmatch(r'Table "(\w+)" \{', head)
        assert opened
        assert re.fullmatch(r"  Note: '(entity|activity), \d+ rows'", note)
        assert end == "}"
        for field in fields:
            parts = re.fullmatch(r'  "(\w+)" \w+(?: \[(.*)\])?', field)
            assert parts, field
            yield opened[1], parts[1], parts[2] or ""


def test_dbml_has_every_column_and_key(schema: Schema) -> None:
    fields = list(_dbml(export(schema, "dbml")))
    assert [(table, column) for table, column, _ in fields] == _columns(schema)
    keys = set()
    for table, column, said in fields:
        if reference := re.search(r'ref: > "(\w+)"\."row_idx"', said):
            keys.add((table, column, reference[1]))
        assert ("pk" in said) == (column == "row_idx")
        required = column != "row_idx" and not _nullable(schema)[table, column]
        assert ("not null" in said) == required
    assert keys == _keys(schema)


def test_dot_has_every_table_and_key(schema: Schema) -> None:
    first, *body, last = export(schema, "dot").splitlines()
    assert (first, last) == ("digraph schema {", "}")
    nodes = [re.fullmatch(r'  "(\w+)" \[label="\1\\n(\d+) rows", shape=(\w+)\];', s) for s in body]
    shapes = {"entity": "box", "activity": "ellipse"}
    assert [n.groups() for n in nodes if n] == [
        (table.name, str(table.rows), shapes[table.kind]) for table in schema.tables
    ]
    edges = [re.fullmatch(r'  "(\w+)" -> "(\w+)" \[label="(\w+)"\];', line) for line in body]
    assert [edge.groups() for edge in edges if edge] == list(schema.edges)
    assert len(body) == 2 + len(schema.tables) + len(schema.edges)


def test_json_is_the_schema(schema: Schema) -> None:
    assert Schema.model_validate_json(export(schema, "json")) == schema


def test_two_keys_to_one_parent_are_two_in_every_format() -> None:
    schema = sample_schema(small_config(model="none"), 1)
    twice = {("likes", "foreign_row_0", "users"), ("likes", "foreign_row_2", "users")}
    assert twice < _mermaid(export(schema, "mermaid"))[1]
    assert export(schema, "dot").count('"users" -> "likes"') == 2
    assert export(schema, "dbml").count('ref: > "users"."row_idx"') == 3
    assert export(schema, "sql").count('REFERENCES "users"') == 3


@pytest.mark.parametrize("name", formats.names())
def test_a_format_ends_in_one_newline_and_has_a_summary(name: str) -> None:
    text = export(sample_schema(small_config(), 1), name)
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    assert formats[name].summary


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    schema = sample_schema(small_config(), 1)
    with pytest.raises(UsageError) as caught:
        export(schema, "yaml")
    assert str(caught.value) == (
        "--format: must be one of dbml, dot, json, mermaid, sql, svg, got 'yaml'"
    )


@given(st.integers(0, 10**6), st.sampled_from(["watts_strogatz", "barabasi_albert", "layered"]))
@settings(max_examples=25)
def test_parents_come_first(seed: int, layout: str) -> None:
    raw = {"schema": {"layout": layout, "columns": 0}}
    schema = sample_schema(parse_config(raw), seed)
    order = [table.name for table in parents_first(schema)]
    assert sorted(order) == sorted(schema.by_name)
    assert all(order.index(parent) < order.index(child) for parent, child, _ in schema.edges)


def test_tables_that_may_come_in_any_order_keep_their_own() -> None:
    tables = {"c": {}, "b": {"parents": ["z"]}, "a": {}, "z": {}}
    schema = sample_schema(parse_config({"schema": {"layout": "explicit"}, "tables": tables}), 1)
    assert [table.name for table in parents_first(schema)] == ["c", "a", "z", "b"]


def test_references_in_a_circle_are_seen_in_every_format() -> None:
    tables = {
        "shop": {"rows": 3, "columns": {"best": {"lens": "link", "to": "sale", "nulls": 0.1}}},
        "sale": {"rows": 9, "parents": ["shop"], "columns": {}},
    }
    raw = {"schema": {"layout": "explicit", "columns": 0}, "tables": tables}
    schema = sample_schema(parse_config(raw), 1)
    key = schema.by_name["sale"].primary_key
    assert f'"best" bigint [ref: > "sale"."{key}"]' in export(schema, "dbml")
    assert '  "sale" |o--o{ "shop" : best\n' in export(schema, "mermaid")
    assert '  "sale" -> "shop" [label="best"];\n' in export(schema, "dot")
    added = f'ALTER TABLE "shop" ADD FOREIGN KEY ("best") REFERENCES "sale" ("{key}");'
    assert added in create_tables(schema, POSTGRES)
    assert f'"best" INTEGER REFERENCES "sale" ("{key}")' in create_tables(schema, SQLITE)
    assert "best" in export(schema, "sql")
    assert 'REFERENCES "sale"' not in export(schema, "sql")  # DuckDB has no such reference


def test_a_drawing_has_every_column_and_key(schema: Schema) -> None:
    root = ElementTree.fromstring(export(schema, "svg"))  # noqa: S314 (ours)
    space = "{http://www.w3.org/2000/svg}"
    texts = [text.text or "" for text in root.iter(f"{space}text")]
    for table in schema.tables:
        assert f"{table.sort} · {table.rows:,} rows" in texts
        names = [table.primary_key, *(key.name for key in table.foreign_keys)]
        others = [column.name for column in table.columns if column.name not in names]
        cut = max(0, len(table.columns) - 16)
        assert f"{cut} more" in texts or not cut
        for name in (table.name, *names, *others[: len(others) - cut]):
            assert name in texts
    curves = [path for path in root.iter(f"{space}path") if path.get("class") == "e"]
    lines = [path for path in curves if "C" in path.attrib["d"]]
    assert len(lines) == len(schema.edges)
    heads = [box for box in root.iter(f"{space}rect") if box.get("class") == "b"]
    places = [
        tuple(float(box.attrib[name]) for name in ("x", "y", "width", "height")) for box in heads
    ]
    for number, (x, y, width, height) in enumerate(places):
        for x1, y1, width1, height1 in places[:number]:
            assert x + width <= x1 or x1 + width1 <= x or y + height <= y1 or y1 + height1 <= y


def test_lines_of_a_drawing_cross_no_box() -> None:
    heights = {"a": 60, "b": 90, "c": 40, "d": 70}
    lines = [("a", "b"), ("b", "c"), ("c", "d"), ("a", "d"), ("a", "c"), ("d", "d")]
    places = placed(heights, lines)
    assert [[slot.name for slot in column if slot.name] for column in places.columns] == [
        ["a"],
        ["b"],
        ["c"],
        ["d"],
    ]
    assert [len(way) for way in places.passing] == [0, 0, 0, 2, 1, 0]
    for column in places.columns:
        ends = sorted((slot.y, slot.y + slot.height) for slot in column)
        assert all(end <= start for (_, end), (start, _) in pairwise(ends))
