"""What each row's parent has seen before it, in one pass over the rows of a table.

A stable sort of each block's keys, O(rows log rows) time, and a number a parent. Numbers are
float32, block by block, NaN where there is no reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.time_sources.source import Floats, log_days
from plurel_cli.numerics.elementary import logs
from plurel_cli.numerics.stream import BLOCK_ROWS

_NEVER = -(1 << 63)


class _Referring(NamedTuple):
    """The rows of a block that refer to somebody, by whom.

    Attributes
    ----------
    rows
        Their places in the block, by parent and then in order.
    parents
        The parent of each.
    starts, ends
        Where the rows of each parent begin, and the last of them.
    """

    rows: NDArray[np.intp]
    parents: NDArray[np.int64]
    starts: NDArray[np.intp]
    ends: NDArray[np.intp]

    @classmethod
    def of(cls, keys: NDArray[np.int64]) -> _Referring:
        rows = np.flatnonzero(keys >= 0)
        rows = rows.take(keys.take(rows).argsort(kind="stable"))
        parents = keys.take(rows)
        is_first = np.ones(len(parents), dtype=np.bool_)
        np.not_equal(parents[1:], parents[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        return cls(rows, parents, starts, np.append(starts[1:], len(parents)) - 1)


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
        rows, parents, starts, ends = _Referring.of(block)
        sizes = ends - starts + 1
        before = np.arange(len(parents)) - starts.repeat(sizes)
        before += carried.take(parents)
        passed[rows] = logs(before + np.float64(1.0))
        carried[parents.take(starts)] += sizes
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
        rows, parents, starts, ends = _Referring.of(block)
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
