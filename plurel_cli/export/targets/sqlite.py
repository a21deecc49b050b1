"""An SQLite file, by Python's own module.

Foreign keys are declared in the tables, and checked when all rows are there: SQLite looks for a
parent row by row otherwise, which costs more. Times and dates are texts, as SQLite's functions
of time have them.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.errors import ExportError
from plurel_cli.export.ddl import Said, create_tables
from plurel_cli.export.dialects import SQLITE
from plurel_cli.export.existing.loading import append
from plurel_cli.export.existing.sqlite import SqliteTables, rows_of
from plurel_cli.export.places import local
from plurel_cli.export.targets import FileTarget, refused, target
from plurel_cli.schema.declared import parents_first

if TYPE_CHECKING:
    import sqlite3

    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.model import Schema

_ROWS = 1 << 14

_PRAGMAS = (
    *("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE"),
    "cache_size = -65536",  # KiB
)
"""For a file that nobody else sees before it is finished."""


@target
class Sqlite(FileTarget):
    """An SQLite file; keys and checks are declared."""

    name: ClassVar[str] = "sqlite"
    takes: ClassVar[frozenset[str]] = frozenset({"constraints", "append", "rename"})
    suffix: ClassVar[str] = ".sqlite"

    def export(self, source: ExportSource, out: str, report: Report, *, replace: bool) -> None:
        if self.options.append:
            self._append(source, local(out), report)
        else:
            super().export(source, out, report, replace=replace)

    def _append(self, source: ExportSource, file: Path, report: Report) -> None:
        import sqlite3
        from contextlib import closing

        if not file.is_file():
            raise ExportError(file, "no such file", remedy="leave --append out to make it")
        schema = source.made
        with closing(sqlite3.connect(file, isolation_level=None)) as engine:
            try:
                append(SqliteTables(engine), source, schema, self.options.rename, report)
            except sqlite3.Error as error:
                raise refused(file, error) from None

    def write(self, source: ExportSource, file: Path, report: Report) -> None:
        import sqlite3
        from contextlib import closing

        schema = source.made
        SQLITE.check_names(schema)
        with closing(sqlite3.connect(file, isolation_level=None)) as engine:
            try:
                self._load(engine, source, schema, report)
            except sqlite3.Error as error:
                raise refused("SQLite", error) from None

    def _load(
        self, engine: sqlite3.Connection, source: ExportSource, schema: Schema, report: Report
    ) -> None:
        for pragma in _PRAGMAS:
            engine.execute(f"PRAGMA {pragma}")
        said: Said = "all" if self.options.constraints else "nothing"
        engine.executescript(create_tables(schema, SQLITE, said))
        engine.execute("BEGIN")
        for table in parents_first(schema):
            values = ", ".join("?" * len(table.columns))
            statement = f"INSERT INTO {SQLITE.identifier(table.name)} VALUES ({values})"  # noqa: S608
            for frame in source.frames(table, report, _ROWS):
                engine.executemany(statement, rows_of(table, frame))
        engine.execute("COMMIT")
        if self.options.constraints:
            fault = engine.execute("PRAGMA foreign_key_check").fetchone()
            if fault is not None:
                rule = f"row {fault[1]} refers to no row of {fault[2]}"
                raise ExportError(f"table {fault[0]}", rule, remedy="`plurel validate` says more")
