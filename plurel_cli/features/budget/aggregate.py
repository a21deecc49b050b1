"""The share of a named aggregate of the rows that refer to the row."""

from __future__ import annotations

from typing import ClassVar, Literal, NoReturn

import numpy as np
from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.children import ChildrenShare
from plurel_cli.features.budget.components import ShareComponent, WholeComponent
from plurel_cli.features.budget.effects import LINEAR, effect_of_number, weight_of
from plurel_cli.features.budget.own import acting_phrase
from plurel_cli.features.budget.share import BudgetedTable, ShareGraphs, ShareRows
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.variable import Naming


@budget_shares.kind
class AggregateShare(ChildrenShare):
    """An aggregate of the rows that refer to the row, as a config states it."""

    is_stated: ClassVar[bool] = True

    kind: Literal["aggregate"] = Field(  # type: ignore[assignment]
        default="aggregate", description="What it comes from."
    )
    mechanism: str = Field(default=LINEAR, description="How it acts.")

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> NoReturn:
        """It is never drawn."""
        raise AssertionError("a share of a named aggregate is stated")

    def completed(self, graphs: ShareGraphs) -> AggregateShare:
        """It is complete."""
        return self

    def component(self, rows: ShareRows) -> ShareComponent:
        """What the aggregate does, standardised."""
        whole = rows.gathered(self.gathered, as_written=True)
        name = self.gathered.address
        effect = effect_of_number(
            rows.reference.rows.taken(whole),
            weight_of(self.share, self.sign),
            self.mechanism,
            rows.stream.child("stated", name),
            lambda what, values: rows.scale(f"{self.kind} {name} {what}", values),
        )
        return WholeComponent(effect.of(whole) if effect.is_fine else np.zeros_like(whole))

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """What is gathered, and how it acts."""
        return acting_phrase(self.gathered.phrase(names), self.sign, self.mechanism)
