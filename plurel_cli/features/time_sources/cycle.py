"""What comes round: the cosine of how far round a time is, from a phase on."""

from __future__ import annotations

from abc import abstractmethod
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.time_sources.source import Doubles, FunctionOfTime, TimedRows, Unkeyed
from plurel_cli.numerics.elementary import cosines
from plurel_cli.numerics.stream import Draws


class Cycle(Unkeyed):
    """The base of what comes round."""

    phase: float = Field(description="Where the cosine peaks, as a share of the cycle.")

    @classmethod
    def drawn(cls, foreign_key: str | None, instead: str, draws: Draws) -> Self:
        """Draw one, its phase uniform."""
        return cls(phase=draws.uniform(), instead=instead)

    @staticmethod
    @abstractmethod
    def turns(times: NDArray[np.int64]) -> Doubles:
        """How far round each time is, from 0 to 1."""

    def values(self, rows: TimedRows) -> BlockColumn:
        """What makes its values."""

        def cosine(times: NDArray[np.int64]) -> Doubles:
            turns = self.turns(times)
            turns -= self.phase
            return cosines(turns)

        return FunctionOfTime(cosine, rows.times)
