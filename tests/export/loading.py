"""Rows of a database in engines that hold them to the statements made of its schema alone."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import polars as pl

from plurel_cli import Database
from plurel_cli.export import export
from plurel_cli.schema.declared import parents_first
from plurel_cli.schema.model import Schema

Loaded = tuple[Schema, Database]
"""What a schema says before it is filled, and the whole database."""


def load_in_duckdb(loaded: Loaded, folder: Path) -> None:
    """Load the files of a database, which a folder is to hold, under its statements.

    Parameters
    ----------
    loaded
        The schema and the database.
    folder
        A folder to make.
    """
    schema, database = loaded
    database.save(folder)
    with duckdb.connect(config={"threads": 1}) as engine:
        engine.execute(export(schema, "sql"))
        for table in parents_first(schema):
            engine.read_parquet(str(folder / f"{table.name}.parquet")).create("the file")
            file = engine.table('"the file"')
            to_self = any(key.to_self for key in table.foreign_keys)
            step = 1 if to_self else table.rows  # an engine looks for what was there before
            for row in range(0, table.rows, step):
                file.limit(step, row).insert_into(f'"{table.name}"')
            engine.execute('DROP TABLE "the file"')
            counts = engine.execute(f'SELECT count(*) FROM "{table.name}"').fetchall()  # noqa: S608
            assert counts == [(table.rows,)]


def load_in_sqlite(loaded: Loaded) -> None:
    """Load the rows of a database under its statements."""
    schema, database = loaded
    with closing(sqlite3.connect(":memory:")) as engine:
        engine.execute("PRAGMA foreign_keys = ON")
        engine.executescript(export(schema, "sql"))
        for table in parents_first(schema):
            frame = database.tables[table.name].with_columns(
                pl.selectors.temporal().cast(pl.String)
            )
            values = ", ".join("?" * frame.width)
            statement = f'INSERT INTO "{table.name}" VALUES ({values})'  # noqa: S608 (ours)
            engine.executemany(statement, frame.rows())
        assert engine.execute("PRAGMA foreign_key_check").fetchall() == []
