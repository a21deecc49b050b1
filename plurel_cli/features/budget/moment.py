"""The share of the time of the row, as a number that rises over the window."""

from __future__ import annotations

from typing import ClassVar, Literal, NoReturn

import numpy as np
from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import LookedUpComponent, ShareComponent
from plurel_cli.features.budget.effects import LINEAR, effect_of_number, weight_of
from plurel_cli.features.budget.moving import intervals
from plurel_cli.features.budget.own import acting_phrase
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows
from plurel_cli.features.drifts.drift import N_INTERVALS
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.variable import Naming


@budget_shares.kind
class MomentShare(BudgetShare):
    """The time of the row, as a config states it."""

    is_stated: ClassVar[bool] = True

    kind: Literal["moment"] = Field(default="moment", description="What it comes from.")
    sign: Literal[-1, 1] = Field(default=1, description="Whether it rises or falls.")
    mechanism: str = Field(default=LINEAR, description="How it acts.")

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> NoReturn:
        """It is never drawn."""
        raise AssertionError("a share of the row's time alone is stated")

    def component(self, rows: ShareRows) -> ShareComponent:
        """What the time does, standardised: one number for each interval of the window."""
        of_rows = intervals(rows)
        effect = effect_of_number(
            rows.reference.of(of_rows).astype(np.float32),
            weight_of(self.share, self.sign),
            self.mechanism,
            rows.stream.child("stated", "time"),
            lambda what, values: rows.scale(f"{self.kind} {what}", values),
        )
        path = np.arange(N_INTERVALS, dtype=np.float32)
        return LookedUpComponent(
            effect.of(path) if effect.is_fine else np.zeros_like(path), of_rows
        )

    def words(self, origin: str) -> str:
        """What it comes from, in words."""
        return "time"

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """The time, and how it acts."""
        return acting_phrase("the time of the row", self.sign, self.mechanism)
