"""DBML, which dbdiagram.io and other diagram editors read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.export import formats
from plurel_cli.schema.column import PrimaryKey
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.schema.model import Column, Schema


@formats()
def dbml(schema: Schema) -> str:
    """A `Table` block for each table, with references inline."""
    return "\n".join(
        f'Table "{table.name}" {{\n'
        + "".join(f"  {_field(schema, column)}\n" for column in table.columns)
        + f"  Note: '{table.kind}, {table.rows} rows'\n}}\n"
        for table in schema.tables
    )


def _field(schema: Schema, column: Column) -> str:
    settings = [] if column.nullable else ["not null"]
    if isinstance(column, PrimaryKey):
        settings = ["pk"]
    if isinstance(column, ForeignKey):
        parent = schema.by_name[column.references]
        arrow = "-" if column.one_child else ">"
        settings.append(f'ref: {arrow} "{parent.name}".{parent.primary_key}')
    kind = column.type.partition("[")[0]
    return f"{column.name} {kind} [{', '.join(settings)}]" if settings else f"{column.name} {kind}"
