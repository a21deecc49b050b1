"""A pass over the rows of a table: what is counted in it, block by block.

Everything that is to be counted of a table shares a pass, so that its rows are read once for all.
The next block is read while this one is counted, each count on a thread, and a count sees the
blocks in order: what it comes to does not depend on threads.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from plurel_cli.schema.table import Table
from plurel_cli.summary.rows import RowSource

if TYPE_CHECKING:
    import polars as pl

Ints = NDArray[np.int64]

Number = TypeVar("Number", np.int64, np.float64)

THREADS = 2
"""Counts that are made at a time; more of them would wait for the rows."""

CHUNK = 65_536
"""Values that are counted at a time, so that they stay in a processor's cache."""


class RowTally(Protocol):
    """What is counted of the rows of a table."""

    @property
    def names(self) -> tuple[str, ...]:
        """The columns that it needs."""
        ...

    def add(self, first: int, rows: pl.DataFrame, /) -> None:
        """Count some more rows.

        Parameters
        ----------
        first
            Number of the first of them in the table.
        rows
            The rows, with the columns of this and of other tallies.
        """
        ...


def go_over(source: RowSource, table: Table, tallies: Sequence[RowTally]) -> None:
    """Count all rows of a table.

    Parameters
    ----------
    source
        What has its rows.
    table
        The table.
    tallies
        What is counted; nothing is read where there are none.

    Raises
    ------
    FolderError, StorageError
        If the table cannot be read.

    Notes
    -----
    O(rows) time for each tally. The memory is that of two blocks, and of the tallies.
    """
    wanted = {name for tally in tallies for name in tally.names}
    names = [column.name for column in table.columns if column.name in wanted]
    if not names:
        return
    blocks = source.blocks(table, names)
    with ThreadPoolExecutor(THREADS) as pool:
        first, rows = 0, next(blocks, None)
        while rows is not None:
            work = [pool.submit(tally.add, first, rows) for tally in tallies]
            first, rows = first + rows.height, next(blocks, None)
            for one in work:
                one.result()


def chunks(values: NDArray[Number]) -> Iterator[NDArray[Number]]:
    """Some values at a time, in order."""
    for start in range(0, len(values), CHUNK):
        yield values[start : start + CHUNK]


def nanoseconds(times: pl.Series) -> Ints:
    """Days or times in nanoseconds since 1970, without nulls."""
    import polars as pl

    known: Ints = times.drop_nulls().cast(pl.Datetime("ns")).cast(pl.Int64).to_numpy()
    return known
