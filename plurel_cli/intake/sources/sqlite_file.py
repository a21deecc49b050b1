"""A SQLite file: it keeps the statements that made its tables, which are read like any others."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plurel_cli.errors import UsageError
from plurel_cli.intake.ddl import read_ddl

if TYPE_CHECKING:
    from plurel_cli.intake.picture import Picture


def read_sqlite(path: Path) -> Picture:
    """The schema of a SQLite file, with how many rows its tables have.

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
        If SQLite cannot read it.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as database:
            statements = database.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' "
                "AND type IN ('table', 'index', 'trigger') ORDER BY type = 'index', rowid"
            )
            text = "".join(f"{sql};\n" for (sql,) in statements)
            picture = read_ddl(text, path.name, "sqlite")
            tables = tuple(
                replace(table, rows=_count(database, table.source_name), line=0)
                for table in picture.tables
            )
    except sqlite3.Error as error:
        raise UsageError(str(path), f"cannot be read by SQLite: {error}") from None
    return replace(picture, tables=tables)


def _count(database: sqlite3.Connection, table: str) -> int | None:
    name = table.replace('"', '""')
    (rows,) = database.execute(f'SELECT count(*) FROM "{name}"').fetchone()  # noqa: S608 (a quoted name)
    return rows or None
