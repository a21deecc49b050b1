"""The share of the cluster that the row, or a row that it refers to, lies in."""

from __future__ import annotations

import math
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn, RowIndex
from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import LookedUpComponent, ShareComponent
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows
from plurel_cli.features.budget.standard import counted_places, weighed_by_counts, with_nobody
from plurel_cli.features.streams import table_stream
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import quoted
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Naming


@budget_shares.kind
class BlockShare(BudgetShare):
    """The cluster that the row, or a row that it refers to, lies in as a parent."""

    kind: Literal["blocks"] = Field(default="blocks", description="What it comes from.")
    of: Literal["row", "parent"] = Field(
        description="Whether the cluster is that of the row, or of the row that it refers to."
    )
    child: str = Field(description="Table whose foreign key has the block model.")
    foreign_key: str = Field(description="That foreign key.")
    levels: int = Field(description="How many of its levels count, from the coarsest on.")

    @classmethod
    def is_possible(cls, budgeted: BudgetedTable) -> bool:
        """Where some foreign key into the table or from it has a block model."""
        return bool(_choices(budgeted))

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one."""
        draws = stream.child("block").draws()
        of, child, key = draws.item(_choices(budgeted))
        return cls(
            share=share,
            of=of,
            child=child.name,
            foreign_key=key.name,
            levels=draws.item(_levels(key)),
        )

    def component(self, rows: ShareRows) -> ShareComponent:
        """A number of every cluster, and which one each row lies in."""
        child = rows.schema.by_name[self.child]
        (key,) = (key for key in child.foreign_keys if key.name == self.foreign_key)
        model = key.blocks
        assert model is not None  # noqa: S101 (it was drawn for its model)
        n_rows = self._whose(rows).rows
        n = min(math.prod(model.parent_radices[: self.levels]), max(1, n_rows))  # others are empty
        stream = table_stream(rows.schema, child).child("blocks", self.foreign_key, self.levels)
        numbers = stream.child(rows.table.id, rows.node).generator().standard_normal(n)
        name = (rows.table.name, self.of, self.child, self.foreign_key, self.levels)
        column = rows.kept(("block", *name), lambda: self._column(rows, n))
        counts = rows.kept(
            ("block counts", *name), lambda: counted_places(rows.reference.of(column), n)
        )
        weighed = weighed_by_counts(numbers, counts, math.sqrt(self.share))
        return LookedUpComponent(with_nobody(weighed), column)

    def _column(self, rows: ShareRows, n: int) -> BlockColumn:
        """Which of n blocks each row lies in, or its referenced row does."""
        is_of_parent = self.of == "parent"
        numbers = rows.keys(self.foreign_key) if is_of_parent else RowIndex(rows.table.rows)
        return _BlockOfRow(numbers, self._whose(rows).rows, n)

    def _whose(self, rows: ShareRows) -> Table:
        """The table whose rows lie in blocks."""
        return rows.table if self.of == "row" else rows.referenced(self.foreign_key)

    def words(self, origin: str) -> str:
        """What it comes from, in words."""
        whose = "" if self.of == "row" else " of the referenced row"
        return f"block{whose} by {self.child}.{self.foreign_key}"

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """Whose cluster, and by which key."""
        whose = "the row" if self.of == "row" else "the row that it refers to"
        key = quoted(f"{self.child}.{self.foreign_key}")
        return f"the cluster that {whose} lies in (of those of {key})"


def _choices(budgeted: BudgetedTable) -> list[tuple[Literal["row", "parent"], Table, ForeignKey]]:
    """Foreign keys with blocks that the table's rows lie in, or the rows that they refer to do."""
    choices: list[tuple[Literal["row", "parent"], Table, ForeignKey]] = [
        ("row", child, key) for child, key in budgeted.child_keys
    ]
    choices += [("parent", budgeted.table, key) for key in budgeted.table.foreign_keys]
    return [choice for choice in choices if _levels(choice[2])]


def _levels(key: ForeignKey) -> list[int]:
    """How many of a foreign key's levels may count: so many that there is more than one block."""
    radices = () if key.blocks is None else key.blocks.parent_radices
    return [n for n in range(1, len(radices) + 1) if math.prod(radices[:n]) > 1]


class _BlockOfRow:
    """In which block each row lies; −1 for nobody's.

    Block k of n begins with row ⌊k N / n⌋ of N, as in `clusters`, empty ones too.
    """

    def __init__(self, rows: BlockColumn, n_rows: int, n: int) -> None:
        self._rows, self._n_rows, self._n = rows, n_rows, n

    def block(self, index: int) -> NDArray[np.int64]:
        blocks: NDArray[np.int64] = np.maximum(self._rows.block(index), -1) + 1
        blocks *= self._n  # k begins by a row where k N is below n times the next
        blocks -= 1
        blocks //= self._n_rows
        return blocks
