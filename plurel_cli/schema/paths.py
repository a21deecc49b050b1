"""Columns by the paths that statements write: of the same row, or of one that a key refers to."""

from __future__ import annotations

from dataclasses import dataclass

from plurel_cli.lenses import Lens
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table

TIME = "time"
"""What stands for the time of the row, whatever its column is called."""


@dataclass(frozen=True)
class Path:
    """A column, and how it is reached.

    Attributes
    ----------
    key
        The foreign key to the row that it is of; none for the same row.
    table, column
        The column, and the table that it is of.
    """

    key: ForeignKey | None
    table: Table
    column: Column

    @property
    def lens(self) -> Lens | None:
        """The lens of the column, if it has one."""
        return self.column.lens if isinstance(self.column, Feature | Attribute) else None


def path_of(schema: Schema, table: Table, text: str) -> Path:
    """The column of a path.

    Parameters
    ----------
    schema
        The database.
    table
        The table that the path is from.
    text
        `column`, or `key.column`, where the key is named by its column, or by the table that it
        refers to.

    Returns
    -------
    Path

    Raises
    ------
    KeyError
        If there is no such column.
    """
    key, column = key_and_name(table, text)
    other = table if key is None else schema.by_name[key.references]
    if column == TIME and other.time_column is not None and column not in other.by_column:
        column = other.time_column
    return Path(key, other, other.by_column[column])


def key_and_name(table: Table, text: str) -> tuple[ForeignKey | None, str]:
    """The foreign key of a path, if it leads over one, and the name that it ends in.

    Parameters
    ----------
    table
        The table that the path is from.
    text
        The path.

    Returns
    -------
    tuple
        The key, none where the path leads over none; and the name.

    Raises
    ------
    KeyError
        If there is no such key.
    """
    head, dot, column = text.partition(".")
    if not dot:
        return None, text
    for key in table.foreign_keys:
        if key.name == head:
            return key, column
    for key in table.foreign_keys:
        if head in (key.references, f"{key.references}_id"):
            return key, column
    raise KeyError(text)


def key_of(child: Table, parent: Table, name: str | None) -> ForeignKey:
    """The foreign key of a table to another: that of a name, or the only one.

    Parameters
    ----------
    child, parent
        The table that refers, and the one it refers to.
    name
        Name of the key; none where there is one alone.

    Returns
    -------
    ForeignKey
    """
    keys = [k for k in child.foreign_keys if k.references == parent.name]
    (key,) = [k for k in keys if k.name == name] if name is not None else keys[:1]
    return key
