"""A DuckDB file: it says the statements that would make its tables, which are read like others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plurel_cli.errors import UsageError
from plurel_cli.intake.ddl import read_ddl

if TYPE_CHECKING:
    from plurel_cli.intake.picture import Picture


def read_duckdb(path: Path) -> Picture:
    """The schema of a DuckDB file, with how many rows its tables have.

    Parameters
    ----------
    path
        The file, which is opened to be read alone.

    Returns
    -------
    Picture

    Raises
    ------
    UsageError
        If DuckDB is not installed, or cannot read it.
    """
    try:
        import duckdb
    except ImportError:
        remedy = "pip install duckdb"
        raise UsageError(str(path), "needs DuckDB to be read", remedy=remedy) from None
    try:
        with duckdb.connect(str(path), read_only=True) as database:
            statements = database.execute(
                "SELECT schema_name, table_name, sql, comment FROM duckdb_tables() "
                "WHERE NOT internal AND NOT temporary ORDER BY table_oid"
            ).fetchall()
            indexes = database.execute(
                "SELECT sql FROM duckdb_indexes() WHERE is_unique"
            ).fetchall()
            text = "".join(f"{sql.rstrip(';')};\n" for _, _, sql, _ in statements)
            text += "".join(f"{sql.rstrip(';')};\n" for (sql,) in indexes if sql)
            picture = read_ddl(text, path.name, "duckdb")
            counts = {name: _count(database, schema, name) for schema, name, _, _ in statements}
    except duckdb.Error as error:
        raise UsageError(str(path), f"cannot be read by DuckDB: {error}") from None
    comments = {name: comment or "" for _, name, _, comment in statements}
    tables = tuple(
        replace(
            table,
            rows=counts.get(table.source_name),
            comment=comments.get(table.source_name, ""),
            line=0,
        )
        for table in picture.tables
    )
    return replace(picture, tables=tables)


def _count(database: object, schema: str, table: str) -> int | None:
    names = ".".join('"' + name.replace('"', '""') + '"' for name in (schema, table))
    row = database.execute(f"SELECT count(*) FROM {names}").fetchone()  # type: ignore[attr-defined] # noqa: S608
    return int(row[0]) or None
