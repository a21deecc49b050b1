"""Data definition: the statements that make the tables of a database, in any dialect.

`plurel schema --format sql` and every target of `plurel export` that is an SQL engine take their
statements from here. An engine that loads faster into bare tables gets what it is to check as
statements of their own, for afterwards.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, TypeAlias

from plurel_cli.schema.column import Attribute, Feature, PrimaryKey
from plurel_cli.schema.declared import is_unique, links, parents_first
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.export.dialects import Dialect
    from plurel_cli.schema.column import Column
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

Said: TypeAlias = Literal["all", "rows", "keys", "nothing"]
"""What a `CREATE TABLE` says besides types: all; what is checked of each row alone; that and keys,
but not to the table itself; nothing."""


def create_tables(schema: Schema, dialect: Dialect, said: Said = "all") -> str:
    """All `CREATE TABLE` statements, parents before the tables that refer to them.

    Parameters
    ----------
    schema
        The database.
    dialect
        Of the engine.
    said
        What is said besides types.

    Returns
    -------
    str
        Ending in a newline.
    """
    tables = parents_first(schema)
    text = "\n".join(create_table(schema, table, dialect, said) for table in tables)
    later = [f"{line};\n" for line in link_keys(schema, dialect)] if said == "all" else []
    return text + "".join(["\n" if later else "", *later])


def create_table(schema: Schema, table: Table, dialect: Dialect, said: Said = "all") -> str:
    """The `CREATE TABLE` statement of a table.

    Parameters
    ----------
    schema, table
        The table.
    dialect
        Of the engine.
    said
        What is said besides types.

    Returns
    -------
    str
        Ending in a newline.
    """
    has_keys = said in ("all", "keys")
    lines = [f"  {_definition(schema, table, column, dialect, said)}" for column in table.columns]
    if has_keys and table.unique is not None:
        lines.append(f"  UNIQUE ({dialect.identifiers(table.unique)})")
    if has_keys and not dialect.has_inline_references:
        lines += [
            f"  {_foreign_key(schema, table, key, key.references, dialect)}"
            for key in table.foreign_keys
            if said == "all" or not key.to_self
        ]
    body = ",\n".join(lines)
    name = dialect.identifier(table.name)
    return f"CREATE TABLE {name} (\n{body}\n){dialect.table_options};\n"


def unique_keys(table: Table, dialect: Dialect) -> Iterator[str]:
    """Statements that add the primary key of a table and what is unique in it.

    Parameters
    ----------
    table
        A table without them.
    dialect
        Of the engine.

    Yields
    ------
    str
    """
    alter = f"ALTER TABLE {dialect.identifier(table.name)} ADD"
    yield f"{alter} PRIMARY KEY ({dialect.identifier(table.primary_key)})"
    if table.unique is not None:
        yield f"{alter} UNIQUE ({dialect.identifiers(table.unique)})"
    for column in table.columns:
        if is_unique(column):
            yield f"{alter} UNIQUE ({dialect.identifier(column.name)})"


def foreign_keys(
    schema: Schema, table: Table, dialect: Dialect, *, to_self: bool | None = None
) -> Iterator[str]:
    """Statements that add the foreign keys of a table.

    Parameters
    ----------
    schema, table
        A table without them.
    dialect
        Of the engine.
    to_self
        Whether those to the table itself, or those to others, are wanted; by default all.

    Yields
    ------
    str
    """
    alter = f"ALTER TABLE {dialect.identifier(table.name)} ADD"
    for key in table.foreign_keys:
        if to_self is None or key.to_self == to_self:
            yield f"{alter} {_foreign_key(schema, table, key, key.references, dialect)}"


def link_keys(schema: Schema, dialect: Dialect) -> Iterator[str]:
    """Statements that add references in a circle, where an engine has them after all tables.

    Parameters
    ----------
    schema
        The database.
    dialect
        Of the engine.

    Yields
    ------
    str
    """
    if dialect.links == "after":
        for table in schema.tables:
            alter = f"ALTER TABLE {dialect.identifier(table.name)} ADD"
            for column, parent in links(table):
                yield f"{alter} {_foreign_key(schema, table, column, parent, dialect)}"


def _definition(schema: Schema, table: Table, column: Column, dialect: Dialect, said: Said) -> str:
    is_one = is_unique(column)
    is_indexed = is_one or column.name in (table.unique or ())
    words = [dialect.identifier(column.name), dialect.type_of(column, is_indexed=is_indexed)]
    if said == "nothing":
        return " ".join(words)
    has_keys = said in ("all", "keys")
    if not column.nullable:
        words.append("NOT NULL")
    if isinstance(column, PrimaryKey) and has_keys:
        words.append("PRIMARY KEY")
    if is_one and has_keys and not isinstance(column, ForeignKey):
        words.append("UNIQUE")
    condition = check(column, dialect)
    if condition is not None:
        words.append(f"CHECK ({condition})")
    if isinstance(column, ForeignKey) and has_keys:
        if is_one:
            words.append("UNIQUE")
        if dialect.has_inline_references and (said == "all" or not column.to_self):
            words.append(_reference(schema, column.references, dialect))
    if said == "all" and dialect.links == "inline":
        parents = [parent for link, parent in links(table) if link is column]
        words += [_reference(schema, parent, dialect) for parent in parents]
    return " ".join(words)


def check(column: Column, dialect: Dialect) -> str | None:
    """What an engine can check of the values of a column; none where that is nothing.

    Parameters
    ----------
    column
        The column.
    dialect
        Of the engine.

    Returns
    -------
    str or None
    """
    lens = column.lens if isinstance(column, Feature | Attribute) else None
    is_held = isinstance(column, Feature) and column.held is not None
    return None if lens is None or is_held else lens.sql_check(dialect.identifier(column.name))


def _foreign_key(
    schema: Schema, table: Table, column: Column, parent: str, dialect: Dialect
) -> str:
    """A reference as a statement about a table has it, with a name where it needs one."""
    name = dialect.identifier(column.name)
    words = f"FOREIGN KEY ({name}) {_reference(schema, parent, dialect)}"
    most, added = dialect.name_characters, dialect.reference_name
    if most is None or added is None or len(table.name) + len(added) <= most:
        return words
    label = hashlib.blake2b(f"{table.name}\0{column.name}".encode(), digest_size=8).hexdigest()
    return f"CONSTRAINT {dialect.identifier(f'fk_{label}')} {words}"


def _reference(schema: Schema, name: str, dialect: Dialect) -> str:
    parent = schema.by_name[name]
    table, column = dialect.identifier(parent.name), dialect.identifier(parent.primary_key)
    return f"REFERENCES {table} ({column})"
