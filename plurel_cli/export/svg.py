"""A drawing of a schema, in SVG: a box a table, and a line a foreign key, with crow's feet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.cards.drawing import drawing
from plurel_cli.export import formats

if TYPE_CHECKING:
    from plurel_cli.schema.model import Schema


@formats()
def svg(schema: Schema) -> str:
    """A drawing: a box a table, a line from each parent to the foreign key that refers to it."""
    return drawing(schema)
