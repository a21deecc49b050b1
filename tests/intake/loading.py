"""Load what a config of a picture makes into SQLite, with all that the source demands switched on.

The tables that SQLite gets are those of the source: its names, keys, unique sets and conditions, as
it writes them, and no column that plurel put beside them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import polars as pl
import sqlglot
import yaml

from plurel_cli import generate, parse_config
from plurel_cli.intake.picture import Picture, SourceColumn, SourceTable
from plurel_cli.intake.strings import with_backslashes
from plurel_cli.intake.writer import checked


def config_of(picture: Picture, rows: int | None = None) -> dict[str, Any]:
    """The config of a picture, with fewer rows."""
    raw: dict[str, Any] = yaml.safe_load(checked(picture, 0.06 if rows is None else rows).text)
    return raw


def frames_of(picture: Picture, seed: int = 1) -> dict[str, pl.DataFrame]:
    """What the config of a picture makes."""
    return dict(generate(parse_config(config_of(picture)), seed).tables)


def _text(label: str) -> str:
    return "'" + label.replace("'", "''") + "'"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _several(names: tuple[str, ...], table: SourceTable) -> str:
    return ", ".join(_quoted(table.by_name[name].source_name) for name in names)


def _lines(table: SourceTable, picture: Picture, frame: pl.DataFrame) -> Iterator[str]:
    for column in table.columns:
        if column.name in frame.columns:
            yield " ".join(_column(column))
    if table.primary_key:
        yield f"PRIMARY KEY ({_several(table.primary_key, table)})"
    for names in table.unique:
        yield f"UNIQUE ({_several(names, table)})"
    for reference in table.references:
        parent = picture.by_name[reference.table]
        yield (
            f"FOREIGN KEY ({_several(reference.columns, table)}) REFERENCES "
            f"{_quoted(parent.name)} ({_several(reference.targets, parent)}) "
            "DEFERRABLE INITIALLY DEFERRED"
        )
    for check in table.checks:
        yield f"CHECK ({_condition(check.text, picture.dialect)})"


def _condition(text: str, dialect: str) -> str:
    """A condition as SQLite has it: without arrays, and with a little room for what floats lack."""
    text = with_backslashes(text, dialect)
    tree = sqlglot.parse_one(f"SELECT {text}", dialect=dialect).expressions[0]
    tree = sqlglot.exp.Paren(this=tree)
    arrays = [*tree.find_all(sqlglot.exp.Any)]
    arrays += [node for node in tree.find_all(sqlglot.exp.Anonymous) if node.name == "ALL"]
    for any_of in arrays:
        labels = [*next(any_of.find_all(sqlglot.exp.Array)).expressions]
        among = sqlglot.exp.In(this=any_of.parent.this.copy(), expressions=labels)
        is_any = isinstance(any_of, sqlglot.exp.Any)
        any_of.parent.replace(among if is_any else sqlglot.exp.Not(this=among))
    for equal in [*tree.find_all(sqlglot.exp.EQ)]:
        if isinstance(equal.expression.unnest(), sqlglot.exp.Add):
            apart = f"abs(({equal.this.sql()}) - ({equal.expression.sql()})) < 1e-6"
            equal.replace(sqlglot.parse_one(apart))
    for like in [*tree.find_all(sqlglot.exp.Like)]:
        if dialect == "tsql" and "[" in like.expression.name:  # which has classes of letters
            glob = sqlglot.exp.Literal.string(like.expression.name.replace("%", "*"))
            like.replace(sqlglot.exp.Glob(this=like.this.copy(), expression=glob))
    return str(tree.sql(dialect="sqlite"))


def _column(column: SourceColumn) -> Iterator[str]:
    name = _quoted(column.source_name)
    yield name
    if not column.nullable:
        yield "NOT NULL"
    if column.labels:
        yield f"CHECK ({name} IN ({', '.join(map(_text, column.labels))}))"
    if column.length is not None:
        yield f"CHECK (length({name}) <= {column.length})"
    if column.kind == "integer":
        yield f"CHECK ({name} IS NULL OR typeof({name}) = 'integer')"
        if column.bits is not None and column.bits < 64:
            high = 2**column.bits if column.is_unsigned else 2 ** (column.bits - 1)
            low = 0 if column.is_unsigned else -high
            yield f"CHECK ({name} >= {low} AND {name} < {high})"
    if column.kind == "decimal" and column.precision is not None:
        most = 10 ** (column.precision - (column.scale or 0))
        yield f"CHECK (abs({name}) < {most})"
        yield f"CHECK (abs({name} - round({name}, {column.scale or 0})) < 1e-9)"


def _plain(value: object) -> object:
    return value if isinstance(value, int | float | str) or value is None else str(value)


def load(picture: Picture, frames: dict[str, pl.DataFrame]) -> None:
    """Have SQLite take the rows of all tables, and refuse none of them.

    Parameters
    ----------
    picture
        What the source demands.
    frames
        The rows.
    """
    with closing(sqlite3.connect(":memory:")) as database:
        _fill(database, picture, frames)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        for table in picture.tables:
            count = f"SELECT count(*) FROM {_quoted(table.name)}"  # noqa: S608 (quoted)
            assert database.execute(count).fetchone() == (frames[table.name].height,)


def _fill(database: sqlite3.Connection, picture: Picture, frames: dict[str, pl.DataFrame]) -> None:
    database.create_function(
        "REGEXP", 2, lambda p, x: x is None or re.search(p, str(x)) is not None
    )
    database.create_function(
        "REGEXP_LIKE", 2, lambda x, p: x is None or re.search(p, str(x)) is not None
    )
    database.create_function(
        "REGEXP_I_LIKE", 2, lambda x, p: x is None or re.search(p, str(x), re.I) is not None
    )
    database.create_function(
        "num_nonnulls", -1, lambda *several: sum(x is not None for x in several)
    )
    database.execute("PRAGMA foreign_keys = ON")
    for table in picture.tables:
        lines = ",\n".join(_lines(table, picture, frames[table.name]))
        database.execute(f"CREATE TABLE {_quoted(table.name)} ({lines})")
    with database:
        for table in picture.tables:
            frame = frames[table.name]
            columns = [c for c in table.columns if c.name in frame.columns]
            names = ", ".join(_quoted(column.source_name) for column in columns)
            marks = ", ".join("?" * len(columns))
            dates = frame.select(
                pl.col(c.name).dt.strftime(
                    "%Y-%m-%d" if c.kind == "date" else "%Y-%m-%d %H:%M:%S%.6f"
                )
                if frame.schema[c.name].is_temporal()
                else pl.col(c.name)
                for c in columns
            )
            rows = [tuple(map(_plain, row)) for row in dates.iter_rows()]
            into = f"INTO {_quoted(table.name)} ({names})"
            database.executemany(f"INSERT {into} VALUES ({marks})", rows)  # noqa: S608 (quoted)
