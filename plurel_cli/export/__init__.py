"""Schemas in other people's formats, one module per format.

A format is a function from a schema to text, registered by its name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from plurel_cli.choices.registry import Registry
from plurel_cli.errors import UsageError

if TYPE_CHECKING:
    from plurel_cli.schema.model import Schema

Format = Callable[["Schema"], str]

formats: Registry[Format] = Registry("format", __name__)


def export(schema: Schema, name: str) -> str:
    """A schema as text in the named format, ending in a newline.

    Parameters
    ----------
    schema
        Of a database.
    name
        Of the format.

    Returns
    -------
    str

    Raises
    ------
    UsageError
        If there is no such format.
    """
    if name not in formats.names():
        raise UsageError("--format", f"must be one of {', '.join(formats.names())}", name)
    return formats[name].function(schema)
