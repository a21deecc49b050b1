"""Graphviz, for drawings of the graph alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.export import formats
from plurel_cli.schema.declared import links

if TYPE_CHECKING:
    from plurel_cli.schema.model import Schema

_SHAPES = {"entity": "box", "activity": "ellipse"}


@formats()
def dot(schema: Schema) -> str:
    """A `digraph` with an edge from each parent to the child that refers to it."""
    lines = ["digraph schema {", "  rankdir=LR;", '  node [fontname="Helvetica"];']
    for table in schema.tables:
        label = f"{table.name}\\n{table.rows} rows"
        lines.append(f'  "{table.name}" [label="{label}", shape={_SHAPES[table.kind]}];')
    for parent, child, column in schema.edges:
        lines.append(f'  "{parent}" -> "{child}" [label="{column}"];')
    lines += [
        f'  "{parent}" -> "{table.name}" [label="{column.name}"];'
        for table in schema.tables
        for column, parent in links(table)
    ]
    lines.append("}")
    return "\n".join(lines) + "\n"
