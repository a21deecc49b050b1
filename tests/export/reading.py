"""What targets have made, read back by the programs that it is for."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl

from plurel_cli import load
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table

Tables = dict[str, pl.DataFrame]


def frame_of(names: list[str], rows: list[tuple[object, ...]]) -> pl.DataFrame:
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return pl.DataFrame({n: list(c) for n, c in zip(names, columns, strict=True)}, strict=False)


def read_sqlite(path: Path, schema: Schema) -> Tables:
    with closing(sqlite3.connect(path)) as engine:
        return {table.name: _of_sqlite(engine, table.name) for table in schema.tables}


def _of_sqlite(engine: sqlite3.Connection, name: str) -> pl.DataFrame:
    cursor = engine.execute(f'SELECT * FROM "{name}"')  # noqa: S608
    return frame_of([column[0] for column in cursor.description], cursor.fetchall())


def read_duckdb(path: Path, schema: Schema) -> Tables:
    with duckdb.connect(str(path), read_only=True) as engine:
        return {table.name: _of_duckdb(engine, table) for table in schema.tables}


def _of_duckdb(engine: duckdb.DuckDBPyConnection, table: Table) -> pl.DataFrame:
    times = [c.name for c in table.columns if c.type == "datetime[ns]"]  # Python's have no ns
    whole = ", ".join(f'epoch_ns("{name}") AS "{name}"' for name in times)
    replaced = f"* REPLACE ({whole})" if times else "*"
    cursor = engine.execute(f'SELECT {replaced} FROM "{table.name}"')  # noqa: S608
    frame = frame_of([column[0] for column in cursor.description], cursor.fetchall())
    return frame.with_columns(pl.col(times).cast(pl.Int64).cast(pl.Datetime("ns")))


def read_csv(path: Path, schema: Schema) -> Tables:
    with duckdb.connect() as engine:
        engine.execute((path / "schema.sql").read_text())
        tables = {}
        for table in schema.tables:
            (file,) = path.glob(f"{table.name}.csv*")
            sql = "SELECT * FROM read_csv(?, all_varchar=true, allow_quoted_nulls=false, "
            sql += "delim=',', quote='\"', escape='\"', header=true, max_line_size=1000000)"
            cursor = engine.execute(sql, [str(file)])
            names = [column[0] for column in cursor.description]
            frame = frame_of(names, cursor.fetchall())
            flags = [c.name for c in table.columns if c.type == "boolean"]
            tables[table.name] = frame.with_columns(pl.col(flags) == "true")
        return tables


def read_jsonl(path: Path, schema: Schema) -> Tables:
    tables = {}
    for table in schema.tables:
        (file,) = path.glob(f"{table.name}.jsonl*")
        rows = [json.loads(line) for line in file.read_bytes().decode().split("\n") if line]
        names = [column.name for column in table.columns]
        tables[table.name] = frame_of(names, [tuple(row[name] for name in names) for row in rows])
    return tables


def read_parquet(path: Path, schema: Schema) -> Tables:
    tables = {}
    for table in schema.tables:
        (file,) = (path / table.name).iterdir()
        tables[table.name] = pl.read_parquet(file, glob=False)
        times = tables[table.name].select(pl.selectors.datetime())
        assert set(times.dtypes) <= {pl.Datetime("us")}
    return tables


def read_sql(path: Path, schema: Schema) -> Tables:
    """As both engines have it that need no server."""
    script = path.read_bytes().decode()
    with closing(sqlite3.connect(":memory:")) as lite:
        lite.execute("PRAGMA foreign_keys = ON")
        lite.executescript(script)
        tables = {table.name: _of_sqlite(lite, table.name) for table in schema.tables}
    with duckdb.connect() as engine:
        engine.execute(script)
        for table in schema.tables:
            rows = engine.execute(f'SELECT count(*) FROM "{table.name}"').fetchall()  # noqa: S608
            assert rows == [(table.rows,)]
    return tables


def read_relbench(path: Path, schema: Schema) -> Tables:
    return load(path).tables


def read_huggingface(path: Path, schema: Schema) -> Tables:
    return read_parquet(path / "data", schema)


READERS: dict[str, Callable[[Path, Schema], Tables]] = {
    "duckdb": read_duckdb,
    "sqlite": read_sqlite,
    "csv": read_csv,
    "jsonl": read_jsonl,
    "parquet": read_parquet,
    "sql": read_sql,
    "relbench": read_relbench,
    "huggingface": read_huggingface,
    "croissant": read_parquet,
}
"""How to read what a target has made, by its name."""
