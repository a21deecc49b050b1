"""Where a schema can be: each kind of source is a module, which says whether it can read a thing.

What a source is follows from what is there, and not from its name alone: a SQLite file begins with
words of its own, and so does one of DuckDB.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from plurel_cli.errors import UsageError

if TYPE_CHECKING:
    from plurel_cli.intake.picture import Picture

_SQLITE, _DUCKDB = b"SQLite format 3\x00", b"DUCK"


def read_source(source: str, dialect: str | None = None) -> Picture:
    """The schema of a source.

    Parameters
    ----------
    source
        The path of a file or a folder, or the URL of a database.
    dialect
        Of SQL; guessed where it is left out.

    Returns
    -------
    Picture

    Raises
    ------
    UsageError
        If there is nothing, or nothing that has tables.
    """
    picture = _read(source, dialect)
    if not picture.tables:
        rule = "has no tables that can be read"
        remedy = "; ".join(map(str, picture.notes[:3])) or "is it the right one?"
        raise UsageError(source, rule, remedy=remedy)
    return picture


def _read(source: str, dialect: str | None) -> Picture:
    if "://" in source:
        from plurel_cli.intake.sources.server import read_server

        return read_server(source)
    path = Path(source)
    if path.is_dir():
        from plurel_cli.intake.sources.folder import read_folder

        return read_folder(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(source, "cannot be read", remedy=str(error.strerror).lower()) from None
    if data.startswith(_SQLITE):
        from plurel_cli.intake.sources.sqlite_file import read_sqlite

        return read_sqlite(path)
    if data[8:12] == _DUCKDB:
        from plurel_cli.intake.sources.duckdb_file import read_duckdb

        return read_duckdb(path)
    from plurel_cli.intake.statements import decoded

    text = decoded(data)
    if path.suffix.lower() == ".dbml":
        from plurel_cli.intake.sources.dbml import read_dbml

        return read_dbml(text, path.name)
    if path.suffix.lower() == ".prisma":
        from plurel_cli.intake.sources.prisma import read_prisma

        return read_prisma(text, path.name)
    from plurel_cli.intake.ddl import read_ddl

    return read_ddl(text, path.name, dialect)
