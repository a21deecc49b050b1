"""SQL data definition that SQLite, DuckDB and PostgreSQL take alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.export import formats, parents_first
from plurel_cli.export.sql_types import sql_type
from plurel_cli.schema.column import Attribute, Feature, PrimaryKey
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.schema.column import Column
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table


@formats()
def sql(schema: Schema) -> str:
    """`CREATE TABLE` statements, parents before the tables that refer to them."""
    return "\n".join(_statement(schema, table) for table in parents_first(schema))


def _statement(schema: Schema, table: Table) -> str:
    lines = [f"  {_definition(schema, column)}" for column in table.columns]
    if table.unique is not None:
        lines.append("  UNIQUE (" + ", ".join(f'"{name}"' for name in table.unique) + ")")
    return f'CREATE TABLE "{table.name}" (\n' + ",\n".join(lines) + "\n);\n"


def _definition(schema: Schema, column: Column) -> str:
    words = [f'"{column.name}"', sql_type(column)]
    if not column.nullable:
        words.append("NOT NULL")
    if isinstance(column, PrimaryKey):
        words.append("PRIMARY KEY")
    lens = column.lens if isinstance(column, Feature | Attribute) else None
    if lens is not None and lens.unique:
        words.append("UNIQUE")
    is_held = isinstance(column, Feature) and column.held is not None
    check = None if lens is None or is_held else lens.sql_check(f'"{column.name}"')
    if check is not None:
        words.append(f"CHECK ({check})")
    if isinstance(column, ForeignKey):
        if column.one_child:
            words.append("UNIQUE")
        parent = schema.by_name[column.references]
        words.append(f'REFERENCES "{parent.name}" ("{parent.primary_key}")')
    return " ".join(words)
