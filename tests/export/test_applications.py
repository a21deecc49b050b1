"""Schemas of applications, read by `plurel init`: their databases go into every engine, whole."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import psycopg
import pymysql
import pytest
from psycopg import sql

from plurel_cli import Schema, export_database, generate_to, parse_config
from tests.export import servers
from tests.export.reading import READERS
from tests.intake.loading import config_of
from tests.intake.test_schemas import SCHEMAS, picture_of


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with servers.postgres() as url:
        yield f"{url}postgres"


@pytest.fixture(scope="module")
def mysql() -> Iterator[str]:
    with servers.mariadb() as url:
        yield url


def _of_postgres(url: str, name: str, schema: Schema) -> dict[str, int]:
    counts = {}
    with psycopg.connect(url) as connection:
        for table in schema.tables:
            count = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name, table.name))
            counts[table.name] = connection.execute(count).fetchall()[0][0]
    return counts


def _of_mysql(url: str, name: str, schema: Schema) -> dict[str, int]:
    port = int(url.rpartition(":")[2].rstrip("/"))
    counts = {}
    connection = pymysql.connect(host="127.0.0.1", port=port, user="root", database=name)
    with closing(connection), connection.cursor() as cursor:
        for table in schema.tables:
            cursor.execute(f"SELECT count(*) FROM `{table.name}`")  # noqa: S608
            counts[table.name] = cursor.fetchall()[0][0]
    return counts


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name.removesuffix(".sql"))
def test_every_engine_takes_all_rows_under_all_keys(
    path: Path, postgres: str, mysql: str, tmp_path: Path
) -> None:
    config = parse_config(config_of(picture_of(path)))
    schema = generate_to(tmp_path / "db", config, 1)
    counts = {table.name: table.rows for table in schema.tables}
    name = path.name.partition(".")[0]
    for to in ("duckdb", "sqlite"):
        export_database(tmp_path / "db", to, str(tmp_path / to))
        made = READERS[to](tmp_path / to, schema)
        assert {table: frame.height for table, frame in made.items()} == counts
    export_database(tmp_path / "db", "postgres", f"{postgres}#{name}")
    assert _of_postgres(postgres, name, schema) == counts
    export_database(tmp_path / "db", "mysql", f"{mysql}#{name}")
    assert _of_mysql(mysql, name, schema) == counts
