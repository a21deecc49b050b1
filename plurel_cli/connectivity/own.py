"""References of a table to itself: replies to earlier rows, or employees to the level above."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.connectivity.shaped import NO_PARENT
from plurel_cli.connectivity.uniforms import block_uniforms
from plurel_cli.numerics.stream import Stream


class ThreadKeys:
    """Each row refers to an earlier one, or to none.

    Parameters
    ----------
    n_rows
        Rows of the table.
    root
        Share of rows that refer to none; the first row always does.
    recency
        The parent is the latest of so many rows drawn from the earlier ones: below row k of r
        with probability (k / r) to that power.
    stream
        Randomness of this foreign key's rows alone.
    """

    def __init__(self, n_rows: int, root: float, recency: int, stream: Stream) -> None:
        self._n_rows, self._root, self._recency = n_rows, root, recency
        self._stream = stream

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64; `NO_PARENT` for null."""
        start, stop = block_rows(index, self._n_rows)
        n = stop - start
        place = block_uniforms(self._stream.child("place", 0), index, n)
        for draw in range(1, self._recency):
            np.maximum(
                place, block_uniforms(self._stream.child("place", draw), index, n), out=place
            )
        rows = np.arange(start, stop)
        keys = np.minimum((place * rows).astype(np.int64), rows - 1)  # row 0: −1
        is_root = block_uniforms(self._stream.child("root"), index, n) < self._root
        keys[is_root] = NO_PARENT
        return keys


class LevelKeys:
    """Rows fall into levels, each some times as large as the one above it.

    Parameters
    ----------
    n_rows
        Rows of the table.
    depth
        Levels below the first.
    branching
        Size of a level, divided by that of the level above.
    stream
        Randomness of this foreign key's rows alone.

    Notes
    -----
    Every row below the first level refers to a row of the level above, each equally likely. A
    level has one row at least; a table of fewer rows than levels has fewer levels.
    """

    def __init__(self, n_rows: int, depth: int, branching: float, stream: Stream) -> None:
        self._n_rows = n_rows
        self._stream = stream
        self.edges = level_edges(n_rows, depth, branching)

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64; `NO_PARENT` in the first level."""
        start, stop = block_rows(index, self._n_rows)
        rows = np.arange(start, stop)
        level = self.edges.searchsorted(rows, side="right") - 1
        above = np.maximum(level - 1, 0)
        first, size = self.edges[above], self.edges[above + 1] - self.edges[above]
        place = block_uniforms(self._stream.child("place"), index, stop - start)
        keys: NDArray[np.int64] = first + np.minimum((place * size).astype(np.int64), size - 1)
        keys[level == 0] = NO_PARENT
        return keys


def level_edges(n_rows: int, depth: int, branching: float) -> NDArray[np.int64]:
    """First row of each level, and the number of rows.

    Examples
    --------
    >>> level_edges(111, 2, 10.0).tolist()
    [0, 1, 11, 111]
    """
    n_levels = min(depth + 1, n_rows)
    sizes = [1.0]
    for _ in range(n_levels - 1):
        sizes.append(sizes[-1] * branching)
    unit = n_rows / math.fsum(sizes)  # `sum` rounds otherwise from Python 3.12 on
    edges = [0]
    for level in range(1, n_levels):
        ideal = int(math.fsum(sizes[:level]) * unit)
        edges.append(min(max(ideal, edges[-1] + 1), n_rows - (n_levels - level)))
    return np.array([*edges, n_rows], dtype=np.int64)
