"""The hidden trait of a row that keys see too."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.features.time_sources import time_sources
from plurel_cli.features.time_sources.source import DatedTable, Floats, TimedRows, Unkeyed
from plurel_cli.numerics.normal_quantile import normal_quantile


@time_sources.kind
class TraitSource(Unkeyed):
    """The hidden trait of a row that keys see too."""

    kind: Literal["trait"] = Field(default="trait", description="Which.")
    is_standard: ClassVar[bool] = True

    @classmethod
    def ways(cls, dated: DatedTable) -> list[str | None]:
        """One, in every table."""
        return [None]

    def values(self, rows: TimedRows) -> BlockColumn:
        """What makes its values."""
        return TraitScores(Trait(rows.seed, rows.table.id, rows.table.rows))

    @property
    def phrase(self) -> str:
        """Which trait it is."""
        return "the hidden trait of the row on which foreign keys depend, too"


class TraitScores:
    """A trait as normal scores."""

    def __init__(self, trait: Trait) -> None:
        self._trait = trait

    def block(self, index: int) -> Floats:
        """Scores of the rows of one block."""
        return normal_quantile(self._trait.block(index)).astype(np.float32)
