"""Whether the keys of rows that are read are those of a database, before anything builds on them.

A row's key is its number and a reference is the number of a row of the parent: a key that is not
would be looked up where nothing is, or where something else is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from plurel_cli.errors import FolderError
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table

if TYPE_CHECKING:
    import polars as pl

_REMEDY = "`plurel validate` says more"


def with_keys(
    schema: Schema, table: Table, frames: Iterator[pl.DataFrame], place: object, first: int = 0
) -> Iterator[pl.DataFrame]:
    """The same frames, once their keys have been looked at.

    Parameters
    ----------
    schema, table
        The table that they are of.
    frames
        Rows of it, in order.
    place
        Where they come from, to be named in errors.
    first
        Number of the first of these rows.

    Yields
    ------
    pl.DataFrame

    Raises
    ------
    FolderError
        If a primary key is not its row's number, or a reference is to no row of its parent.
    """
    import polars as pl

    for frame in frames:
        numbers = frame[table.primary_key]
        wanted = pl.int_range(first, first + frame.height, dtype=pl.Int64, eager=True)
        if numbers.null_count() or not (numbers == wanted).all():
            rule = f"the primary key of {table.name} must be 0, 1, 2, … in row order"
            raise FolderError(place, rule, remedy=_REMEDY)
        for column in table.foreign_keys:
            keys, parent = frame[column.name], schema.by_name[str(column.references)]
            if ((keys < 0) | (keys >= parent.rows)).any():
                rule = f"{table.name}.{column.name} refers to rows that {parent.name} does not have"
                raise FolderError(place, rule, remedy=_REMEDY)
        first += frame.height
        yield frame


def check_keys(schema: Schema, tables: Mapping[str, pl.DataFrame], place: object) -> None:
    """Refuse tables in memory whose keys are not those of a database.

    Parameters
    ----------
    schema
        The database.
    tables
        Its tables, by name.
    place
        Where they come from, to be named in errors.

    Raises
    ------
    FolderError
        If a primary key is not its row's number, or a reference is to no row of its parent.
    """
    for table in schema.tables if "fk" in schema.stages else ():
        for _ in with_keys(schema, table, iter((tables[table.name],)), place):
            continue
