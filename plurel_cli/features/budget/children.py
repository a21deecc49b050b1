"""The share of the rows that refer to the row."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Literal, Self

from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import ShareComponent, WholeComponent
from plurel_cli.features.budget.share import (
    BudgetedTable,
    BudgetShare,
    ShareGraphs,
    ShareRows,
    sign_of,
)
from plurel_cli.features.gathering import AnyGathered
from plurel_cli.features.gathering.count import Count
from plurel_cli.features.gathering.over import is_of_variable, planned
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.variable import Naming, Variable


@budget_shares.kind
class ChildrenShare(BudgetShare):
    """The rows that refer to the row, by an `aggregate` of `children`."""

    kind: Literal["children"] = Field(default="children", description="What it comes from.")
    gathered: AnyGathered = Field(description="What of which rows.")
    sign: Literal[-1, 1] = Field(description="Whether more of it is more or less.")

    @classmethod
    def is_possible(cls, budgeted: BudgetedTable) -> bool:
        """Where another table refers to the table."""
        return bool(budgeted.child_keys)

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one, which is their number until all graphs are there."""
        draws = stream.child("children").draws()
        child, key = draws.item(budgeted.child_keys)
        number = Count(table=child.name, foreign_key=key.name)
        return cls(share=share, gathered=number, sign=sign_of(draws))

    def completed(self, graphs: ShareGraphs) -> Self:
        """Let it be of one of their columns, where that closes no circle."""
        settings, draws = graphs.settings.children, graphs.stream.child("gathered").draws()
        aggregate, half_life = settings.aggregate.draw(draws), settings.half_life.draw(draws)
        table = self.gathered.table
        free = graphs.free(table) if is_of_variable(aggregate) else []
        node = draws.item(free) if free else None
        gathered = planned(aggregate, table, self.gathered.foreign_key, node, half_life)
        return self.but(gathered=gathered)

    def reads(self) -> tuple[Variable, ...]:
        """The variable that is gathered, if one is."""
        return self.gathered.reads()

    def component(self, rows: ShareRows) -> ShareComponent:
        """What is gathered, standardised."""
        whole = rows.gathered(self.gathered)
        scale = rows.scale(self.kind, rows.reference.rows.taken(whole))
        return WholeComponent(scale.standardised(whole, self.sign * math.sqrt(self.share)))

    def told(self, origin: str, table: str, name: Callable[[Variable], str]) -> str:
        """What is gathered, of which variable."""
        return self.gathered.words(name)

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """What is gathered."""
        return self.gathered.phrase(names)
