"""Changes of tables: what `ALTER TABLE` adds to them, or says of them anew."""

from __future__ import annotations

import re
from collections.abc import Callable

from plurel_cli.intake.building import Builder
from plurel_cli.intake.counters import counter_of
from plurel_cli.intake.definitions import definition_of
from plurel_cli.intake.elements import ElementReader
from plurel_cli.intake.open_tables import OpenTable
from plurel_cli.intake.pieces import Pieces, elements, head_of, names_in

_OTHERS = re.compile(r"\s*CONSTRAINT\s+\S+\s+DEFAULT\b|\s*(?:PARTITION|GENERATED)\b", re.IGNORECASE)
_NEW_TYPE = re.compile(
    r"(?:SET\s+DATA\s+)?TYPE\s+(.*?)(?:\s+USING\b.*)?\Z", re.IGNORECASE | re.DOTALL
)

_NO_COLUMNS = ("CONSTRAINT", "FOREIGN", "INDEX", "KEY", "CHECK", "PARTITION", "POLICY", "TRIGGER")


def _named(names: tuple[str, ...], before: str, after: str) -> tuple[str, ...]:
    return tuple(after if name.lower() == before.lower() else name for name in names)


class ChangeReader:
    """Reads changes of tables.

    Parameters
    ----------
    builder
        What it is added to.
    of_elements
        Reads what is added.
    """

    def __init__(self, builder: Builder, of_elements: ElementReader) -> None:
        self._builder, self._elements = builder, of_elements

    def read(self, table: OpenTable, pieces: Pieces, line: int) -> None:
        """Read one change of a table.

        Parameters
        ----------
        table
            The table.
        pieces
            The change.
        line
            Where it is.
        """
        word = pieces.peek().upper()
        if word in ("ADD", "MODIFY", "CHANGE", "ALTER"):
            pieces.next()
            actions: dict[str, Callable[[OpenTable, Pieces, int], None]] = {
                "ADD": self._add,
                "MODIFY": self._modify,
                "CHANGE": self._change,
                "ALTER": self._alter_column,
            }
            actions[word](table, pieces, line)
        elif pieces.takes("CHECK", "CONSTRAINT"):
            return  # T-SQL: from now on it is looked at
        elif self._elements.is_constraint(word):
            if not self._elements.constraint(table, pieces, line):
                self._builder.note(line, f"not read: {head_of(pieces.text)}")
        elif word in ("DROP", "RENAME"):
            pieces.next()
            is_read = self._drop(table, pieces) if word == "DROP" else self._rename(table, pieces)
            if not is_read:
                self._builder.lose(
                    line, f"a change of {table.name} is not read: {head_of(pieces.text)}"
                )
        # others change no rows: owners, triggers, storage, row security

    def _add(self, table: OpenTable, pieces: Pieces, line: int) -> None:
        if pieces.peek() == "(":
            for _, element in elements(pieces.brackets() or ""):
                self._elements.read(table, element, line)
            return
        if pieces.takes("COLUMN"):
            if pieces.takes("IF"):
                pieces.takes("NOT")
                pieces.takes("EXISTS")
            self._elements.column(table, pieces.rest.strip(), line)
            return
        if pieces.takes("DEFAULT"):  # T-SQL: a default for a column
            return
        if _OTHERS.match(pieces.rest):
            return
        self._elements.read(table, pieces.rest.strip(), line)

    def _modify(self, table: OpenTable, pieces: Pieces, line: int) -> None:
        pieces.takes("COLUMN")
        inner = pieces.brackets() if pieces.peek() == "(" else pieces.rest
        for _, element in elements(inner or ""):
            table.redefine(definition_of(element.strip()), line, self._builder)

    def _change(self, table: OpenTable, pieces: Pieces, line: int) -> None:
        pieces.takes("COLUMN")
        before = pieces.name()
        table.redefine(definition_of(pieces.rest.strip()), line, self._builder, before)

    def _drop(self, table: OpenTable, pieces: Pieces) -> bool:
        """Whether it is known what is taken away."""
        if pieces.takes("PRIMARY", "KEY"):
            table.primary_key = ()
            return True
        if pieces.takes_any(*_NO_COLUMNS):
            return True  # what holds more than it must breaks nothing
        pieces.takes("COLUMN")
        if pieces.takes("IF"):
            pieces.takes("EXISTS")
        inner = pieces.brackets() if pieces.peek() == "(" else None
        names = names_in(inner) if inner else (pieces.name(),)
        return {True} == {table.drop_column(name) for name in names}

    def _rename(self, table: OpenTable, pieces: Pieces) -> bool:
        """Whether it is known what has another name."""
        if pieces.takes_any("CONSTRAINT", "INDEX", "KEY"):
            return True
        if pieces.takes_any("TO", "AS"):
            self._builder.call(table, pieces.full_name()[1])
            return True
        pieces.takes("COLUMN")
        before = pieces.name()
        is_column = pieces.takes("TO")
        if not is_column:
            return False
        after = pieces.name()
        is_read = table.rename_column(before, after)
        for other in self._builder.tables if is_read else ():
            other.references = [
                (columns, place, _named(targets, before, after), at)
                if self._builder.find(place) is table
                else (columns, place, targets, at)
                for columns, place, targets, at in other.references
            ]
        return is_read

    def _alter_column(self, table: OpenTable, pieces: Pieces, line: int) -> None:
        pieces.takes("COLUMN")
        name = pieces.name()
        rest = pieces.rest.strip().upper()
        if rest.startswith("SET NOT NULL"):
            table.set(name, nullable=False)
        elif rest.startswith("DROP NOT NULL"):
            table.set(name, nullable=True)
        elif rest.startswith("ADD GENERATED"):
            counter = counter_of(rest) if "(" in rest else None
            table.set(name, is_identity=True, counter=counter)
        elif match := _NEW_TYPE.match(pieces.rest.strip()):
            table.retype(name, match[1], self._builder)
        elif not rest.startswith(("SET", "DROP DEFAULT")):
            table.redefine(definition_of(f"{name} {pieces.rest.strip()}"), line, self._builder)
