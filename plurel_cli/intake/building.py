"""A picture in the making: tables to which statements add, until all of them are read.

Names are as different statements write them, so what refers to a table or a column by other
letters, or to a table of another schema, is brought together at the end.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from plurel_cli.intake.conditions import conditions_of
from plurel_cli.intake.definitions import Definition
from plurel_cli.intake.expressions import formula_of, parsed, plain
from plurel_cli.intake.names import safe_names
from plurel_cli.intake.open_tables import FullName, OpenTable
from plurel_cli.intake.picture import (
    Check,
    Expression,
    Note,
    Opaque,
    Picture,
    SourceColumn,
    SourceReference,
    SourceTable,
)
from plurel_cli.intake.pieces import TOKEN, Pieces
from plurel_cli.intake.types import TypeFacts, by_affinity, facts_of


class Builder:
    """A picture in the making.

    Parameters
    ----------
    dialect
        Of SQL.
    """

    def __init__(self, dialect: str) -> None:
        self.dialect = dialect
        self.enums: dict[str, tuple[str, ...]] = {}
        self.domains: dict[str, Definition] = {}
        self._tables: dict[tuple[str, str], OpenTable] = {}
        self._notes: list[Note] = []

    def note(self, line: int, text: str) -> None:
        """Say of something that it was not read.

        Parameters
        ----------
        line
            Where it is.
        text
            What it is.
        """
        self._notes.append(Note(line, text))

    def lose(self, line: int, text: str) -> None:
        """Say of something that it was not read, so that rows may break it.

        Parameters
        ----------
        line
            Where it is.
        text
            What it is.
        """
        self._notes.append(Note(line, text, is_lost=True))

    def table(self, name: FullName, line: int) -> OpenTable:
        """A new table; the one of that name, where the file makes it again.

        Parameters
        ----------
        name
            Its schema and name.
        line
            Where it is.

        Returns
        -------
        OpenTable
        """
        key = (name[0].lower(), name[1].lower())
        if key in self._tables:
            self.note(line, f"the table {name[1]} is made again; the last one counts")
        self._tables[key] = OpenTable(name[1], name[0], line)
        return self._tables[key]

    def drop(self, name: FullName) -> None:
        """Forget a table; nothing where there is none."""
        table = self.find(name)
        self._tables = {key: one for key, one in self._tables.items() if one is not table}

    def call(self, table: OpenTable, name: str) -> None:
        """Give a table another name.

        Parameters
        ----------
        table
            The table.
        name
            What it is called from now on.
        """
        before = (table.schema, table.name)
        for other in self.tables:
            other.references = [
                (columns, (before[0], name) if self.find(place) is table else place, targets, line)
                for columns, place, targets, line in other.references
            ]
        table.name = name
        self._tables = {
            (one.schema.lower(), one.name.lower()): one for one in self._tables.values()
        }

    @property
    def tables(self) -> tuple[OpenTable, ...]:
        """All tables so far."""
        return (*self._tables.values(),)

    def find(self, name: FullName) -> OpenTable | None:
        """The table of a name, in whatever letters; in any schema, where none is named."""
        key = (name[0].lower(), name[1].lower())
        if key in self._tables:
            return self._tables[key]
        return next((t for (_, name), t in self._tables.items() if name == key[1]), None)

    def facts(self, definition: Definition) -> TypeFacts:
        """What the type of a column says, with what enumerations and domains add to it."""
        word = Pieces(definition.type).full_name()[1].lower() if definition.type else ""
        if word in self.enums and not _is_array(definition.type):
            return TypeFacts("text", labels=self.enums[word])
        if word in self.domains and not _is_array(definition.type):
            domain = self.domains[word]
            definition.nullable = definition.nullable and domain.nullable
            definition.checks += [_of_column(c, definition.name) for c in domain.checks]
            definition.default = definition.default or domain.default
            return self.facts(Definition(definition.name, domain.type))
        if not definition.type:
            return TypeFacts("other" if definition.computed else "text")
        facts = facts_of(definition.type, self.dialect)
        if self.dialect == "sqlite" and facts == TypeFacts("text"):
            return _time_in_text(definition.name) or facts
        if facts.kind == "other" and self.dialect == "sqlite":
            return by_affinity(definition.type.upper())
        return facts

    def picture(self, source: str) -> Picture:
        """All that was read.

        Parameters
        ----------
        source
            What it was read from.

        Returns
        -------
        Picture
        """
        several = [*self._tables.values()]
        called = {id(table): table.name for table in several}
        counts: dict[str, int] = {}
        for table in several:
            counts[table.name.lower()] = counts.get(table.name.lower(), 0) + 1
        for table in several:
            if counts[table.name.lower()] > 1 and table.schema:
                called[id(table)] = f"{table.schema}_{table.name}"
        safe = safe_names(called.values(), "table")
        called = {key: safe[name] for key, name in called.items()}
        tables = tuple(self._closed(table, called) for table in several)
        notes = tuple(sorted(self._notes, key=lambda n: n.line))
        return Picture(tables, notes, source, self.dialect)

    def _closed(self, table: OpenTable, called: dict[int, str]) -> SourceTable:
        names = _names(table)
        name = called[id(table)]

        def resolved(columns: tuple[str, ...], line: int) -> tuple[str, ...] | None:
            if all(name.lower() in names for name in columns):
                return tuple(names[name.lower()] for name in columns)
            self.lose(line, f"a key of {name} names a column that there is not: {columns}")
            return None

        primary = resolved(table.primary_key, table.line) or ()
        unique = [
            columns_of_key for u in table.unique if (columns_of_key := resolved(u, table.line))
        ]
        references = []
        for columns, other, targets, line in table.references:
            columns_of_key, parent = resolved(columns, line), self.find(other)
            if parent is None:
                self.lose(line, f"{name} refers to a table that there is not: {other[1]}")
            elif columns_of_key:
                theirs = _names(parent)
                exact = tuple(theirs.get(t.lower(), t) for t in targets)
                if not exact:
                    exact = tuple(theirs.get(t.lower(), t) for t in parent.primary_key)
                if not {*exact} <= {*theirs.values()}:
                    self.lose(line, f"a foreign key of {name} names a column that there is not")
                    continue
                if len(exact) != len(columns_of_key):
                    self.lose(
                        line, f"a foreign key of {name} has not as many columns as it refers to"
                    )
                    continue
                references.append(SourceReference(columns_of_key, called[id(parent)], exact, line))
        every = tuple(self._column(table, column, names, primary) for column in table.columns)
        checks = tuple(
            Check(text, conditions_of(text, self.dialect, names), line)
            for text, line in dict.fromkeys(table.checks)
        )
        for check in checks:
            for condition in check.conditions:
                if isinstance(condition, Opaque):
                    self.lose(check.line, f"a condition of {name} is not held: {condition.text}")
        return SourceTable(
            name=name,
            schema=table.schema,
            columns=every,
            primary_key=primary,
            unique=tuple(dict.fromkeys(u for u in unique if u != primary)),
            references=tuple({(r.columns, r.table): r for r in references}.values()),
            checks=checks,
            comment=table.comment,
            rows=table.rows,
            line=table.line,
            called="" if name == table.name else table.name,
        )

    def _column(
        self,
        table: OpenTable,
        column: SourceColumn,
        names: dict[str, str],
        primary: tuple[str, ...],
    ) -> SourceColumn:
        changes: dict[str, Any] = {}
        if (name := names[column.name.lower()]) != column.name:
            changes |= {"name": name, "called": column.name}
        if name in primary:
            changes["nullable"] = False
        if (text := table.computed.get(column.name)) is not None:
            tree = parsed(text, self.dialect)
            formula = (
                Expression(text=text) if tree is None else formula_of(plain(tree), names, text)
            )
            changes["computed"] = formula
        return replace(column, **changes) if changes else column


def _time_in_text(name: str) -> TypeFacts | None:
    """The time that a text of SQLite has, which has no type of its own for it."""
    if re.search(r"(?:_at|_?datetime|_?timestamp)$", name, re.IGNORECASE):
        return TypeFacts("timestamp")
    return TypeFacts("date") if re.search(r"(?:_on|_date|^date)$", name, re.IGNORECASE) else None


def _is_array(type_: str) -> bool:
    return re.search(r"(?:\[\d*\]|\bARRAY)\s*\Z", type_, re.IGNORECASE) is not None


def _names(table: OpenTable) -> dict[str, str]:
    """Names of a table's columns in the picture, by the lower case of what the source has."""
    safe = safe_names([column.name for column in table.columns], "column")
    return {column.name.lower(): safe[column.name] for column in table.columns}


def _of_column(check: str, name: str) -> str:
    """A condition of a domain, of a column in the place of its value."""

    def written(match: re.Match[str]) -> str:
        return f'"{name}"' if match[0].upper() == "VALUE" else match[0]

    return TOKEN.sub(written, check)
