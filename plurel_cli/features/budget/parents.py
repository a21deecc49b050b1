"""The share of a hidden trait of a row that the row refers to."""

from __future__ import annotations

import math
from typing import Literal, Self

import numpy as np
from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import Floats, LookedUpComponent, ShareComponent
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows, sign_of
from plurel_cli.features.budget.standard import counted_places, weighed_by_counts, with_nobody
from plurel_cli.features.budget.traits import trait_column
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.prose import quoted
from plurel_cli.schema.variable import Naming


@budget_shares.kind
class ParentShare(BudgetShare):
    """A hidden trait of a row that the row refers to."""

    kind: Literal["parents"] = Field(default="parents", description="What it comes from.")
    foreign_key: str = Field(description="Foreign key to that row.")
    trait: int = Field(description="Which of that row's traits.")
    sign: Literal[-1, 1] = Field(description="Whether more of it is more or less.")

    @classmethod
    def is_possible(cls, budgeted: BudgetedTable) -> bool:
        """Where the table refers to another, or to itself."""
        return bool(budgeted.table.foreign_keys)

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one."""
        draws = stream.child("parent").draws()
        return cls(
            share=share,
            foreign_key=draws.item([key.name for key in budgeted.table.foreign_keys]),
            trait=draws.below(budgeted.settings.traits),
            sign=sign_of(draws),
        )

    def component(self, rows: ShareRows) -> ShareComponent:
        """The trait of each row's referenced row, standardised by the rows that refer."""
        parent, keys = rows.referenced(self.foreign_key), rows.keys(self.foreign_key)

        def whole() -> Floats:
            column = trait_column(rows, parent, self.trait)
            return np.concatenate([column.block(k) for k in range(-(-parent.rows // BLOCK_ROWS))])

        numbers = rows.kept(("whole trait", parent.name, self.trait), whole)
        counts = rows.kept(
            ("references", rows.table.name, self.foreign_key),
            lambda: counted_places(rows.reference.of(keys), parent.rows),
        )
        weighed = weighed_by_counts(numbers, counts, self.sign * math.sqrt(self.share))
        return LookedUpComponent(with_nobody(weighed), keys)

    def words(self, origin: str) -> str:
        """What it comes from, in words."""
        return f"trait {self.trait} by {self.foreign_key}"

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """Whose trait."""
        return f"hidden trait {self.trait} of the row that {quoted(self.foreign_key)} refers to"
