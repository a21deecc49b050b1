"""DBML, which dbdiagram.io and other diagram editors read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.export import formats
from plurel_cli.schema.column import Attribute, Feature, PrimaryKey
from plurel_cli.schema.declared import sql_type
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.schema.column import Column
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table


@formats()
def dbml(schema: Schema) -> str:
    """A `Table` block a table, with references inline, and unique pairs as indexes."""
    return "\n".join(_block(schema, table) for table in schema.tables)


def _block(schema: Schema, table: Table) -> str:
    lines = [f"  {_field(schema, column)}" for column in table.columns]
    if table.unique is not None:
        columns = ", ".join(f'"{name}"' for name in table.unique)
        lines.append(f"  indexes {{\n    ({columns}) [unique]\n  }}")
    lines.append(f"  Note: '{table.kind}, {table.rows} rows'")
    return f'Table "{table.name}" {{\n' + "\n".join(lines) + "\n}\n"


def _type(column: Column) -> str:
    """The type of a column, in quotes where it is no one word."""
    words = sql_type(column).lower().replace(", ", ",")
    return f'"{words}"' if " " in words else words


def _field(schema: Schema, column: Column) -> str:
    settings = [] if column.nullable else ["not null"]
    if isinstance(column, PrimaryKey):
        settings = ["pk"]
    lens = column.lens if isinstance(column, Feature | Attribute) else None
    if lens is not None and lens.unique:
        settings.append("unique")
    if lens is not None and lens.refers_to is not None:
        parent = schema.by_name[lens.refers_to]
        settings.append(f'ref: > "{parent.name}"."{parent.primary_key}"')
    if isinstance(column, ForeignKey):
        parent = schema.by_name[column.references]
        if column.one_child:
            settings.append("unique")
        arrow = "-" if column.one_child else ">"
        settings.append(f'ref: {arrow} "{parent.name}"."{parent.primary_key}"')
    field = f'"{column.name}" {_type(column)}'
    return f"{field} [{', '.join(settings)}]" if settings else field
