"""The share of chance."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.normal import Normal
from plurel_cli.features.budget.parts import Drawn, Part
from plurel_cli.features.budget.share import BudgetShare, Place, Rows
from plurel_cli.numerics.stream import Stream


@budget_shares.kind
class Noise(BudgetShare):
    """Chance."""

    kind: Literal["noise"] = Field(default="noise", description="What it comes from.")

    @property
    def is_link(self) -> bool:
        """It comes from nothing else."""
        return False

    @classmethod
    def drawn(cls, share: float, place: Place, stream: Stream) -> Self:
        """Draw one."""
        return cls(share=share)

    def part(self, rows: Rows) -> Part:
        """Independent normal numbers."""
        stream = rows.stream.child("mixed_noise")
        return Drawn(Normal(rows.table.rows, stream), math.sqrt(self.share))
