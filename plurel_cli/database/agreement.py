"""Whether frames are those that a schema describes: all that differs, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from plurel_cli.blocks.frames import polars_type
from plurel_cli.errors import Problem
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


def disagreements(schema: Schema, frames: Mapping[str, object]) -> Iterator[Problem]:
    """What keeps frames from being the tables of a database.

    Parameters
    ----------
    schema
        The database.
    frames
        What should be a Polars frame for each of its tables, by name.

    Yields
    ------
    Problem
        A table or column that is missing or is one too many, a type, a number of rows, or nulls
        where there can be none.
    """
    names = [] if schema.stages == ("schema",) else list(schema.by_name)
    for name in names:
        if name not in frames:
            yield Problem(f"tables.{name}", "is missing, and schema lists it")
        else:
            yield from _of_table(schema, schema.by_name[name], frames[name])
    for name in frames:
        if name not in names:
            near = get_close_matches(str(name), names, n=1)
            remedy = f"did you mean {near[0]}?" if near else ""
            yield Problem(f"tables.{name}", "is not listed in schema", remedy=remedy)


def _of_table(schema: Schema, table: Table, frame: object) -> Iterator[Problem]:
    import polars as pl

    place = f"tables.{table.name}"
    if not isinstance(frame, pl.DataFrame):
        yield Problem(place, "must be a Polars DataFrame", type(frame).__name__)
        return
    columns = {column.name: column for column in table.filled(schema.stages)}
    for name, column in columns.items():
        wanted = polars_type(column.type)
        if name not in frame.columns:
            yield Problem(f"{place}.{name}", "is missing, and schema lists it")
        elif frame.schema[name] != wanted:
            yield Problem(f"{place}.{name}", f"must be of type {wanted}", str(frame.schema[name]))
        elif not column.nullable and frame[name].null_count():
            yield Problem(f"{place}.{name}", "must hold no nulls", frame[name].null_count())
    for name in frame.columns:
        if name not in columns:
            yield Problem(f"{place}.{name}", "is not listed in schema")
    if frame.height != table.rows:
        yield Problem(place, f"must have {table.rows:,} rows", f"{frame.height:,}")
