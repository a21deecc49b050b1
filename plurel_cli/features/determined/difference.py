"""The difference of two numbers of the same row."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.determined import determined
from plurel_cli.features.determined.column import (
    Candidate,
    DeterminedColumn,
    Proposal,
    WrittenValues,
)
from plurel_cli.features.determined.formula import Formula


@determined.kind
class Difference(DeterminedColumn):
    """The difference of two numbers of the same row."""

    kind: Literal["difference"] = Field(default="difference", description="Which way.")

    @classmethod
    def proposals(cls, candidate: Candidate) -> list[Proposal]:
        """Pairs of numbers, for a number."""
        if not candidate.is_number:
            return []
        numbers = candidate.numbers
        return [Proposal((a, b)) for a in numbers for b in numbers if a != b]

    def values(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""
        left, right = map(written.values, self.of)
        return Formula(np.subtract, left, right)
