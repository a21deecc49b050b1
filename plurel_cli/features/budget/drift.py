"""The share of the time of the row."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import ShareComponent
from plurel_cli.features.budget.moving import draw_drift, moving
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows, sign_of
from plurel_cli.features.drifts import AnyDrift
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.variable import Naming


@budget_shares.kind
class DriftShare(BudgetShare):
    """The time of the row; timed tables only."""

    kind: Literal["drift"] = Field(default="drift", description="What it comes from.")
    sign: Literal[-1, 1] = Field(description="Whether it rises or falls.")
    drift: AnyDrift = Field(description="How it moves.")

    @classmethod
    def is_possible(cls, budgeted: BudgetedTable) -> bool:
        """Where rows have times."""
        return budgeted.is_timed

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one."""
        draws = stream.child("drift").draws()
        kind = budgeted.settings.drift.draw(draws)
        return cls(share=share, sign=sign_of(draws), drift=draw_drift(kind, draws))

    def component(self, rows: ShareRows) -> ShareComponent:
        """The drift at each row's time."""
        weight = self.sign * math.sqrt(self.share)
        return moving(rows, self.drift, weight, rows.stream.child("drift"))

    def words(self, origin: str) -> str:
        """What it comes from, in words."""
        return f"{self.drift.kind} drift"

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """How it moves."""
        return f"the time of the row, by {self.drift.phrase}"
