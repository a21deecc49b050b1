"""Statements of SQL that define a schema, read into a picture of it.

A statement is told by its first words and read piece by piece. Keys, types and names need no more
than that; conditions and computed columns are read by sqlglot. What is no part of a schema, or
cannot be read, is named with its line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from plurel_cli.intake.building import Builder
from plurel_cli.intake.changes import ChangeReader
from plurel_cli.intake.counters import KeyCounter, automatic_start, counter_of, sequence_in
from plurel_cli.intake.dialects import guessed
from plurel_cli.intake.elements import ElementReader
from plurel_cli.intake.indexes import unique_index
from plurel_cli.intake.named_types import read_type
from plurel_cli.intake.open_tables import OpenTable
from plurel_cli.intake.picture import Picture
from plurel_cli.intake.pieces import Pieces, elements, head_of, string_of
from plurel_cli.intake.statements import Statement, cut, without_comments
from plurel_cli.intake.strings import standard

_OF_TYPE = re.compile(r"\b(?:TYPE|DOMAIN|sp_addtype)\b", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z_]+")
_PREFIXES = frozenset(
    {
        *("OR", "REPLACE", "ALTER", "GLOBAL", "LOCAL", "UNLOGGED", "FOREIGN", "EXTERNAL"),
        *("TRANSIENT", "TEMP", "TEMPORARY", "VOLATILE", "DYNAMIC", "HYBRID", "SHARDED"),
        *("UNIQUE", "CLUSTERED", "NONCLUSTERED", "FULLTEXT", "SPATIAL", "BITMAP"),
        *("COLUMNSTORE",),
    }
)
_SILENT = frozenset(
    {
        *("SET", "USE", "BEGIN", "COMMIT", "START", "END", "PRAGMA", "SELECT", "ANALYZE"),
        *("VACUUM", "LOCK", "UNLOCK", "PRINT", "IF", "EXEC", "EXECUTE", "REVOKE", "GRANT"),
        *("SHOW", "DELETE", "TRUNCATE", "CALL", "PROMPT", "REM", "WHENEVER", "SPOOL"),
        *("CONNECT", "ATTACH", "DETACH", "GO"),
    }
)
"""First words of statements that make nothing of a schema."""


def read_ddl(text: str, source: str, dialect: str | None = None) -> Picture:
    """The schema that a file of SQL defines.

    Parameters
    ----------
    text
        The file.
    source
        What it is called.
    dialect
        Of SQL; guessed where it is left out.

    Returns
    -------
    Picture
    """
    dialect = dialect or guessed(text)
    reader = _StatementReader(dialect)
    statements = [*cut(text, dialect)]
    for statement in statements:
        reader.read_type(statement)
    for statement in statements:
        reader.read(statement)
    reader.count()
    return reader.builder.picture(source)


class _StatementReader:
    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.builder = Builder(dialect)
        self._parts: set[str] = set()
        self._sequences: dict[str, KeyCounter] = {}
        self._elements = ElementReader(self.builder)
        self._changes = ChangeReader(self.builder, self._elements)

    def read_type(self, statement: Statement) -> None:
        """Read a statement, if it says what a type is."""
        if _OF_TYPE.search(statement.text):
            text = standard(without_comments(statement.text, self.dialect), self.dialect)
            read_type(self.builder, Pieces(text.strip()))

    def read(self, statement: Statement) -> None:
        """Read a statement, if it says what a table is."""
        text = standard(without_comments(statement.text, self.dialect), self.dialect)
        pieces = Pieces(text.strip())
        line = statement.line
        first = (_WORD.match(pieces.peek()) or [""])[0].upper()
        match first:
            case "CREATE":
                pieces.next()
                self._create(pieces, line)
            case "ALTER":
                pieces.next()
                self._alter(pieces, line)
            case "DROP":
                pieces.next()
                self._drop(pieces)
            case "COMMENT":
                self._comment(pieces, line)
            case "COPY" | "INSERT" | "REPLACE" | "MERGE" | "LOAD" | "UPDATE":
                self._rows(first, pieces, statement)
            case _ if first in _SILENT:
                pass
            case _:
                self.builder.note(line, f"not read: {head_of(text)}")

    def _drop(self, pieces: Pieces) -> None:
        """Tables that are there no longer; whatever else is dropped had no rows."""
        if pieces.takes("TABLE"):
            if pieces.takes("IF"):
                pieces.takes("EXISTS")
            for _, name in elements(pieces.rest):
                self.builder.drop(Pieces(name).full_name())

    def _rows(self, first: str, pieces: Pieces, statement: Statement) -> None:
        """Rows, which are not read, but of which those of a `COPY` are counted."""
        pieces.next()
        pieces.takes("INTO")
        table = self.builder.find(pieces.full_name())
        if table is not None:
            if first == "COPY":
                table.rows = (table.rows or 0) + statement.rows
            elif first == "INSERT":
                table.rows = (table.rows or 0) + _n_rows(pieces.rest)

    def _create(self, pieces: Pieces, line: int) -> None:
        words = []
        while (word := pieces.peek().upper()) in _PREFIXES:
            words.append(word)
            pieces.next()
        kind = pieces.next().upper()
        if kind == "TABLE":
            if {"TEMP", "TEMPORARY"} & {*words}:
                self.builder.note(line, "not read: a temporary table")
                return
            self._table(pieces, line, words)
        elif kind == "INDEX":
            if "UNIQUE" in words:
                unique_index(self.builder, pieces, line)
        elif kind in ("TRIGGER", "RULE"):
            what = f"a {kind.lower()} is not read, and may change or refuse rows"
            self.builder.note(line, f"{what}: {head_of(pieces.rest)}")
        elif kind in ("VIEW", "MATERIALIZED"):
            self.builder.note(
                line, f"not read: a view, which has no rows of its own: {head_of(pieces.rest)}"
            )
        elif kind == "SEQUENCE":
            if pieces.takes("IF"):
                pieces.takes("NOT")
                pieces.takes("EXISTS")
            self._sequences[pieces.full_name()[1].lower()] = counter_of(pieces.rest)
        # what else is created has no rows, and changes none: schemas, functions, users

    def count(self) -> None:
        """Let columns that take numbers of a sequence begin where that does."""
        for table in self.builder.tables:
            for column in table.columns:
                name = sequence_in(column.default or "")
                if name in self._sequences:
                    table.set(column.name, counter=self._sequences[name])

    def _table(self, pieces: Pieces, line: int, words: Sequence[str]) -> None:
        if pieces.takes("IF"):
            pieces.takes("NOT")
            pieces.takes("EXISTS")
        if pieces.peek() == "#":
            self.builder.note(line, "not read: a temporary table")
            return
        name = pieces.full_name()
        if pieces.takes("PARTITION"):
            self.builder.note(line, f"not read: a part of another table: {name[1]}")
            self._parts.add(name[1].lower())
            return
        if pieces.takes_any("LIKE", "CLONE", "COPY"):
            self._elements.copy_of(self.builder.table(name, line), pieces, line)
            return
        if pieces.takes("CLUSTER"):
            pieces.takes("BY")
            pieces.brackets()
        if pieces.peek() != "(" and "DYNAMIC" in words:
            self.builder.note(line, f"not read: a table that a query fills: {name[1]}")
            return
        if pieces.peek() != "(":
            self.builder.lose(line, f"a table without columns is not read: {name[1]}")
            return
        table = self.builder.table(name, line)
        at = pieces.at
        body = pieces.brackets() or ""
        first = line + pieces.text[:at].count("\n")
        for lines, element in elements(body):
            self._elements.read(table, element, first + lines)
        self._tail(table, pieces.rest, line)

    def _tail(self, table: OpenTable, tail: str, line: int) -> None:
        """What stands after the columns."""
        if match := re.search(r"\bCOMMENT\s*=?\s*('(?:[^']|'')*')", tail, re.IGNORECASE):
            table.comment = string_of(match[1])
        if (start := automatic_start(tail)) is not None:
            for column in table.columns:
                if column.is_identity:
                    table.set(column.name, counter=KeyCounter(start))
        if match := re.match(r"\s*INHERITS\s*\(([^)]*)\)", tail, re.IGNORECASE):
            for _, name in elements(match[1]):
                parent = self.builder.find(Pieces(name).full_name())
                if parent is not None:
                    table.inherit(parent)
        if re.match(r"\s*AS\s+SELECT\b", tail, re.IGNORECASE):
            self.builder.lose(line, f"columns that a query gives are not read: {table.name}")

    def _comment(self, pieces: Pieces, line: int) -> None:
        match = re.match(
            r"COMMENT\s+ON\s+(TABLE|COLUMN)\s+(.*?)\s+IS\s+([Nn]?'.*'|NULL)\s*\Z",
            pieces.text,
            re.IGNORECASE | re.DOTALL,
        )
        if match is None or match[3].upper() == "NULL":
            return
        names = _all_names(match[2])
        if match[1].upper() == "TABLE":
            table = self.builder.find((names[-2] if len(names) > 1 else "", names[-1]))
            if table is not None:
                table.comment = string_of(match[3])
        elif len(names) > 1:
            table = self.builder.find((names[-3] if len(names) > 2 else "", names[-2]))
            if table is not None:
                table.set(names[-1], comment=string_of(match[3]))

    def _alter(self, pieces: Pieces, line: int) -> None:
        if not pieces.takes("TABLE"):
            return
        if pieces.takes("IF"):
            pieces.takes("EXISTS")
        pieces.takes("ONLY")
        name = pieces.full_name()
        table = self.builder.find(name)
        if table is None:
            is_part = name[1].lower() in self._parts
            is_change = pieces.peek().upper() in ("ADD", "ALTER", "MODIFY", "CHANGE", "WITH")
            if is_change and not is_part:
                self.builder.lose(line, f"a change of a table that there is not: {name[1]}")
            return
        if pieces.takes("WITH"):
            pieces.takes_any("CHECK", "NOCHECK")
        at = pieces.at
        first = line + pieces.text[:at].count("\n")
        for lines, action in elements(pieces.rest):
            self._changes.read(table, Pieces(action), first + lines)


def _all_names(text: str) -> list[str]:
    pieces = Pieces(text)
    names = [pieces.name()]
    while pieces.takes("."):
        names.append(pieces.name())
    return names


def _n_rows(rest: str) -> int:
    """Rows of an `INSERT`, so far as they are written out."""
    head, _, values = rest.partition("VALUES") if "VALUES" in rest else rest.partition("values")
    return max(1, sum(1 for _ in _tuples(values))) if values or head else 1


def _tuples(values: str) -> Iterator[str]:
    return (element for _, element in elements(values))
