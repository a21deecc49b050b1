"""Mermaid entity-relationship diagrams, which Markdown viewers draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.export import formats

if TYPE_CHECKING:
    from plurel_cli.schema.model import Column, Schema

_MARKS = {"primary_key": " PK", "foreign_key": " FK"}


@formats()
def mermaid(schema: Schema) -> str:
    """An `erDiagram`: a box for each table, a line from parent to child for each foreign key."""
    lines = ["erDiagram"]
    for table in schema.tables:
        lines.append(f'  "{table.name}" {{')
        lines += [f"    {_attribute(column)}" for column in table.columns]
        lines.append("  }")
    lines += [
        f'  "{parent}" ||--o{{ "{child}" : {column}' for parent, child, column in schema.edges
    ]
    return "\n".join(lines) + "\n"


def _attribute(column: Column) -> str:
    kind = column.type.partition("[")[0]
    return f"{kind} {column.name}{_MARKS.get(column.role, '')}"
