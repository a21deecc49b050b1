"""The schema as `schema.json` has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.export import formats

if TYPE_CHECKING:
    from plurel_cli.schema.model import Schema


@formats()
def json(schema: Schema) -> str:
    """The text of `schema.json`."""
    return schema.to_json()
