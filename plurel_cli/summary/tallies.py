"""Counts of the values of a column: how many lie in each bin, and how often each one comes.

A chunk of values is put in order, and each edge looked up in it, which takes a third of the time of
comparing every value with every edge. Different values are counted one by one as long as they are
few; of many, the least hashes say how many there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.schema.column import TIME_TYPES, Column
from plurel_cli.summary.bins import Edges
from plurel_cli.summary.passes import RowTally, chunks, nanoseconds

if TYPE_CHECKING:
    import polars as pl

HASHES = 16_384
"""Hashes by which different values are estimated: to 0.8%."""


class BinTally(RowTally):
    """How many values lie in each bin; of texts, how many lengths.

    Parameters
    ----------
    column
        The column.
    edges
        Edges of the bins.
    """

    def __init__(self, column: Column, edges: Edges) -> None:
        self._column = column
        self._inner = np.array(edges.edges[1:-1], np.int64 if edges.scale == "time" else float)
        self._below = np.zeros(len(self._inner), np.int64)
        self._n = 0

    @property
    def names(self) -> tuple[str, ...]:
        return (self._column.name,)

    def add(self, _first: int, rows: pl.DataFrame, /) -> None:
        for values in chunks(self._numbers(rows[self._column.name])):
            self._below += np.searchsorted(np.sort(values), self._inner)
            self._n += len(values)

    def _numbers(self, values: pl.Series) -> NDArray[Any]:
        import polars as pl

        if self._column.type in ("date", *TIME_TYPES):
            return nanoseconds(values)
        known = values.drop_nulls()
        if self._column.type == "string":
            known = known.str.len_chars()
        return known.cast(pl.Float64).to_numpy()

    @property
    def counts(self) -> tuple[int, ...]:
        """Values of each bin."""
        return tuple(np.diff(self._below, prepend=0, append=self._n).tolist())


class ValueTally(RowTally):
    """How often each value comes, as long as there are few; of many, about how many there are.

    Parameters
    ----------
    name
        The column.
    most
        Different values up to which they are counted.

    Notes
    -----
    The number of many values is estimated from the least of their hashes, k of them: when the
    largest of these is the share u of all hashes, it is (k − 1) / u, with a relative standard error
    of about 1 / √k. Up to k it is exact.

    References
    ----------
    Bar-Yossef et al., Counting distinct elements in a data stream, RANDOM 2002.
    """

    def __init__(self, name: str, most: int) -> None:
        self._name, self._most = name, most
        self._counted: list[pl.DataFrame] | None = []
        self._least = np.empty(0, np.uint64)
        self._new: list[NDArray[np.uint64]] = []

    @property
    def names(self) -> tuple[str, ...]:
        return (self._name,)

    def add(self, _first: int, rows: pl.DataFrame, /) -> None:
        import polars as pl

        values = rows[self._name].drop_nulls().alias("value")
        if self._counted is None:
            self._hash(values)
            return
        counted = values.value_counts(name="rows")
        self._counted.append(counted.with_columns(pl.col("rows").cast(pl.Int64)))
        if self._most < sum(each.height for each in self._counted):
            several = self._added()
            self._counted = [several]
            if several.height > self._most:
                self._hash(several["value"])
                self._counted = None

    def _hash(self, values: pl.Series) -> None:
        """Keep the least hashes."""
        hashes = values.to_frame().hash_rows(seed=0).to_numpy()
        if len(self._least) == HASHES:
            hashes = hashes[hashes < self._least[-1]]
        self._new.append(hashes)
        if sum(map(len, self._new)) >= HASHES:
            self._merge()

    def _merge(self) -> None:
        self._least = np.unique(np.concatenate([self._least, *self._new]))[:HASHES]
        self._new = []

    def _added(self) -> pl.DataFrame:
        """Each `value` and its `rows`, in no order."""
        import polars as pl

        several = pl.concat(self._counted or [])
        return several.group_by("value").agg(pl.col("rows").sum())

    @property
    def is_counted(self) -> bool:
        """Whether there are some values, and few."""
        return bool(self._counted)

    @property
    def distinct(self) -> int:
        """How many different values there are, or about how many."""
        if self._counted is not None:
            return self._added().height if self._counted else 0
        self._merge()
        if self.is_exact:
            return len(self._least)
        return round((HASHES - 1) / ((int(self._least[-1]) + 1) / 2**64))

    @property
    def is_exact(self) -> bool:
        """Whether all different values were counted."""
        self._merge()
        return self._counted is not None or len(self._least) < HASHES

    def top(self, n: int) -> tuple[tuple[str, int], ...]:
        """The most frequent values, of equally frequent ones the smaller first.

        Parameters
        ----------
        n
            How many.

        Returns
        -------
        tuple of (str, int)
            Each as text, and its rows; none where there are many.
        """
        import polars as pl

        if not self._counted:
            return ()
        ordered = self._added().sort(["rows", "value"], descending=[True, False]).head(n)
        return tuple(ordered.with_columns(pl.col("value").cast(pl.String)).iter_rows())
