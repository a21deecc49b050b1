"""A script of SQL: the tables, and their rows as `INSERT` or `COPY`.

Loading it is one transaction, but for MySQL's tables. What an engine checks faster with all rows
there is declared after them.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.errors import UsageError
from plurel_cli.export.ddl import (
    Said,
    create_table,
    create_tables,
    foreign_keys,
    link_keys,
    unique_keys,
)
from plurel_cli.export.dialects import DIALECTS
from plurel_cli.export.finite import all_finite, no_nul
from plurel_cli.export.literals import copy_lines, inserts
from plurel_cli.export.targets import FileTarget, target
from plurel_cli.schema.declared import parents_first

if TYPE_CHECKING:
    from plurel_cli.export.options import Options
    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

_MYSQL_MODE = "NO_BACKSLASH_ESCAPES,STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION"


@target
class Sql(FileTarget):
    """A script of SQL: tables and rows, in the dialect of an engine."""

    name: ClassVar[str] = "sql"
    takes: ClassVar[frozenset[str]] = frozenset(
        {"constraints", "compress", "dialect", "schema_only"}
    )
    suffix: ClassVar[str] = ".sql"

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        name = options.dialect or "ansi"
        if name not in DIALECTS:
            raise UsageError("--dialect", f"must be one of {', '.join(sorted(DIALECTS))}", name)
        if options.compress == "zstd":
            raise UsageError("--compress", "must be gzip with --to sql", "zstd")
        self.dialect = DIALECTS[name]

    def write(self, source: ExportSource, file: Path, report: Report) -> None:
        schema = source.schema if self.options.schema_only else source.made
        self.dialect.check_names(schema)
        texts = self._texts(source, schema, report)
        if self.options.compress == "gzip":
            with gzip.open(file, "wb", compresslevel=6) as packed:
                packed.writelines(texts)
        else:
            with file.open("wb") as plain:
                plain.writelines(texts)

    def _texts(self, source: ExportSource, schema: Schema, report: Report) -> Iterator[bytes]:
        declared = self.options.constraints
        if self.options.schema_only:
            yield create_tables(schema, self.dialect, "all" if declared else "nothing").encode()
        elif self.dialect.name == "postgres":
            yield from _of_postgres(source, schema, report, declared=declared)
        else:
            yield from self._with_inserts(source, schema, report)

    def _with_inserts(
        self, source: ExportSource, schema: Schema, report: Report
    ) -> Iterator[bytes]:
        declared, name = self.options.constraints, self.dialect.name
        before, after = ["BEGIN TRANSACTION"], ["COMMIT"]
        if name == "sqlite":
            before.append("PRAGMA defer_foreign_keys = ON")
        elif name == "mysql":
            before = ["SET NAMES utf8mb4", f"SET SESSION sql_mode = '{_MYSQL_MODE}'"]
        yield from (f"{line};\n".encode() for line in before)
        for table in parents_first(schema):
            said: Said = ("keys" if name == "mysql" else "all") if declared else "nothing"
            yield b"\n" + create_table(schema, table, self.dialect, said).encode()
            if name == "mysql":
                yield b"START TRANSACTION;\n"
            yield from self._rows(source, table, report)
            if name == "mysql":
                yield b"COMMIT;\n"
                if declared:
                    for line in foreign_keys(schema, table, self.dialect, to_self=True):
                        yield f"{line};\n".encode()
        if name == "mysql" and declared:
            yield from (f"{line};\n".encode() for line in link_keys(schema, self.dialect))
        if name != "mysql":
            yield from (f"{line};\n".encode() for line in after)

    def _rows(self, source: ExportSource, table: Table, report: Report) -> Iterator[bytes]:
        into = self.dialect.identifier(table.name)
        to_self = self.options.constraints and any(key.to_self for key in table.foreign_keys)
        alone = to_self and self.dialect.name in ("ansi", "duckdb")  # it knows earlier rows alone
        for frame in source.frames(table, report):
            all_finite(table, frame, "a script of SQL")
            no_nul(table, frame, "a script of SQL")
            for statement in inserts(frame, into, self.dialect, alone=alone):
                yield f"{statement};\n".encode()


def _of_postgres(
    source: ExportSource, schema: Schema, report: Report, *, declared: bool
) -> Iterator[bytes]:
    """A script for `psql`: rows by COPY, keys after them."""
    dialect = DIALECTS["postgres"]
    yield b"SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nBEGIN;\n"
    for table in parents_first(schema):
        said: Said = "rows" if declared else "nothing"
        yield b"\n" + create_table(schema, table, dialect, said).encode()
        columns = dialect.identifiers(column.name for column in table.columns)
        yield f"COPY {dialect.identifier(table.name)} ({columns}) FROM stdin;\n".encode()
        for frame in source.frames(table, report):
            no_nul(table, frame, "PostgreSQL")
            yield copy_lines(frame)
        yield b"\\.\n"
    if declared:
        yield b"\n"
        for table in parents_first(schema):
            yield from (f"{line};\n".encode() for line in unique_keys(table, dialect))
        for table in parents_first(schema):
            yield from (f"{line};\n".encode() for line in foreign_keys(schema, table, dialect))
        yield from (f"{line};\n".encode() for line in link_keys(schema, dialect))
    yield b"COMMIT;\n"
