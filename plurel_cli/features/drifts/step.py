"""A change at once."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field

from plurel_cli.features.drifts import drifts
from plurel_cli.features.drifts.drift import Doubles, Drift, WindowIntervals, inner_place
from plurel_cli.numerics.stream import Draws, Stream


@drifts.kind
class Step(Drift):
    """A change at once: 0, and 1 from the first cell on that has enough of the rows before it."""

    kind: Literal["step"] = Field(default="step", description="Which way.")
    at: float = Field(description="The share of the rows before it.")

    @classmethod
    def drawn(cls, draws: Draws) -> Self:
        """Draw one."""
        return cls(at=inner_place(draws))

    def path(self, cells: WindowIntervals, stream: Stream) -> Doubles:
        """Its value in every cell."""
        before = np.cumsum(cells.counts) - cells.counts
        return np.where(before >= self.at * int(np.cumsum(cells.counts)[-1]), 1.0, 0.0)
