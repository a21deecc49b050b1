"""Schemas in other people's formats, one module per format.

A format is a function from a schema to text, registered by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from graphlib import TopologicalSorter
from typing import TYPE_CHECKING

from plurel_cli.choices.registry import Registry
from plurel_cli.errors import UsageError

if TYPE_CHECKING:
    from plurel_cli.schema.column import Column
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

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


def parents_first(schema: Schema) -> list[Table]:
    """Tables such that each comes after those it refers to, otherwise in their order."""
    order = {table.name: position for position, table in enumerate(schema.tables)}
    sorter = TopologicalSorter(
        {
            t.name: sorted({str(c.references) for c in t.foreign_keys} - {t.name})
            for t in schema.tables
        }
    )
    sorter.prepare()
    ordered = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=order.__getitem__)
        ordered += [schema.by_name[name] for name in ready]
        sorter.done(*ready)
    return ordered


def links(table: Table) -> Iterator[tuple[Column, str]]:
    """Columns of a table that refer to another by their lens, as references in a circle do.

    Yields
    ------
    tuple of Column and str
        The column, and the table that it refers to.
    """
    for column in table.contents:
        if column.lens is not None and column.lens.refers_to is not None:
            yield column, column.lens.refers_to
