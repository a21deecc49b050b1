from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest

import plurel_cli
from plurel_cli import Config, Database, generate, load, parse_config, validate
from plurel_cli.errors import MismatchError, UsageError
from tests.storage.samples import same_values, small_config

DATABASE = generate(small_config(), 1)


def _with(**tables: Any) -> Database:
    return Database(DATABASE.schema, DATABASE.tables | tables)


def _problems(database: Database, folder: Path) -> list[str]:
    with pytest.raises(MismatchError) as caught:
        database.save(folder / "db")
    assert not (folder / "db").exists()
    lines = str(caught.value).splitlines()
    assert lines == [str(problem) for problem in caught.value.problems]
    return lines


USERS, POSTS = DATABASE.tables["users"], DATABASE.tables["posts"]


@pytest.mark.parametrize(
    ("tables", "line"),
    [
        ({"users": USERS.drop("row_idx")}, "tables.users.row_idx: is missing, and schema lists it"),
        ({"users": USERS.with_columns(x=1)}, "tables.users.x: is not listed in schema"),
        ({"user": USERS}, "tables.user: is not listed in schema; did you mean users?"),
        ({"users": USERS.head(29)}, "tables.users: must have 30 rows, got '29'"),
        ({"users": USERS.clear()}, "tables.users: must have 30 rows, got '0'"),
        ({"users": USERS.lazy()}, "tables.users: must be a Polars DataFrame, got 'LazyFrame'"),
        ({"users": None}, "tables.users: must be a Polars DataFrame, got 'NoneType'"),
        (
            {"users": USERS.with_columns(pl.col("row_idx").cast(pl.Int32))},
            "tables.users.row_idx: must be of type Int64, got 'Int32'",
        ),
        (
            {"users": USERS.with_columns(row_idx=pl.lit(None, pl.Int64))},
            "tables.users.row_idx: must hold no nulls, got 30",
        ),
    ],
)
def test_frames_that_do_not_match_are_refused(
    tmp_path: Path, tables: dict[str, Any], line: str
) -> None:
    assert _problems(_with(**tables), tmp_path) == [line]


def test_all_that_differs_is_said_at_once(tmp_path: Path) -> None:
    database = Database(DATABASE.schema, {"users": USERS.head(3).drop("row_idx"), "a": POSTS})
    assert len(_problems(database, tmp_path)) == 5


def test_what_matches_is_written_in_the_order_of_the_schema(tmp_path: Path) -> None:
    database = _with(users=USERS.select(reversed(USERS.columns)))
    database.save(tmp_path / "db")
    assert validate(tmp_path / "db") == []
    assert same_values(load(tmp_path / "db"), DATABASE)
    with pytest.raises(UsageError, match="force"):
        database.save(tmp_path / "db", force="yes")  # type: ignore[arg-type]


def test_reprs_are_short() -> None:
    stages = "stages schema, fk, temporal, features"
    assert repr(DATABASE) == f"Database(seed 1: 3 tables, 170 rows, {stages})"
    assert repr(DATABASE.schema) == str(DATABASE.schema)
    assert repr(DATABASE.schema) == f"Schema(seed 1: explicit, 3 tables, 4 foreign keys, {stages})"
    assert repr(parse_config({})) == "Config()"
    assert repr(parse_config(parse_config({}).resolved())) == "Config()"
    three = parse_config({"schema": {"tables": 3}})
    assert repr(three) == str(three) == "Config({'schema': {'tables': 3}})"
    assert len(repr(parse_config({"tables": {}} | small_config().resolved()))) < 250
    assert isinstance(three, Config)


def test_a_notebook_shows_every_table_and_three_rows() -> None:
    html = DATABASE._repr_html_()
    for table in DATABASE.schema.tables:
        assert f"<b>{table.name}</b> ({table.kind}, {table.rows:,} rows, key row_idx)" in html
        for column in table.foreign_keys:
            assert f"{column.name} → {column.references}" in html
    assert html.count("<tr>") == 3 * (1 + 3)
    assert html.count("<td>") == 3 * sum(frame.width for frame in DATABASE.tables.values())


def test_whatever_names_and_values_are_they_are_escaped() -> None:
    evil = "<script>alert('&\"')</script>"
    frame = pl.DataFrame({evil: [evil, None, "a"]})
    table = DATABASE.schema.tables[0].but(name=evil)
    html = Database(DATABASE.schema.but(tables=(table,)), {evil: frame})._repr_html_()
    assert set(re.findall(r"</?(\w+)", html)) == {
        *("p", "b", "div", "table", "thead", "tbody", "tr", "th", "td")
    }
    assert html.count("&lt;script&gt;") == 3
    assert "<td>null</td>" in html


def test_a_schema_alone_is_shown_too() -> None:
    alone = Database(DATABASE.schema, {})
    assert "users" in alone._repr_html_()


def test_what_users_import_is_listed_and_nothing_else() -> None:
    assert dir(plurel_cli) == sorted(plurel_cli.__all__)
    for name in dir(plurel_cli):
        assert getattr(plurel_cli, name) is not None
    with pytest.raises(AttributeError):
        plurel_cli.nothing  # noqa: B018
