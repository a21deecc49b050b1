"""The rows of a table, for lenses that show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from plurel_cli.blocks.column import block_rows
from plurel_cli.features.streams import table_stream
from plurel_cli.lenses.rows import Identity, RowLens
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table


@dataclass(frozen=True)
class TableIdentity:
    """The rows of a table, for what shows them."""

    table: Table
    stream: Stream
    schema: Schema

    @property
    def n_rows(self) -> int:
        """Rows of the table."""
        return self.table.rows

    @property
    def edges(self) -> tuple[int, ...]:
        """Where the rows of each era of the table begin, and how many it has."""
        return self.schema.edges_of(self.table)

    @property
    def among(self) -> tuple[str, ...]:
        """The countries that it is of."""
        return self.schema.places

    def rows(self, index: int) -> tuple[int, int]:
        """First row of a block, and the one after its last."""
        return block_rows(index, self.table.rows)

    def shared(self, group: str) -> Stream:
        """Randomness that columns of a group have in common."""
        return table_stream(self.schema, self.table).child("identity", group)


@dataclass(frozen=True)
class OfRow:
    """What a lens shows of each row itself."""

    lens: RowLens
    identity: Identity

    def block(self, index: int) -> Any:
        """Values of one block of rows."""
        return self.lens.block(self.identity, index)
