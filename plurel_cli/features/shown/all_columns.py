"""What gives the columns that others show."""

from __future__ import annotations

from typing import Protocol

from plurel_cli.blocks.column import BlockColumn
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
