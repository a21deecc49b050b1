"""How SQL engines differ: quotes, types, limits of names.

A dialect holds what is said differently from engine to engine; the statements themselves are
written once, in `ddl`. What an engine cannot hold is refused here before anything is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from plurel_cli.errors import ExportError
from plurel_cli.schema.declared import SQL_TYPES

if TYPE_CHECKING:
    from plurel_cli.schema.column import Column, ColumnType
    from plurel_cli.schema.model import Schema


@dataclass(frozen=True)
class Dialect:
    """The SQL of one engine, or of several.

    Attributes
    ----------
    name
        By which it is asked for.
    types
        Types that it calls otherwise than `SQL_TYPES`.
    quote
        What stands around a name.
    name_bytes, name_characters
        The longest name that it takes; none without a limit.
    folds_case
        Whether names that differ in case alone are one to it.
    has_inline_references
        Whether a column's own definition may say what it refers to.
    needs_lengths
        Whether text of an index must say how long it may be.
    time_unit
        What it counts times in, at the finest.
    table_options
        What it is told of every table.
    links
        Where references in a circle are declared: with the column, as the engine lets it refer to a
        table that is not there yet; after all tables; nowhere.
    reference_name
        What it adds to a table's name to name a foreign key that has none, where that may be too
        long for it.
    carriage_return
        How that character is written where clients drop it from scripts.
    """

    name: str
    types: Mapping[ColumnType, str] = field(default_factory=lambda: MappingProxyType({}))
    quote: str = '"'
    name_bytes: int | None = None
    name_characters: int | None = None
    folds_case: bool = True
    has_inline_references: bool = True
    needs_lengths: bool = False
    time_unit: Literal["ns", "us"] = "ns"
    table_options: str = ""
    links: Literal["inline", "after", "never"] = "never"
    reference_name: str | None = None
    carriage_return: str | None = None

    def identifier(self, name: str) -> str:
        """A name in quotes.

        Examples
        --------
        >>> ANSI.identifier('a"b')
        '"a""b"'
        """
        return f"{self.quote}{name.replace(self.quote, 2 * self.quote)}{self.quote}"

    def identifiers(self, names: Iterable[str]) -> str:
        """Names in quotes, with commas between them."""
        return ", ".join(map(self.identifier, names))

    def type_of(self, column: Column, *, is_indexed: bool = False) -> str:
        """What the type of a column is called.

        Parameters
        ----------
        column
            The column.
        is_indexed
            Whether an index is on it.

        Returns
        -------
        str
        """
        lens = getattr(column, "lens", None)
        if lens is not None and lens.sql:
            return str(lens.sql)
        if self.needs_lengths and column.type == "string":
            labels = [str(label) for label in getattr(lens, "labels", None) or ()]
            longest = max(map(len, labels), default=0)
            if is_indexed or 0 < longest <= _INDEXED:
                return f"VARCHAR({_INDEXED if is_indexed else longest})"
        return self.types.get(column.type, SQL_TYPES[column.type])

    def check_names(self, schema: Schema) -> None:
        """Refuse a database with names that the engine cannot hold.

        Raises
        ------
        ExportError
            Naming the first.
        """
        self._check(tuple(table.name for table in schema.tables), "table")
        for table in schema.tables:
            names = tuple(column.name for column in table.columns)
            self._check(names, f"table {table.name}, column")

    def _check(self, names: tuple[str, ...], what: str) -> None:
        known: dict[str, str] = {}
        for name in names:
            n_bytes, n_characters = len(name.encode()), len(name)
            if self.name_bytes is not None and n_bytes > self.name_bytes:
                rule = f"{self.name} takes names of at most {self.name_bytes} bytes"
                raise ExportError(f"{what} {name}", rule, n_bytes, "choose a shorter name")
            if self.name_characters is not None and n_characters > self.name_characters:
                rule = f"{self.name} takes names of at most {self.name_characters} characters"
                raise ExportError(f"{what} {name}", rule, n_characters, "choose a shorter name")
            if "\0" in name or not name:
                raise ExportError(f"{what} {name!r}", "cannot be a name in SQL")
            folded = _lower(name) if self.folds_case else name
            if folded in known:
                rule = f"is the same name as {known[folded]} to {self.name}"
                raise ExportError(f"{what} {name}", rule, remedy="choose another name")
            known[folded] = name


_INDEXED = 255
"""Characters of a text with an index on it, where that must be said."""


def _lower(name: str) -> str:
    """A name without its case, as engines see it that know no other letters than ASCII's."""
    return "".join(c.lower() if c.isascii() else c for c in name)


ANSI = Dialect("ansi", name_bytes=63, time_unit="us")
"""What SQLite, DuckDB and PostgreSQL take alike."""

SQLITE = Dialect("sqlite", MappingProxyType({"int64": "INTEGER"}), links="inline")

DUCKDB = Dialect("duckdb", MappingProxyType({"datetime[ns]": "TIMESTAMP_NS"}))

POSTGRES = Dialect("postgres", name_bytes=63, folds_case=False, time_unit="us", links="after")

MYSQL = Dialect(
    "mysql",
    MappingProxyType(
        {
            "float32": "DOUBLE",
            "float64": "DOUBLE",
            "string": "MEDIUMTEXT",
            "datetime[ns]": "DATETIME(6)",
            "datetime[us]": "DATETIME(6)",
            "datetime[ms]": "DATETIME(3)",
        }
    ),
    quote="`",
    name_characters=64,
    has_inline_references=False,
    needs_lengths=True,
    time_unit="us",
    links="after",
    table_options=" DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    reference_name="_ibfk_999",
    carriage_return="CHAR(13 USING utf8mb4)",
)

DIALECTS = {dialect.name: dialect for dialect in (ANSI, SQLITE, DUCKDB, POSTGRES, MYSQL)}
"""By name."""
