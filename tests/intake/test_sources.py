"""Sources other than SQL: SQLite, DuckDB, DBML, folders of files, running databases."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl
import pytest

from plurel_cli import generate_to, parse_config
from plurel_cli import load as load_database
from plurel_cli.errors import UsageError
from plurel_cli.intake.picture import Picture
from plurel_cli.intake.sources import read_source
from tests.intake.loading import config_of, frames_of, load

SCHEMAS = Path(__file__).parent / "schemas"


def facts(picture: Picture) -> dict[str, object]:
    """What does not hang on where a schema was read."""
    return {
        table.name: (
            [(c.name, c.kind, c.nullable, c.length) for c in table.columns],
            table.primary_key,
            {*table.unique},
            {(r.columns, r.table, r.targets) for r in table.references},
            {c for check in table.checks for c in check.conditions},
        )
        for table in picture.tables
    }


@pytest.fixture
def sqlite_file(tmp_path: Path) -> Path:
    path = tmp_path / "airline.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript((SCHEMAS / "airline.sqlite.sql").read_text())
        database.execute("INSERT INTO aircraft VALUES ('773', 'Boeing', 11100)")
        database.commit()
    return path


def test_a_sqlite_file_is_read_as_the_statements_that_made_it(sqlite_file: Path) -> None:
    picture = read_source(str(sqlite_file))
    assert facts(picture) == facts(read_source(str(SCHEMAS / "airline.sqlite.sql"), "sqlite"))
    assert picture.by_name["aircraft"].rows == 1
    assert picture.by_name["seat"].rows is None


def test_sqlalchemy_reads_the_same_keys(sqlite_file: Path) -> None:
    picture, other = read_source(str(sqlite_file)), read_source(f"sqlite:///{sqlite_file}")
    for table in picture.tables:
        twin = other.by_name[table.name]
        assert (twin.primary_key, twin.rows) == (table.primary_key, table.rows)
        assert {(r.columns, r.table) for r in twin.references} == {
            (r.columns, r.table) for r in table.references
        }
        assert {*twin.unique} == {*table.unique}
        assert [c.name for c in twin.columns] == [c.name for c in table.columns]
    load(other, frames_of(other))


def test_a_duckdb_file_is_read(tmp_path: Path) -> None:
    path = tmp_path / "hospital.duckdb"
    script = (SCHEMAS / "hospital.duckdb.sql").read_text()
    with duckdb.connect(str(path)) as database:
        database.execute(script)
        database.execute("INSERT INTO ward VALUES ('a', 'b', 1, 2)")
    picture = read_source(str(path))
    assert picture.by_name["ward"].rows == 1
    assert [(r.columns, r.table, r.targets) for r in picture.by_name["stay"].references] == [
        (("patient_id",), "patient", ("id",)),
        (("ward_code",), "ward", ("code",)),
    ]
    assert picture.by_name["patient"].by_name["blood_group"].labels == ("A", "B", "AB", "O")
    load(picture, frames_of(picture))


def test_dbml_is_read() -> None:
    picture = read_source(str(Path(__file__).parent / "shop.dbml"))
    assert [*picture.by_name] == ["users", "orders", "lines", "scans", "profile"]
    lines, scans, profile = (picture.by_name[name] for name in ("lines", "scans", "profile"))
    assert lines.primary_key == ("order_id", "no")
    assert [(r.columns, r.table) for r in scans.references] == [(("order_id", "no"), "lines")]
    assert [(r.columns, r.table) for r in profile.references] == [(("user_id",), "users")]
    assert picture.by_name["users"].by_name["kind"].labels == ("a", "b c")
    assert picture.by_name["users"].comment == "people"
    load(picture, frames_of(picture))


def test_keys_of_a_folder_are_guessed_and_said(tmp_path: Path) -> None:
    people = pl.DataFrame({"id": [3, 1, 2], "name": ["a", "b", "c"], "note": ["x", None, "x"]})
    visits = pl.DataFrame(
        {"visit_id": [10, 11], "person_id": [1, 3], "host_person_id": [None, 2], "n": [3, 1]}
    )
    people.write_parquet(tmp_path / "people.parquet")
    people.write_parquet(tmp_path / "persons.parquet")
    visits.write_csv(tmp_path / "visits.csv")
    picture = read_source(str(tmp_path))
    table = picture.by_name["visits"]
    assert table.primary_key == ("visit_id",)
    assert {(r.columns[0], r.table) for r in table.references} == {
        ("person_id", "persons"),
        ("host_person_id", "persons"),
    }
    assert [str(note) for note in picture.notes] == [
        f"guessed: visits.{name} refers to persons.id, by its name, and all its values are there"
        for name in ("person_id", "host_person_id")
    ]
    assert (table.rows, table.by_name["person_id"].nullable) == (2, False)


def test_values_that_are_no_keys_refer_to_nothing(tmp_path: Path) -> None:
    pl.DataFrame({"id": [1, 2]}).write_parquet(tmp_path / "person.parquet")
    pl.DataFrame({"person_id": [1, 3]}).write_parquet(tmp_path / "visit.parquet")
    assert read_source(str(tmp_path)).by_name["visit"].references == ()


def test_keys_of_a_relbench_folder_are_told(tmp_path: Path) -> None:
    raw = config_of(read_source(str(SCHEMAS / "kanban.sqlite.sql"), "sqlite"))
    raw["output"] = {"layout": "relbench"}
    generate_to(tmp_path / "kanban", parse_config(raw), 1)
    database = load_database(tmp_path / "kanban")
    picture = read_source(str(tmp_path / "kanban"))
    expected = {
        (table.name, key.name, key.references)
        for table in database.schema.tables
        for key in table.foreign_keys
    }
    assert {
        (t.name, r.columns[0], r.table) for t in picture.tables for r in t.references
    } == expected
    assert {t.name: t.primary_key for t in picture.tables} == {
        t.name: (t.primary_key,) for t in database.schema.tables
    }


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere.sql", "nowhere.sql: cannot be read; no such file or directory"),
        ("sqlite:////nowhere/x.db", "sqlite:////nowhere/x.db: cannot be read: .*unable to open"),
        ("odd://me:secret@host/db", "odd://me@host/db: cannot be read: Can't load plugin.*odd"),
    ],
)
def test_what_is_no_source_is_told(source: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        read_source(source)


def test_a_file_without_tables_is_told(tmp_path: Path) -> None:
    (tmp_path / "empty.sql").write_text("SELECT 1;\nNONSENSE all the way;\n")
    with pytest.raises(
        UsageError, match="has no tables that can be read; line 2: not read: NONSENSE"
    ):
        read_source(str(tmp_path / "empty.sql"))
