"""The rows of a source, table by table, for what they are like."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plurel_cli.errors import UsageError

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.intake.picture import Picture, SourceTable

MOST_ROWS = 1_000_000
"""Rows of a table that are looked at."""


def rows_of(source: str, picture: Picture) -> dict[str, pl.DataFrame]:
    """The rows of a source.

    Parameters
    ----------
    source
        A SQLite or DuckDB file, a folder of files, or the URL of a database.
    picture
        Its schema.

    Returns
    -------
    dict
        A frame by table, its columns called as in the picture.

    Raises
    ------
    UsageError
        If the source has no rows that can be read.
    """
    if "://" in source:
        from plurel_cli.intake.sources.server import server_rows

        several = server_rows(source, picture, MOST_ROWS)
        return {table.name: _frame(table, rows) for table, rows in several}
    path = Path(source)
    if path.is_dir():
        from plurel_cli.intake.sources.folder import frames_in

        return {t.name: _named(t, frame) for t, frame in frames_in(path, picture)}
    if picture.dialect == "sqlite" and path.suffix.lower() != ".sql" and path.is_file():
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            return {
                t.name: _frame(t, database.execute(_query(t)).fetchall()) for t in picture.tables
            }
    if picture.dialect == "duckdb" and path.suffix.lower() != ".sql" and path.is_file():
        import duckdb

        with duckdb.connect(str(path), read_only=True) as engine:
            return {t.name: _frame(t, engine.execute(_query(t)).fetchall()) for t in picture.tables}
    raise UsageError(
        source,
        "has no rows that --like could look at",
        remedy="give a running database, a SQLite or DuckDB file, or a folder of files",
    )


def _query(table: SourceTable) -> str:
    names = ", ".join(_quoted(column.source_name) for column in table.columns)
    place = _quoted(table.source_name)
    if table.schema:
        place = f"{_quoted(table.schema)}.{place}"
    return f"SELECT {names} FROM {place} LIMIT {MOST_ROWS}"  # noqa: S608 (names in quotes)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _frame(table: SourceTable, rows: Sequence[Sequence[Any]]) -> pl.DataFrame:
    import polars as pl

    columns = [column.name for column in table.columns]
    several: Iterable[Sequence[Any]] = zip(*rows, strict=True) if rows else [()] * len(columns)
    made = []
    for column, values in zip(table.columns, several, strict=True):
        series = pl.Series(column.name, list(values), strict=False)
        if column.kind in ("date", "timestamp") and series.dtype == pl.String:
            series = _times(series)
        if column.kind == "boolean" and series.dtype.is_integer():
            series = series.cast(pl.Boolean)
        made.append(series)
    return pl.DataFrame(made)


def _times(texts: pl.Series) -> pl.Series:
    """Times of an engine that writes them as texts; null what is none."""
    import polars as pl

    days = texts.str.slice(0, 10).str.to_date("%Y-%m-%d", strict=False)
    clocks = (texts.str.slice(11, 8) + "00:00:00").str.slice(0, 8)
    at = days.cast(pl.String) + " " + clocks
    times = at.str.to_datetime("%Y-%m-%d %H:%M:%S", strict=False, time_unit="us")
    return times.fill_null(days.cast(pl.Datetime("us")))


def _named(table: SourceTable, frame: pl.DataFrame) -> pl.DataFrame:
    import polars as pl

    return frame.select(pl.col(c.source_name).alias(c.name) for c in table.columns)
