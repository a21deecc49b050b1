"""Rows of a table that refers to itself, in waves: each refers to rows of earlier waves alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from plurel_cli.export.source import ExportSource
    from plurel_cli.schema.table import Table


class RowWaves(NamedTuple):
    """In which wave each row of a table comes.

    Attributes
    ----------
    keys
        Primary keys, in the order of rows.
    numbers
        Of the row's wave, from 0.
    waves
        How many waves there are.
    """

    keys: NDArray[np.int64]
    numbers: NDArray[np.int32]
    waves: int


def waves_of(source: ExportSource, table: Table) -> RowWaves:
    """The waves of a table.

    Parameters
    ----------
    source
        The database.
    table
        A table of it that refers to itself.

    Returns
    -------
    RowWaves
        Rows that refer to one another in a circle come last, for the engine to refuse.

    Notes
    -----
    Takes 16 bytes for each row and key, and a pass over what is left of the rows for each wave.
    """
    import numpy as np
    import polars as pl

    from plurel_cli.storage.parquet import read_columns

    loops = [key for key in table.foreign_keys if key.to_self]
    columns = [table.by_column[table.primary_key], *loops]
    read = pl.concat(read_columns(source.stored(table), columns))
    read = source.numbering.written(source.schema.by_name[table.name], read)
    keys = read[table.primary_key].to_numpy()
    order = np.argsort(keys, kind="stable")
    parents = []
    for loop in loops:
        values = read[loop.name]
        rows = np.searchsorted(keys, values.fill_null(0).to_numpy(), sorter=order)
        parents.append(np.where(values.is_null(), -1, order[np.minimum(rows, len(keys) - 1)]))
    numbers = np.full(len(keys), -1, np.int32)
    left = np.arange(len(keys))
    wave = 0
    while len(left):
        is_next = np.ones(len(left), bool)
        for parent in parents:
            theirs = parent[left]
            is_next &= (theirs < 0) | (numbers[theirs] >= 0) | (theirs == left)
        if not is_next.any():
            is_next[:] = True
        numbers[left[is_next]] = wave
        left = left[~is_next]
        wave += 1
    return RowWaves(keys, numbers, wave)
