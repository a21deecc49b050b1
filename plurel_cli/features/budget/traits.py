"""The share of a hidden trait of the row."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import ShareComponent, SharedComponent
from plurel_cli.features.budget.normal import NormalNumbers
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows, sign_of
from plurel_cli.features.streams import table_stream
from plurel_cli.features.time_sources.trait import TraitScores
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Naming


@budget_shares.kind
class TraitShare(BudgetShare):
    """A hidden trait of the row."""

    kind: Literal["traits"] = Field(default="traits", description="What it comes from.")
    trait: int = Field(description="Which of the row's traits; 0 is the one that keys see.")
    sign: Literal[-1, 1] = Field(description="Whether more of it is more or less.")

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one."""
        draws, settings = stream.child("trait").draws(), budgeted.settings
        trait, sign = draws.below(settings.traits), sign_of(draws)
        p = settings.first_trait.draw(budgeted.stream.child("first_trait").draws())
        is_first = stream.child("first_trait").draws().chance(p)
        return cls(share=share, trait=0 if is_first else trait, sign=sign)

    def component(self, rows: ShareRows) -> ShareComponent:
        """The trait, in common with all columns that have it."""
        return SharedComponent(
            trait_column(rows, rows.table, self.trait), self.sign * math.sqrt(self.share)
        )

    def words(self, origin: str) -> str:
        """What it comes from, in words."""
        return f"trait {self.trait}"

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """Which trait."""
        seen = " (on which foreign keys depend, too)" * (self.trait == 0)
        return f"hidden trait {self.trait} of the row{seen}"


def trait_column(rows: ShareRows, table: Table, number: int) -> BlockColumn:
    """A hidden trait of a table's rows, standard normal; number 0 is the one that keys see.

    Parameters
    ----------
    rows
        Rows that ask for it.
    table, number
        The table, and which of its traits.

    Returns
    -------
    BlockColumn
        Blocks of float32.
    """

    def make() -> BlockColumn:
        if number == 0:
            return TraitScores(Trait(rows.schema.seed, table.id, table.rows))
        return NormalNumbers(
            table.rows, table_stream(rows.schema, table).child("hidden_trait", number)
        )

    return rows.kept(("trait", table.name, number), make)
