"""The difference of two numbers of the same row."""

from __future__ import annotations

from collections.abc import Sequence
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
from plurel_cli.features.determined.pairs import Pairs
from plurel_cli.schema.variable import Naming


@determined.kind
class Difference(DeterminedColumn):
    """The difference of two numbers of the same row."""

    kind: Literal["difference"] = Field(default="difference", description="Which way.")

    @classmethod
    def proposals(cls, candidate: Candidate) -> Sequence[Proposal]:
        """Pairs of numbers, for a number."""
        if not candidate.is_number:
            return []
        return Pairs(candidate.numbers, is_rising=False)

    def values(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""
        left, right = map(written.values, self.of)
        return Formula(np.subtract, left, right)

    def phrase(self, table: str, names: Naming) -> str:
        """What less what."""
        left, right = map(names.name, self.reads(table))
        return f"{left} less {right}"
