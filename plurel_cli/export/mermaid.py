"""Mermaid entity-relationship diagrams, which Markdown viewers draw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.export import formats
from plurel_cli.schema.column import Attribute, Feature, PrimaryKey
from plurel_cli.schema.declared import diagram_type, links
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.schema.column import Column
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table


@formats()
def mermaid(schema: Schema) -> str:
    """An `erDiagram`: a box a table, a line from parent to child a foreign key."""
    lines = ["erDiagram"]
    for table in schema.tables:
        lines.append(f'  "{table.name}" {{')
        lines += [f"    {_attribute(table, column)}" for column in table.columns]
        lines.append("  }")
    lines += [
        f'  "{key.references}" {_line(key)} "{table.name}" : {key.name}'
        for table in schema.tables
        for key in table.foreign_keys
    ]
    lines += [
        f'  "{parent}" {"|o" if column.nullable else "||"}--o{{ "{table.name}" : {column.name}'
        for table in schema.tables
        for column, parent in links(table)
    ]
    return "\n".join(lines) + "\n"


def _line(key: ForeignKey) -> str:
    """A child has one parent, or none at times; a parent any number of children, or one at most."""
    return ("|o" if key.nullable else "||") + "--" + ("o|" if key.one_child else "o{")


def _attribute(table: Table, column: Column) -> str:
    words = [diagram_type(column), column.name]
    if isinstance(column, PrimaryKey):
        words.append("PK")
    lens = column.lens if isinstance(column, Feature | Attribute) else None
    if lens is not None and lens.unique:
        words.append("UK")
    if lens is not None and lens.refers_to is not None:
        words[-1:] = ["FK, UK"] if words[-1] == "UK" else [words[-1], "FK"]
    if isinstance(column, ForeignKey):
        words.append("FK, UK" if column.one_child else "FK")
    if table.unique is not None and column.name in table.unique:
        others = " and ".join(name for name in table.unique if name != column.name)
        words.append(f'"unique with {others}"')
    return " ".join(words)
