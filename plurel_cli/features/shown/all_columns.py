"""What gives the columns that others show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.schema.column import Column
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


class AllColumns(Protocol):
    """What gives all other columns of a database."""

    @property
    def schema(self) -> Schema:
        """The database."""
        ...

    def column(self, table: Table, column: Column) -> BlockColumn:
        """Any column of a table.

        Parameters
        ----------
        table, column
            The column.

        Returns
        -------
        BlockColumn
            What makes its blocks.
        """
        ...


@dataclass(frozen=True)
class AsItWas:
    """The columns of a database before it grew, with the values that they have now.

    Attributes
    ----------
    database
        What gives all rows.
    schema
        The database as it was.
    """

    database: AllColumns
    schema: Schema

    def column(self, table: Table, column: Column) -> BlockColumn:
        """Any column of a table.

        Parameters
        ----------
        table, column
            The column.

        Returns
        -------
        BlockColumn
            What makes its blocks.
        """
        whole = self.database.schema.by_name[table.name]
        return _First(self.database.column(whole, whole.by_column[column.name]), table.rows)


@dataclass(frozen=True)
class _First:
    """The first rows of a column."""

    column: BlockColumn
    n_rows: int

    def block(self, index: int) -> Any:
        first, last = block_rows(index, self.n_rows)
        return self.column.block(index)[: last - first]
