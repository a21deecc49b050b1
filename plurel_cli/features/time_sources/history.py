"""What each row's parent has seen before it, in one pass over the rows of a table.

Each block's rows are taken by parent, and a number a parent is carried on. Numbers are float32,
block by block, NaN where there is no reference.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.siblings import siblings
from plurel_cli.features.time_sources.source import Floats, log_days
from plurel_cli.numerics.elementary import logs
from plurel_cli.numerics.stream import BLOCK_ROWS

_NEVER = -(1 << 63)


def so_far(keys: BlockColumn, times: BlockColumn, n_rows: int, n_parents: int) -> Iterator[Floats]:
    """log(1 + n) for the n earlier rows with the same reference.

    Parameters
    ----------
    keys, times
        The rows' references and times.
    n_rows, n_parents
        Row counts.

    Yields
    ------
    ndarray
        float32; NaN where there is no reference.
    """
    carried = np.zeros(n_parents, dtype=np.int64)
    for index in range(-(-n_rows // BLOCK_ROWS)):
        block = keys.block(index)
        passed = np.full(len(block), np.nan, dtype=np.float32)
        referring = siblings(block, n_parents)
        before = referring.place
        before += carried.take(referring.parents)
        passed[referring.rows] = logs(before + np.float64(1.0))
        carried[referring.parents.take(referring.starts)] += referring.sizes
        yield passed


def since_last(
    keys: BlockColumn, times: BlockColumn, n_rows: int, n_parents: int
) -> Iterator[Floats]:
    """log(1 + days) since the last earlier row with the same reference.

    Parameters
    ----------
    keys, times
        The rows' references and times.
    n_rows, n_parents
        Row counts.

    Yields
    ------
    ndarray
        float32; NaN where there is no reference, or no earlier row.
    """
    carried = np.full(n_parents, _NEVER, dtype=np.int64)
    for index in range(-(-n_rows // BLOCK_ROWS)):
        block = keys.block(index)
        passed = np.full(len(block), np.nan, dtype=np.float32)
        rows, parents, starts, ends = siblings(block, n_parents)
        if len(parents):
            at = times.block(index).take(rows)
            last = np.empty_like(at)
            last[1:] = at[:-1]
            last[starts] = carried.take(parents.take(starts))
            since = log_days(at - last)
            since[last == _NEVER] = np.nan
            passed[rows] = since
            carried[parents.take(ends)] = at.take(ends)
        yield passed
