"""What stands between the brackets of a table: columns, and what is said of several of them."""

from __future__ import annotations

import re

from plurel_cli.intake.building import Builder
from plurel_cli.intake.definitions import definition_of
from plurel_cli.intake.indexes import exclusion
from plurel_cli.intake.open_tables import OpenTable
from plurel_cli.intake.pieces import Pieces, names_in

_FIRST_WORDS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "KEY", "INDEX", "EXCLUDE"}
_TYPES = re.compile(r"\s*(?:var)?char|\s*(?:num|dec|int|float|enum)", re.IGNORECASE)
_INDEX = re.compile(r"\s*(?:IF\s+NOT\s+EXISTS\s+)?\S+\s*(?:USING\s+\w+\s*)?\(", re.IGNORECASE)
_NO_COLUMN = re.compile(r"(?:FULLTEXT|SPATIAL|VECTOR)\s+(?:KEY|INDEX)?|PERIOD\s+FOR", re.IGNORECASE)


class ElementReader:
    """Reads what stands between the brackets of tables.

    Parameters
    ----------
    builder
        What it is added to.
    """

    def __init__(self, builder: Builder) -> None:
        self._builder = builder

    def copy_of(self, table: OpenTable, pieces: Pieces, line: int) -> None:
        """Give a table what another has.

        Parameters
        ----------
        table
            The table.
        pieces
            The name of the other comes next.
        line
            Where that is.
        """
        other = self._builder.find(pieces.full_name())
        if other is None:
            self._builder.lose(line, f"{table.name} is like a table that there is not")
        else:
            table.inherit(other, with_keys=True)

    def read(self, table: OpenTable, text: str, line: int) -> None:
        """Read a column, or something that is said of several.

        Parameters
        ----------
        table
            The table.
        text
            What stands between two commas.
        line
            Where it is.
        """
        pieces = Pieces(text)
        word = pieces.peek().upper()
        if word == "LIKE":
            pieces.next()
            self.copy_of(table, pieces, line)
        elif self.is_constraint(word) and self.constraint(table, pieces, line):
            return
        elif _NO_COLUMN.match(text) is None:
            self.column(table, text, line)

    def is_constraint(self, word: str) -> bool:
        """Whether something that is said of several columns can begin with a word."""
        return word in _FIRST_WORDS

    def column(self, table: OpenTable, text: str, line: int) -> None:
        """Read a column.

        Parameters
        ----------
        table
            The table.
        text
            The column's definition.
        line
            Where it is.
        """
        table.add(definition_of(text), line, self._builder)

    def constraint(self, table: OpenTable, pieces: Pieces, line: int) -> bool:
        """Read what is said of several columns.

        Parameters
        ----------
        table
            The table.
        pieces
            What is said.
        line
            Where it is.

        Returns
        -------
        bool
            False where it is a column after all.
        """
        begin = pieces.at
        if pieces.takes("CONSTRAINT") and pieces.peek().upper() not in (
            "PRIMARY",
            "UNIQUE",
            "CHECK",
        ):
            named = pieces.at
            pieces.name()
            if pieces.peek().upper() not in _FIRST_WORDS:
                pieces.at = named
        word = pieces.next().upper()
        match word:
            case "PRIMARY" if pieces.takes("KEY"):
                names = self._key_columns(pieces)
                if names:
                    table.primary_key = names
                    return True
            case "UNIQUE":
                pieces.takes_any("KEY", "INDEX")
                is_strict = pieces.takes("NULLS", "NOT", "DISTINCT")
                pieces.takes("NULLS", "DISTINCT")
                names = self._key_columns(pieces)
                if names:
                    table.unique.append(names)
                    if is_strict:
                        table.checks += [(f'"{name}" IS NOT NULL', line) for name in names]
                    return True
            case "FOREIGN" if pieces.takes("KEY"):
                return self._foreign(table, pieces, line)
            case "CHECK" if pieces.peek() == "(":
                table.checks.append(((pieces.brackets() or "").strip(), line))
                return True
            case "KEY" | "INDEX":
                is_named = _INDEX.match(pieces.rest) and not _TYPES.match(pieces.rest)
                if pieces.peek() == "(" or is_named:
                    return True
            case "EXCLUDE":
                exclusion(self._builder, table, pieces, line)
                return True
        pieces.at = begin
        return False

    def _key_columns(self, pieces: Pieces) -> tuple[str, ...]:
        while (piece := pieces.peek()) and piece != "(":
            pieces.next()
        inner = pieces.brackets()
        return names_in(inner) if inner else ()

    def _foreign(self, table: OpenTable, pieces: Pieces, line: int) -> bool:
        columns = self._key_columns(pieces)
        if not pieces.takes("REFERENCES"):
            self._builder.lose(line, f"a foreign key of {table.name} is not read")
            return True
        other = pieces.full_name()
        targets = names_in(pieces.brackets() or "") if pieces.peek() == "(" else ()
        table.references.append((columns, other, targets, line))
        return True
