"""A database that has grown: the rows that came last.

These rows are a *wave*: tables of the new rows alone, over the days that were added,
with a seed of their own that follows from that of the database. What makes a wave counts its rows
from 0; what they refer to may lie before it.
"""

from __future__ import annotations

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


def wave_of(schema: Schema) -> Schema:
    """The rows by which a database last grew, as a database; tables that did not have none."""
    former, window = schema.former, schema.window
    assert former is not None and window is not None  # noqa: S101, PT018 (it has grown)
    assert former.window is not None  # noqa: S101 (as it had before)
    seed = Stream(schema.seed).child("era", len(schema.eras or ())).draws().word()
    tables = tuple(
        table.but(rows=table.rows - former.by_name[table.name].rows) for table in schema.tables
    )
    window = window.but(start=former.window.end)
    return schema.but(seed=seed, tables=tables, window=window, eras=None)


def is_of_new_rows(schema: Schema, table: Table, key: ForeignKey) -> bool:
    """Whether the new rows of a table refer by a key to new rows alone.

    Parameters
    ----------
    schema
        The new rows, as a database.
    table, key
        A foreign key of it.

    Returns
    -------
    bool
        Where a row is made by the one it refers to, or is the only one of that; and, in a table
        without times, by the first key to a table that has new rows.
    """
    if key.one_child or key.draws_counts:
        return True
    if table.time_column is not None:
        return False
    others = (k for k in table.foreign_keys if not k.to_self and schema.by_name[k.references].rows)
    return key == next(others, None)
