"""The columns of a database's folder, by blocks, as the plan of a database gives its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.schema.column import Column
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.layout import ROW_GROUP_BLOCKS, ROW_GROUP_ROWS, Part
from plurel_cli.storage.parquet import Stored, read_columns
from plurel_cli.storage.place import Place

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True)
class StoredColumns:
    """The columns of a database, as its files have them.

    Attributes
    ----------
    root, schema
        The database.
    """

    root: Place
    schema: Schema
    _made: dict[tuple[str, str], BlockColumn] = field(default_factory=dict)

    def column(self, table: Table, column: Column) -> BlockColumn:
        """Any column of a table: keys as row numbers, below 0 for null, else what is written.

        Parameters
        ----------
        table, column
            The column.

        Returns
        -------
        BlockColumn
        """
        place = (table.name, column.name)
        if place not in self._made:
            self._made[place] = _StoredColumn(Stored.of(self.root, self.schema, table), column)
        return self._made[place]


class _StoredColumn:
    """A column of which the last row group that was read is kept."""

    def __init__(self, stored: Stored, column: Column) -> None:
        self._stored, self._column = stored, column
        self._group: tuple[int, pl.Series] | None = None

    def block(self, index: int, /) -> Any:
        group = index // ROW_GROUP_BLOCKS
        if self._group is None or self._group[0] != group:
            self._group = group, self._read(group)
        first, last = block_rows(index, self._stored.table.rows)
        values = self._group[1].slice(first - group * ROW_GROUP_ROWS, last - first)
        return values.fill_null(-1).to_numpy() if isinstance(self._column, ForeignKey) else values

    def _read(self, group: int) -> pl.Series:
        import polars as pl

        first = group * ROW_GROUP_ROWS
        n_rows = min(ROW_GROUP_ROWS, self._stored.table.rows - first)
        wanted = Part(self._stored.parts[0].file, first, n_rows)
        frames = read_columns(self._stored, [self._column], wanted)
        return pl.concat(frame.to_series() for frame in frames)
