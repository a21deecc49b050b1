"""What lenses on other columns of the row see of the rows of a block."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.lenses import Lens
from plurel_cli.lenses.others import OthersLens
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import Path, path_of
from plurel_cli.schema.table import Table

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]


class SeenColumns(Protocol):
    """What gives the columns that are seen."""

    @property
    def schema(self) -> Schema:
        """The database."""
        ...

    def numbers(self, table: Table, path: Path) -> Callable[[int], Doubles]:
        """A column as numbers, block by block.

        Parameters
        ----------
        table
            The table.
        path
            Which column.

        Returns
        -------
        callable
            From the number of a block to its values, float64.
        """
        ...

    def series(self, table: Table, path: Path) -> Callable[[int], pl.Series]:
        """A column as it is written, block by block.

        Parameters
        ----------
        table
            The table.
        path
            Which column.

        Returns
        -------
        callable
            From the number of a block to its values.
        """
        ...

    def chosen(self, table: Table, where: str, place: str) -> NDArray[np.int64]:
        """Rows for which a formula holds.

        Parameters
        ----------
        table
            The table.
        where
            The formula.
        place
            What an error names.

        Returns
        -------
        ndarray
            int64.
        """
        ...

    def turns(self, table: Table, name: str | None) -> NDArray[np.int64]:
        """Rows of the same parent before each row of a table.

        Parameters
        ----------
        table
            The table.
        name
            A foreign key; none for the first.

        Returns
        -------
        ndarray
            int64.
        """
        ...


@dataclass(frozen=True)
class OfOthers:
    """What a lens on other columns makes of them.

    Attributes
    ----------
    lens
        The lens.
    columns, table
        What gives the columns, and the table.
    stream
        Randomness of the column alone.
    cuts
        Bands of columns that were asked for.
    """

    lens: OthersLens
    columns: SeenColumns
    table: Table
    stream: Stream
    cuts: dict[tuple[str, int], Doubles] = field(default_factory=dict)

    def block(self, index: int) -> Any:
        """Values of one block of rows."""
        return self.lens.block(_Seen(self, index))


class _Seen:
    """What there is to see of the rows of one block."""

    def __init__(self, of: OfOthers, index: int) -> None:
        self._of, self.index, self.stream = of, index, of.stream
        first, last = block_rows(index, of.table.rows)
        self.n = last - first
        self._series: dict[str, pl.Series] = {}
        self._numbers: dict[str, Doubles] = {}

    def _path(self, column: str) -> Path:
        return path_of(self._of.columns.schema, self._of.table, column)

    def lens(self, column: str) -> Lens | None:
        return self._path(column).lens

    def series(self, column: str) -> pl.Series:
        if column not in self._series:
            made = self._of.columns.series(self._of.table, self._path(column))
            self._series[column] = made(self.index)
        return self._series[column]

    def numbers(self, column: str) -> Doubles:
        if column not in self._numbers:
            made = self._of.columns.numbers(self._of.table, self._path(column))
            self._numbers[column] = made(self.index)
        return self._numbers[column]

    def cuts(self, column: str, n: int) -> Doubles:
        place = (column, n)
        if place not in self._of.cuts:
            made = self._of.columns.numbers(self._of.table, self._path(column))
            numbers = np.sort(made(0))
            known = numbers[: int(np.count_nonzero(~np.isnan(numbers)))]
            at = np.arange(1, n) * len(known) // n
            self._of.cuts[place] = known.take(at) if len(known) else np.zeros(n - 1)
        return self._of.cuts[place]

    def turns(self, key: str | None) -> NDArray[np.int64]:
        of, start = self._of, self.index * BLOCK_ROWS
        return of.columns.turns(of.table, key)[start : start + self.n]

    def edges(self, table: str | None = None) -> tuple[int, ...]:
        schema, name = self._of.columns.schema, table or self._of.table.name
        return schema.edges_of(next(t for t in schema.tables if name in (t.id, t.name)))

    def chosen(self, table: str, where: str) -> NDArray[np.int64]:
        schema = self._of.columns.schema
        other = next(t for t in schema.tables if table in (t.id, t.name))
        return self._of.columns.chosen(other, where, f"{self._of.table.name}, a link")

    def tone(self) -> Doubles:
        return self._tone.block(self.index)

    @cached_property
    def _tone(self) -> Trait:
        return Trait(self._of.columns.schema.seed, self._of.table.id, self._of.table.rows)
