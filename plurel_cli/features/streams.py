"""Addresses of the randomness of a table's features, and of what it sees of its parents."""

from __future__ import annotations

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


def table_stream(schema: Schema, table: Table) -> Stream:
    """Randomness of one table's features.

    Parameters
    ----------
    schema
        The database.
    table
        A table of it.

    Returns
    -------
    Stream
    """
    return Stream(schema.seed).child("features", table.id)


def reference_stream(schema: Schema, table: Table, key: ForeignKey) -> Stream:
    """Randomness of what comes over one foreign key.

    Parameters
    ----------
    schema
        The database.
    table
        A table of it.
    key
        A foreign key of that.

    Returns
    -------
    Stream
    """
    parent = schema.by_name[key.references]
    return table_stream(schema, table).child("reference", parent.id, key.ordinal)
