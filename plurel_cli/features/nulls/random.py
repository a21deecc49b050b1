"""Nulls at random: a set of rows of fixed size, every such set equally likely.

The number of nulls of each block of rows is drawn by splitting the whole number without
replacement; which rows of a block they are then comes from that block's own generator, so that
any block can be made alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.features.nulls import NullRecord, null_reasons
from plurel_cli.features.nulls.reason import Group, NullColumn, NullReason, NullRows
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.variable import Variable

STATED_GROUP = 1_000_000
"""Number of the first group of nulls that are stated, above all that are drawn."""


@null_reasons.kind
class Random(NullReason):
    """At random."""

    kind: Literal["random"] = Field(default="random", description="Why.")

    @classmethod
    def drawn(cls, group: Group, p: float, stream: Stream, before: NullRecord | None) -> Self:
        """Take every group, for the reasons after it to take over."""
        return cls(share=group.share, group=group.number)

    def rows(self, column: NullColumn) -> NullRows:
        """Which rows are null."""
        return Nulls(column.n_rows, self.share, column.stream)

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """Which rows, in words."""
        return f"{self.share:.0%} at random"


class Nulls:
    """Null rows of one column.

    Parameters
    ----------
    n_rows
        N.
    share
        Share of nulls u, 0 to 1: ⌊u N⌋ rows are null.
    stream
        Randomness of these nulls alone.

    Notes
    -----
    The counts of the blocks are multivariate hypergeometric, drawn one after another: O(N / 2¹⁶)
    time and memory, once; a block then O(its rows).

    Examples
    --------
    >>> int(Nulls(100, 0.29, Stream(7)).block(0).sum())
    29
    """

    def __init__(self, n_rows: int, share: float, stream: Stream) -> None:
        self._n_rows = n_rows
        self._rows = stream.child("rows")
        n_nulls = floor_share(share, n_rows)
        if n_rows <= BLOCK_ROWS:
            self._counts = np.array([n_nulls])
        else:
            self._counts = _split(n_nulls, n_rows, stream.child("counts").generator())

    def block(self, index: int) -> NDArray[np.bool_]:
        """Whether each row of a block is null; a block has `BLOCK_ROWS` rows, the last fewer."""
        n = min(BLOCK_ROWS, self._n_rows - index * BLOCK_ROWS)
        is_null = np.zeros(n, dtype=np.bool_)
        count = int(self._counts[index])
        if count:
            is_null[self._rows.generator(index).subset(n, count)] = True
        return is_null


def _split(n_nulls: int, n_rows: int, generator: Generator) -> NDArray[np.int64]:
    """Nulls in each block of rows."""
    counts = np.zeros(-(-n_rows // BLOCK_ROWS), dtype=np.int64)
    rows_left, nulls_left = n_rows, n_nulls
    for index in range(len(counts) - 1):
        here = generator.hypergeometric(nulls_left, rows_left - nulls_left, BLOCK_ROWS)
        counts[index] = here
        nulls_left -= here
        rows_left -= BLOCK_ROWS
    counts[-1] = nulls_left
    return counts
