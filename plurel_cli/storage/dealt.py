"""Which rows of a table belong to which split, and which columns have values in each.

A row belongs to a split by its time, as RelBench has it. Rows of a table without times are dealt
out at random, once for the table, and their labels written down, as no reader could do it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.column import Column
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.task import SPLITS
from plurel_cli.schema.window import Window
from plurel_cli.storage.layout import ROW_GROUP_ROWS, targets
from plurel_cli.storage.parquet import Stored, read_columns
from plurel_cli.storage.place import Place

if TYPE_CHECKING:
    import polars as pl

EVALUATION_SHARE = 0.1
"""Share of the rows of a table without times that is held back for validation, and for test."""


def split_by_time(time: pl.Series, window: Window) -> dict[str, pl.Series]:
    """Which rows belong to each split, by their times.

    Parameters
    ----------
    time
        Of the rows.
    window
        Of the database.

    Returns
    -------
    dict
        A mask for each split.
    """
    val, test = (
        dt.datetime.combine(day, dt.time()) for day in (window.val_timestamp, window.test_timestamp)
    )
    return {"train": time <= val, "val": (time > val) & (time <= test), "test": time > test}


def split_by_lot(schema: Schema, table: Table, least: int = 1) -> dict[str, NDArray[np.bool_]]:
    """Which rows belong to each split, dealt out at random.

    Parameters
    ----------
    schema
        The database.
    table
        A table without times.
    least
        Least rows that are held back for validation, and for test.

    Returns
    -------
    dict
        A mask for each split.
    """
    n = table.rows
    held = max(-(-n * int(100 * EVALUATION_SHARE) // 100), least)
    order = np.argsort(Stream(schema.seed).child("tasks", table.id, "split").generator().random(n))
    place = np.empty(n, dtype=np.int64)
    place[order] = np.arange(n)
    return {
        "train": place >= 2 * held,
        "val": place < held,
        "test": (place >= held) & (place < 2 * held),
    }


def unsplit(folder: Place, schema: Schema) -> Iterator[tuple[str, str]]:
    """Columns to be predicted of which some split has no value, each with its table.

    Parameters
    ----------
    folder
        Where the tables are.
    schema
        The database.

    Yields
    ------
    tuple of str

    Notes
    -----
    O(rows) time, and the memory of a row group.
    """
    of_table: dict[str, list[Column]] = {}
    for table, column in targets(schema):
        of_table.setdefault(table.name, []).append(column)
    for name, columns in of_table.items():
        table = schema.by_name[name]
        is_small = table.rows <= ROW_GROUP_ROWS
        for some in [columns] if is_small else [[column] for column in columns]:
            present = _present(Stored.of(folder, schema, table), schema, some)
            yield from ((name, column.name) for column in some if len(present[column.name]) < 3)


def _present(stored: Stored, schema: Schema, columns: Sequence[Column]) -> dict[str, set[str]]:
    """The splits in which columns have values."""
    table, window = stored.table, schema.window
    assert window is not None  # noqa: S101 (the features stage is done)
    timed = [] if table.time_column is None else [table.by_column[table.time_column]]
    dealt = split_by_lot(schema, table) if table.time_column is None else {}
    present: dict[str, set[str]] = {column.name: set() for column in columns}
    first = 0
    for frame in read_columns(stored, [*timed, *columns]):
        end = first + frame.height
        if table.time_column is not None:
            masks = {
                split: mask.to_numpy()
                for split, mask in split_by_time(frame[table.time_column], window).items()
            }
        else:
            masks = {split: mask[first:end] for split, mask in dealt.items()}
        for column in columns:
            there = frame[column.name].is_not_null().to_numpy()
            present[column.name] |= {split for split in SPLITS if (masks[split] & there).any()}
        first = end
    return present


def dealt_labels(stored: Stored, schema: Schema, column: Column) -> dict[str, pl.DataFrame]:
    """The labels of a column of a table without times, by split.

    Parameters
    ----------
    stored
        The table.
    schema
        The database.
    column
        The column.

    Returns
    -------
    dict
        Of each split the primary key, and the value, of rows that have one.
    """
    import polars as pl

    table = stored.table
    key = table.by_column[table.primary_key]
    frame = pl.concat(read_columns(stored, [key, column]))
    return {
        split: frame.filter(pl.Series(mask)).drop_nulls()
        for split, mask in split_by_lot(schema, table).items()
    }
