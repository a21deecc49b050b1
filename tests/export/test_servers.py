"""Real servers take databases whole, hold them to their keys, and show nothing of a broken load."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
import pymysql
import pytest

import plurel_cli.export.targets.mysql as mysql_target
import plurel_cli.export.targets.postgres as postgres_target
from plurel_cli import Database, export_database, generate_corpus
from plurel_cli.errors import ExportError, FolderError, UsageError
from plurel_cli.schema.model import Schema
from tests.export import servers
from tests.export.hostile import NAMES, hostile, normal
from tests.export.reading import Tables, frame_of
from tests.storage.samples import small_config

POSTGRES, MYSQL = "postgres", "mysql"


class Engine:
    """A server, and how to ask it."""

    def __init__(self, to: str, url: str, quote: str, connect: Callable[[str], Any]) -> None:
        self.to, self.url, self.quote, self.connect = to, url, quote, connect
        self.number = 0

    def database(self) -> str:
        """The URL of an empty database."""
        self.number += 1
        name = f"db {self.number}"
        if self.to == POSTGRES:
            self.ask("postgres", f'CREATE DATABASE "{name}"')
            return f"{self.url}db%20{self.number}"
        self.ask("", f"CREATE DATABASE `{name}`")
        return f"{self.url}db%20{self.number}"

    def ask(self, database: str, statement: str) -> list[tuple[Any, ...]]:
        with closing(self.connect(database)) as connection, connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []

    def tables(self, url: str, schema: Schema) -> Tables:
        with closing(self.connect(_name(url))) as connection, connection.cursor() as cursor:
            tables = {}
            for table in schema.tables:
                cursor.execute(f"SELECT * FROM {self.quote}{table.name}{self.quote}")  # noqa: S608
                tables[table.name] = frame_of([c[0] for c in cursor.description], cursor.fetchall())
            return tables

    def there(self, url: str) -> list[str]:
        """Names of tables, wherever in the database."""
        place = "NOT IN ('pg_catalog', 'information_schema')"
        where = place if self.to == POSTGRES else "= database()"
        return [
            name
            for (name,) in self.ask(
                _name(url),
                "SELECT table_name FROM information_schema.tables "  # noqa: S608
                f"WHERE table_schema {where} ORDER BY 1",
            )
        ]


def _name(url: str) -> str:
    return url.rpartition("/")[2].replace("%20", " ")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Engine]:
    with servers.postgres() as url:
        yield Engine(
            POSTGRES, url, '"', lambda name: psycopg.connect(f"{url}{quote(name)}", autocommit=True)
        )


@pytest.fixture(scope="module")
def mysql() -> Iterator[Engine]:
    with servers.mariadb() as url:
        port = int(url.rpartition(":")[2].rstrip("/"))
        yield Engine(
            MYSQL,
            url,
            "`",
            lambda name: pymysql.connect(
                host="127.0.0.1", port=port, user="root", database=name or None
            ),
        )


@pytest.fixture(params=[POSTGRES, MYSQL])
def engine(request: pytest.FixtureRequest) -> Engine:
    engine: Engine = request.getfixturevalue(request.param)
    return engine


@pytest.fixture(scope="module")
def database() -> Database:
    return hostile()


@pytest.fixture(scope="module")
def folder(database: Database, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "it's a folder"
    database.save(folder)
    return folder


@pytest.mark.parametrize("resume", [False, True])
def test_values_come_back(engine: Engine, database: Database, folder: Path, resume: bool) -> None:
    url = engine.database()
    export_database(folder, engine.to, url, resume=resume)
    made = engine.tables(url, database.schema)
    assert normal(database.schema, made) == normal(database.schema, database.tables)
    assert sorted(engine.there(url)) == sorted(NAMES)


def test_a_server_that_takes_no_files_is_sent_statements(
    mysql: Engine, database: Database, folder: Path
) -> None:
    url = mysql.database()
    mysql.ask("", "SET GLOBAL local_infile = 0")
    try:
        export_database(folder, MYSQL, url)
    finally:
        mysql.ask("", "SET GLOBAL local_infile = 1")
    made = mysql.tables(url, database.schema)
    assert normal(database.schema, made) == normal(database.schema, database.tables)


@pytest.mark.parametrize("resume", [False, True])
def test_keys_and_checks_are_enforced(engine: Engine, folder: Path, resume: bool) -> None:
    url = engine.database()
    export_database(folder, engine.to, url, resume=resume)
    q = engine.quote
    with pytest.raises((psycopg.errors.IntegrityError, pymysql.Error)):
        engine.ask(_name(url), f"UPDATE {q}select{q} SET last_end = 7777")  # noqa: S608
    for column, value in (
        ("order_id", "1"),
        ("select_id", "77"),
        ("parent_order_id", "7777"),
        ("select_id_2", "NULL"),
        ("Table", "'none of them'"),
        ("n" * 63, "-1"),
    ):
        with pytest.raises((psycopg.errors.IntegrityError, pymysql.Error)):
            engine.ask(_name(url), f"UPDATE {q}order{q} SET {q}{column}{q} = {value}")  # noqa: S608


def test_without_constraints_there_are_none(engine: Engine, folder: Path) -> None:
    url = engine.database()
    export_database(folder, engine.to, url, constraints=False)
    q = engine.quote
    engine.ask(_name(url), f"DELETE FROM {q}select{q}")  # noqa: S608


def _broken(folder: Path, to: Path) -> Path:
    """A copy of a database whose last table has a file that is none."""
    to.mkdir()
    for path in folder.iterdir():
        (to / path.name).write_bytes(path.read_bytes())
    (to / f"{NAMES[-1]}.parquet").write_bytes(b"none")
    return to


def test_a_broken_load_leaves_what_was_there(
    engine: Engine, database: Database, folder: Path, tmp_path: Path
) -> None:
    url, broken = engine.database(), _broken(folder, tmp_path / "broken")
    with pytest.raises(FolderError):
        export_database(broken, engine.to, url)
    assert engine.there(url) == []
    export_database(folder, engine.to, url)
    with pytest.raises(ExportError, match="is there already; give --force"):
        export_database(folder, engine.to, url)
    with pytest.raises(FolderError):
        export_database(broken, engine.to, url, force=True)
    made = engine.tables(url, database.schema)
    assert normal(database.schema, made) == normal(database.schema, database.tables)
    export_database(folder, engine.to, url, force=True)
    assert sorted(engine.there(url)) == sorted(NAMES)


def test_an_interrupted_load_goes_on(
    engine: Engine,
    database: Database,
    folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, broken = engine.database(), _broken(folder, tmp_path / "broken")
    with pytest.raises(FolderError):
        export_database(broken, engine.to, url, resume=True)
    postgres_load, mysql_load = postgres_target._PostgresLoad, mysql_target._MysqlLoad
    load_of: Any = postgres_load if engine.to == POSTGRES else mysql_load
    filled = []
    fill = load_of._fill

    def watched(load: Any, table: Any, *staged: Any) -> None:
        filled.append(table.name)
        fill(load, table, *staged)

    monkeypatch.setattr(load_of, "_fill", watched)
    export_database(folder, engine.to, url, resume=True)
    assert filled[0] == NAMES[-1]
    assert not {"select", "Group"} & {*filled}
    made = engine.tables(url, database.schema)
    assert normal(database.schema, made) == normal(database.schema, database.tables)
    assert sorted(engine.there(url)) == sorted(NAMES)


def test_a_corpus_gets_a_schema_for_each_database(engine: Engine, tmp_path: Path) -> None:
    generate_corpus(tmp_path / "corpus", small_config(), seeds=range(2), jobs=1)
    url = engine.database()
    for _ in range(2):
        export_database(tmp_path / "corpus", engine.to, url, resume=True)
    for seed in range(2):
        name = f"db-{seed:06d}"
        path = f'"{name}".users' if engine.to == POSTGRES else f"`{name}`.users"
        count = f"SELECT count(*) FROM {path}"  # noqa: S608
        assert engine.ask(_name(url), count) == [(30,)]


def test_what_a_server_cannot_be_told_is_refused(
    engine: Engine, folder: Path, tmp_path: Path
) -> None:
    for url in ("shop", "http://a/b", "postgresql://a:x/b"):
        with pytest.raises(UsageError, match="--out"):
            export_database(folder, engine.to, url)
    scheme = engine.url.partition(":")[0]
    with pytest.raises(ExportError) as caught:
        export_database(folder, engine.to, f"{scheme}://me:secret@127.0.0.1:1/shop")
    assert "secret" not in str(caught.value)


def test_clients_run_the_scripts(
    engine: Engine, database: Database, folder: Path, tmp_path: Path
) -> None:
    url, script = engine.database(), tmp_path / "script.sql"
    export_database(folder, "sql", str(script), dialect=engine.to)
    port = engine.url.rpartition(":")[2].rstrip("/")
    if engine.to == POSTGRES:
        command = ["psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]
    else:
        command = ["mariadb", "--no-defaults", "-h127.0.0.1", "-uroot", f"-P{port}", _name(url)]
    with script.open("rb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()[-1000:]
    made = engine.tables(url, database.schema)
    assert normal(database.schema, made) == normal(database.schema, database.tables)
