"""The share of chance."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import DrawnComponent, ShareComponent
from plurel_cli.features.budget.normal import NormalNumbers
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.variable import Naming


@budget_shares.kind
class NoiseShare(BudgetShare):
    """Chance."""

    kind: Literal["noise"] = Field(default="noise", description="What it comes from.")

    @property
    def is_link(self) -> bool:
        """It comes from nothing else."""
        return False

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one."""
        return cls(share=share)

    def component(self, rows: ShareRows) -> ShareComponent:
        """Independent normal numbers."""
        stream = rows.stream.child("mixed_noise")
        return DrawnComponent(NormalNumbers(rows.table.rows, stream), math.sqrt(self.share))

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """Chance."""
        return "chance"
