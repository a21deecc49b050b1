"""A DuckDB or SQLite file, with the keys that are declared in it.

The time of a row is the first column of a date or a time that has no nulls and is in no key.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from plurel_cli.errors import FolderError, UsageError
from plurel_cli.measure.sources import Source, SourceKey

if TYPE_CHECKING:
    import polars as pl
    from duckdb import DuckDBPyConnection

_TABLES = (
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!' "
    "ORDER BY rowid"
)

_SQLITE = b"SQLite format 3\0"
_DUCKDB, _DUCKDB_AT = b"DUCK", 8
_LONGEST_HEAD = 16


def is_one(place: Path) -> bool:
    """Whether it is a file of either engine, by its first bytes."""
    if not place.is_file():
        return False
    head = _head(place)
    return head == _SQLITE or head[_DUCKDB_AT:].startswith(_DUCKDB)


def source(place: Path) -> Source:
    """A file of an engine as a source.

    Parameters
    ----------
    place
        The file.

    Raises
    ------
    UsageError
        If it is of DuckDB, which is not installed.
    FolderError
        If it holds no tables, or the engine cannot read it.
    """
    database = _of_sqlite(place) if _head(place) == _SQLITE else _of_duckdb(place)
    if not database.tables:
        raise FolderError(place, "holds no tables")
    return database


def _head(place: Path) -> bytes:
    with place.open("rb") as file:
        return file.read(_LONGEST_HEAD)


def _quoted(name: str) -> str:
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _of_sqlite(place: Path) -> Source:
    try:
        uri = f"{place.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True)) as connection:
            connection.text_factory = lambda data: data.decode(errors="replace")
            return _source_of_sqlite(connection)
    except sqlite3.Error as error:
        raise FolderError(place, f"cannot be read by SQLite: {error}") from None


def _source_of_sqlite(connection: sqlite3.Connection) -> Source:
    import polars as pl

    names = [name for (name,) in connection.execute(_TABLES)]
    frames, primary, keys = {}, {}, []
    for name in names:
        columns = connection.execute(f"PRAGMA table_info({_quoted(name)})").fetchall()
        every = f"SELECT * FROM {_quoted(name)}"  # noqa: S608 (quoted)
        rows = connection.execute(every).fetchall()
        frames[name] = pl.DataFrame(
            [
                _series(column[1], column[2], [row[k] for row in rows])
                for k, column in enumerate(columns)
            ]
        )
        primary[name] = tuple(c[1] for c in sorted(columns, key=lambda c: c[5]) if c[5])
    for name in names:
        # The last that was declared comes first.
        several: dict[int, list[tuple[str, str, str | None]]] = {}
        for line in connection.execute(f"PRAGMA foreign_key_list({_quoted(name)})"):
            several.setdefault(line[0], []).append((line[2], line[3], line[4]))
        keys += [_key(name, lines, primary) for _, lines in sorted(several.items(), reverse=True)]
    return _with_times(frames, primary, (key for key in keys if key.parent in frames))


def _key(
    child: str, lines: list[tuple[str, str, str | None]], primary: dict[str, tuple[str, ...]]
) -> SourceKey:
    parent = next((name for name in primary if name.lower() == lines[0][0].lower()), lines[0][0])
    referenced = tuple(line[2] for line in lines if line[2] is not None)
    return SourceKey(
        child, tuple(line[1] for line in lines), parent, referenced or primary.get(parent, ())
    )


def _series(name: str, declared: str, values: list[object]) -> pl.Series:
    """Values of a column: what is declared as a date or time is one where all can be read so."""
    import polars as pl

    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int}:
        if declared.upper().startswith("BOOL"):
            return pl.Series(name, values, pl.Int64).cast(pl.Boolean)
        return pl.Series(name, values, pl.Int64, strict=False)
    if kinds <= {int, float}:
        return pl.Series(name, values, pl.Float64, strict=False)
    if bytes in kinds:
        return pl.Series(name, [None if value is None else str(value) for value in values])
    text = pl.Series(name, [None if v is None else str(v) for v in values], pl.String)
    if any(word in declared.upper() for word in ("DATE", "TIME")):
        for dtype in (pl.Datetime("us"), pl.Date()):
            try:
                return text.str.strptime(dtype)
            except pl.exceptions.PolarsError:
                continue
    return text


def _of_duckdb(place: Path) -> Source:
    try:
        import duckdb
    except ImportError:
        remedy = "pip install 'plurel-cli[duckdb]'"
        raise UsageError(place, "needs DuckDB, which is not installed", remedy=remedy) from None

    try:
        with duckdb.connect(str(place), read_only=True) as connection:
            listed = "SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal"
            tables = connection.execute(listed).fetchall()
            with TemporaryDirectory() as folder:
                frames = {
                    name: _copied(connection, f"{_quoted(schema)}.{_quoted(name)}", Path(folder))
                    for schema, name in tables
                }
            constraints = connection.execute(
                "SELECT table_name, constraint_type, constraint_column_names, referenced_table, "
                "referenced_column_names FROM duckdb_constraints() "
                "WHERE constraint_type IN ('PRIMARY KEY', 'FOREIGN KEY')"
            ).fetchall()
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise FolderError(place, f"cannot be read by DuckDB: {reason}") from None
    primary: dict[str, tuple[str, ...]] = {}
    keys = []
    for table, kind, columns, parent, referenced in constraints:
        if kind == "PRIMARY KEY":
            primary[table] = tuple(columns)
        elif parent in frames:
            keys.append(SourceKey(table, tuple(columns), parent, tuple(referenced)))
    return _with_times(frames, primary, keys)


def _copied(connection: DuckDBPyConnection, table: str, folder: Path) -> pl.DataFrame:
    """Rows of a table, by way of Parquet, which needs no further package."""
    import polars as pl

    file = folder / "table.parquet"
    connection.execute(f"COPY {table} TO '{file}' (FORMAT parquet)")
    return pl.read_parquet(file, memory_map=False)


def _with_times(
    frames: dict[str, pl.DataFrame], primary: dict[str, tuple[str, ...]], keys: Iterable[SourceKey]
) -> Source:
    import polars as pl

    every = tuple(keys)
    times = {}
    for name, frame in frames.items():
        taken = {*primary.get(name, ()), *(c for k in every if k.child == name for c in k.columns)}
        for column in frame:
            is_time = column.dtype == pl.Date or isinstance(column.dtype, pl.Datetime)
            if is_time and column.name not in taken and not column.null_count():
                times[name] = column.name
                break
    return Source(frames, primary, every, times)
