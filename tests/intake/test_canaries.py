"""Values that stand in a source once, seldom or often, and that no config may show.

Each kind of source that has rows gets the same rows: texts, numbers, times and labels that are easy
to recognise, and a schema whose comments, defaults and conditions have such words too.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl
import psycopg
import pymysql
import pytest
import yaml

from plurel_cli import generate, parse_config
from plurel_cli.intake.likeness.rows import likeness_of
from plurel_cli.intake.sources import read_source
from plurel_cli.intake.sources.rows import rows_of
from plurel_cli.intake.writer import checked
from tests.export.servers import mariadb, postgres

N = 600
CANARY = re.compile(r"canar|zebra|2718|3141|57721|1918-11-1|1918|14142", re.IGNORECASE)
"""What is planted, in any form."""

DDL = """
CREATE TABLE zone (zone_id INTEGER PRIMARY KEY, label VARCHAR(40) DEFAULT 'canary-default');
CREATE TABLE visit (
  visit_id INTEGER PRIMARY KEY, zone_id INTEGER REFERENCES zone (zone_id),
  kind VARCHAR(20), rare VARCHAR(20), note VARCHAR(60) DEFAULT 'canary-note', name VARCHAR(60),
  amount DOUBLE PRECISION, same INTEGER, nearly INTEGER DEFAULT 271828, pieces INTEGER,
  came_at TIMESTAMP, born_on DATE, left_at TIMESTAMP,
  listed VARCHAR(20) CHECK (listed IN ('open', 'shut', 'zebra-listed'))
);
"""
"""Its list of labels is a rule that rows must keep, so these labels may stand, and nothing else."""


def rows() -> dict[str, pl.DataFrame]:
    """Rows that have canaries: one outlier, three, every row, or a third of the rows."""
    rng = np.random.Generator(np.random.PCG64(3))
    k = np.arange(N)
    start = datetime(2020, 1, 2, 3, 4, 5)
    came = [start + timedelta(hours=11.3 * int(i)) for i in k]
    came[0] = datetime(1918, 11, 11, 11, 11, 11)
    zone = pl.DataFrame(
        {"zone_id": np.arange(20), "label": [f"canary-zone-{i}" for i in range(20)]}
    )
    visit = pl.DataFrame(
        {
            "visit_id": k,
            "zone_id": rng.integers(0, 20, N),
            "kind": ["canary-a" if i % 3 else "canary-b" for i in k],
            "rare": ["canary-rare" if i < 3 else "canary-usual" for i in k],
            "note": [f"canary text {i}" for i in k],
            "name": ["Zebra Canary" for _ in k],
            "amount": np.where(k == 0, 31415926.5, np.exp(3 + rng.normal(size=N))),
            "same": np.full(N, 271828),
            "nearly": np.where(k < 15, 271829, 271828),
            "pieces": rng.geometric(0.3, N),
            "came_at": came,
            "born_on": [
                date(1918, 11, 11) if i < 5 else date(1980, 1, 1) + timedelta(int(i)) for i in k
            ],
            "left_at": [
                at + timedelta(hours=1 + float(h))
                for at, h in zip(came, rng.random(N), strict=True)
            ],
            "listed": ["open" if i % 2 else "shut" for i in k],
        }
    )
    return {"zone": zone, "visit": visit}


def fill(execute: Callable[[str, list[Any]], object], mark: str) -> None:
    """Insert all rows."""
    for name, frame in rows().items():
        marks = ", ".join([mark] * frame.width)
        for row in frame.iter_rows():
            execute(f"INSERT INTO {name} VALUES ({marks})", list(row))  # noqa: S608


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    path = folder / "a.db"
    with closing(sqlite3.connect(path)) as database:
        database.executescript(DDL)
        fill(lambda sql, row: database.execute(sql, [_plain(v) for v in row]), "?")
        database.commit()
    yield str(path)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, date | datetime) else value


@contextmanager
def duck(folder: Path) -> Iterator[str]:
    path = folder / "a.duckdb"
    with duckdb.connect(str(path)) as engine:
        engine.execute(DDL)
        engine.execute("COMMENT ON TABLE visit IS 'canary comment'")
        engine.execute("COMMENT ON COLUMN visit.note IS 'canary: Zebra, 57721'")
        fill(lambda sql, row: engine.execute(sql, row), "?")
    yield str(path)


@contextmanager
def parquet(folder: Path) -> Iterator[str]:
    for name, frame in rows().items():
        frame.write_parquet(folder / f"{name}.parquet")
    yield str(folder)


@contextmanager
def csv(folder: Path) -> Iterator[str]:
    for name, frame in rows().items():
        frame.write_csv(folder / f"{name}.csv")
    yield str(folder)


@contextmanager
def postgres_server(folder: Path) -> Iterator[str]:
    with postgres() as url:
        with psycopg.connect(f"{url}postgres", autocommit=True) as connection:
            connection.execute(DDL.encode())
            connection.execute("COMMENT ON TABLE visit IS 'canary comment'")
            connection.execute("COMMENT ON COLUMN visit.note IS 'canary: Zebra, 57721'")
            with connection.cursor() as cursor:
                fill(lambda sql, row: cursor.execute(sql.encode(), row), "%s")
        yield f"{url}postgres"


@contextmanager
def mariadb_server(folder: Path) -> Iterator[str]:
    with mariadb() as url:
        port = int(url.rpartition(":")[2].strip("/"))
        connection = pymysql.connect(host="127.0.0.1", port=port, user="root")
        with connection, connection.cursor() as cursor:
            cursor.execute("CREATE DATABASE shop")
            cursor.execute("USE shop")
            texts = DDL.replace("TIMESTAMP", "DATETIME").replace(
                "note VARCHAR(60)", "note VARCHAR(60) COMMENT 'canary: Zebra, 57721'"
            )
            for statement in texts.replace("'canary-note'", "NULL").split(";\n"):
                if statement.strip():
                    cursor.execute(_commented(statement))
            fill(lambda sql, row: cursor.execute(sql, row), "%s")
            connection.commit()
        yield f"{url}shop"


def _commented(statement: str) -> str:
    """A default stands before a comment."""
    return statement.replace(
        "COMMENT 'canary: Zebra, 57721' DEFAULT NULL",
        "DEFAULT 'canary-note' COMMENT 'canary 57721'",
    )


SOURCES = {
    "sqlite": sqlite,
    "duckdb": duck,
    "parquet": parquet,
    "csv": csv,
    "postgres": postgres_server,
    "mariadb": mariadb_server,
}


def config(source: str, *, keep_labels: bool = False) -> str:
    picture = read_source(source)
    frames = rows_of(source, picture)
    return checked(picture, 1.0, likeness_of(picture, frames, keep_labels=keep_labels)).text


@pytest.mark.parametrize("kind", SOURCES)
def test_no_value_of_a_row_or_comment_is_in_the_config(kind: str, tmp_path: Path) -> None:
    with SOURCES[kind](tmp_path) as source:
        text = config(source)
        kept = config(source, keep_labels=True)
    assert CANARY.findall(text.replace("zebra-listed", "", 1)) == []
    for word in ("canary-a", "canary-b", "canary-usual", "Zebra Canary"):
        assert word in kept, "labels of ten rows stay where that is asked for"
    for word in ("canary-rare", "canary text", "canary-zone", "canary comment", "31415926"):
        assert word not in kept
    for number in ("271828", "271829", "57721", "1918"):
        assert number not in kept
    columns = yaml.safe_load(text)["tables"]["visit"]["columns"]
    assert [*columns["kind"]["values"]] == ["c0", "c1"]
    made = generate(parse_config(yaml.safe_load(text)), 1)
    assert made.tables["visit"].height == N


def test_canaries_are_there_to_be_seen() -> None:
    """What the test looks for is in the rows, so that a config that had them would fail."""
    visit = rows()["visit"]
    for name in ("kind", "rare", "note", "name", "amount", "same", "nearly", "born_on", "came_at"):
        assert any(CANARY.search(str(value)) for value in visit[name].to_list()), name
