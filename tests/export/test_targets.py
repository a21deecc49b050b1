"""Every target carries names and values as they are, or refuses them, and leaves nothing half."""

from __future__ import annotations

import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from plurel_cli import Database, export_database, generate, parse_config
from plurel_cli.errors import BusyError, ExportError, FolderError, UsageError
from plurel_cli.export import export
from plurel_cli.export.ddl import create_table
from plurel_cli.export.dialects import DUCKDB, MYSQL, POSTGRES, SQLITE
from plurel_cli.export.places import file_in_place
from plurel_cli.export.source import ExportSource
from plurel_cli.export.targets import targets
from tests.export.hostile import NAMES, hostile, normal
from tests.export.reading import READERS

DIAGRAMS = ("dbml", "dot", "mermaid", "svg")

SERVERS = ("postgres", "mysql")
"""Tried in a module of their own."""


@pytest.fixture(scope="module")
def database() -> Database:
    return hostile()


@pytest.fixture(scope="module")
def folder(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / 'it\'s a "folder" 🐘'
    database.save(folder)
    return folder


def test_every_target_is_read_back() -> None:
    assert set(targets.names()) == {*READERS, *DIAGRAMS, *SERVERS}


@pytest.mark.parametrize("name", READERS)
def test_values_come_back(name: str, database: Database, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / f'it\'s {name} "🐘"'
    export_database(folder, name, str(out))
    made = READERS[name](out, database.schema)
    assert normal(database.schema, made) == normal(database.schema, database.tables)
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("name", READERS)
def test_a_broken_export_leaves_what_was_there(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    export_database(folder, name, str(out))
    before = _contents(tmp_path)
    with pytest.raises(FolderError, match="already"):
        export_database(folder, name, str(out))
    broken = tmp_path / "broken"
    _copied(folder, broken, NAMES[-1])
    monkeypatch.chdir(tmp_path)
    for place, force in ((str(out), True), ("other", False)):
        with pytest.raises((ExportError, FolderError)):
            export_database(broken, name, place, force=force)
    after = {path: data for path, data in _contents(tmp_path).items() if "broken" not in path}
    assert after == before
    export_database(folder, name, str(out), force=True)
    assert READERS[name](out, ExportSource.at(folder).schema)


def _copied(folder: Path, to: Path, without: str) -> None:
    """A copy of a database of which a table has lost its rows."""
    to.mkdir()
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    path = to / f"{without}.parquet"
    pl.read_parquet(path).head(1).write_parquet(path)


def _contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_there_is_no_target_or_use_for_is_refused(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="--to: must be one of croissant, "):
        export_database(folder, "excel", str(tmp_path / "x"))
    with pytest.raises(UsageError, match="--dialect: is of no use with --to sqlite"):
        export_database(folder, "sqlite", str(tmp_path / "x"), dialect="ansi")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("packing", ["gzip", "zstd"])
@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_files_can_be_packed(
    name: str, packing: str, database: Database, folder: Path, tmp_path: Path
) -> None:
    export_database(folder, name, str(tmp_path / "out"), compress=packing)
    table = NAMES[0]
    ending = {"gzip": ".gz", "zstd": ".zst"}[packing]
    if name == "parquet":
        made = READERS[name](tmp_path / "out", database.schema)[table]
    elif name == "csv":
        made = pl.read_csv(tmp_path / "out" / f"{table}.csv{ending}", glob=False)
    else:
        made = pl.read_ndjson(tmp_path / "out" / f"{table}.jsonl{ending}")
    assert made["select_id"].to_list() == database.tables[table]["select_id"].to_list()


@pytest.mark.parametrize("name", DIAGRAMS)
def test_a_diagram_is_that_of_the_schema(name: str, folder: Path, tmp_path: Path) -> None:
    export_database(folder, name, str(tmp_path / "out"))
    text = (tmp_path / "out").read_text()
    assert text == export(ExportSource.at(folder).schema, name)


def test_a_script_without_rows_is_the_format(folder: Path, tmp_path: Path) -> None:
    export_database(folder, "sql", str(tmp_path / "out"), schema_only=True)
    text = (tmp_path / "out").read_text()
    assert text == export(ExportSource.at(folder).schema, "sql")


@pytest.mark.parametrize("name", ["sqlite", "duckdb"])
def test_a_script_of_a_dialect(name: str, database: Database, folder: Path, tmp_path: Path) -> None:
    export_database(folder, "sql", str(tmp_path / "out"), dialect=name)
    with (sqlite3 if name == "sqlite" else duckdb).connect(str(tmp_path / "db")) as engine:
        script = (tmp_path / "out").read_bytes().decode()
        (engine.executescript if name == "sqlite" else engine.execute)(script)
    engine.close()
    made = READERS[name](tmp_path / "db", database.schema)
    assert normal(database.schema, made) == normal(database.schema, database.tables)


@pytest.mark.parametrize("name", ["sqlite", "csv"])
def test_what_a_killed_run_has_left_is_cleared_away(
    name: str, folder: Path, tmp_path: Path
) -> None:
    half = tmp_path / ".out.plurel-new"
    half.mkdir()
    (half / "half").write_text("half")
    (tmp_path / ".out.plurel-lock").write_text("{}")
    export_database(folder, name, str(tmp_path / "out"))
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert READERS[name](tmp_path / "out", ExportSource.at(folder).schema)


def test_two_runs_do_not_write_to_one_place(folder: Path, tmp_path: Path) -> None:
    with file_in_place(tmp_path / "out", replace=False) as file:
        file.write_text("first")
        with pytest.raises(BusyError, match="another run is at work on it"):
            export_database(folder, "sqlite", str(tmp_path / "out"))
    assert (tmp_path / "out").read_text() == "first"


def test_a_nul_is_refused_where_no_text_holds_it(
    database: Database, folder: Path, tmp_path: Path
) -> None:
    frame = database.tables[NAMES[-1]]
    text = pl.Series("from", ["a\0b"] * frame.height)
    frames = database.tables | {NAMES[-1]: frame.with_columns(text)}
    Database(database.schema, frames).save(tmp_path / "db")
    with pytest.raises(ExportError, match=r"table order, column from: .* U\+0000"):
        export_database(tmp_path / "db", "sql", str(tmp_path / "sql"))
    export_database(tmp_path / "db", "parquet", str(tmp_path / "parquet"))
    made = READERS["parquet"](tmp_path / "parquet", database.schema)[NAMES[-1]]
    assert made["from"].to_list() == text.to_list()


def test_names_are_quoted_and_bounded() -> None:
    schema = generate(parse_config({"schema": {"tables": 1, "columns": 1}}), 1).schema
    (table,) = schema.tables
    hostile_name = "a\"b`c'; DROP TABLE x; --🐘"
    named = table.but(name=hostile_name, columns=table.columns)
    for dialect, engine in ((SQLITE, sqlite3.connect(":memory:")), (DUCKDB, duckdb.connect())):
        engine.execute(create_table(schema.but(tables=(named,)), named, dialect))
        assert engine.execute("SELECT name FROM sqlite_master").fetchone() == (hostile_name,)
        engine.close()
    long = schema.but(tables=(table.but(name="🐘" * 16),))
    with pytest.raises(ExportError, match="postgres takes names of at most 63 bytes, got 64"):
        POSTGRES.check_names(long)
    MYSQL.check_names(long)
    twice = schema.but(tables=(table.but(name="One"), table.but(name="one")))
    with pytest.raises(ExportError, match="is the same name as One to sqlite"):
        SQLITE.check_names(twice)
    POSTGRES.check_names(twice)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)


@pytest.fixture(scope="module")
def short() -> Database:
    """A table with a text that may be null, and one that no two rows share."""
    lens = {"lens": "text", "templates": ["x"], "nulls": 0.1}
    unique = {"lens": "uuid", "unique": True, "nulls": False}
    table = {"rows": 4, "columns": {"free": lens, "unique": unique}}
    return generate(parse_config({"schema": {"layout": "explicit"}, "tables": {"a": table}}), 1)


@pytest.mark.parametrize("name", READERS)
@settings(max_examples=15, deadline=None)
@given(
    free=st.lists(st.none() | TEXTS, min_size=4, max_size=4),
    unique=st.lists(TEXTS, min_size=4, max_size=4, unique=True),
)
def test_any_text_comes_back_or_is_refused(
    name: str, short: Database, free: list[str | None], unique: list[str]
) -> None:
    frame = short.tables["a"].with_columns(
        pl.Series("free", free, dtype=pl.String), pl.Series("unique", unique, dtype=pl.String)
    )
    with TemporaryDirectory() as folder:
        place, out = Path(folder) / "db", Path(folder) / "out"
        Database(short.schema, {"a": frame}).save(place)
        with suppress(ExportError):
            export_database(place, name, str(out))
        if not out.exists():
            assert "\0" in "".join(filter(None, [*free, *unique]))
            return
        made = READERS[name](out, short.schema)["a"].sort(short.schema.tables[0].primary_key)
        assert made["free"].to_list() == free
        assert made["unique"].to_list() == unique


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=70))
@example("")
@example("a\0b")
@example("'; DROP TABLE x; --\"`]")
@example("\u202e%s{}$1\\")
def test_any_name_is_that_of_the_table_or_is_refused(short: Database, name: str) -> None:
    (table,) = short.schema.tables
    named = table.but(name=name)
    schema = short.schema.but(tables=(named,))
    for dialect, connect in ((SQLITE, sqlite3.connect), (DUCKDB, duckdb.connect)):
        if name == "" or "\0" in name:
            with pytest.raises(ExportError, match="cannot be a name in SQL"):
                dialect.check_names(schema)
            continue
        dialect.check_names(schema)
        with closing(connect(":memory:")) as engine:
            engine.execute(create_table(schema, named, dialect))
            assert engine.execute("SELECT name FROM sqlite_master").fetchone() == (name,)
