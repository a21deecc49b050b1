"""A change at once."""

from __future__ import annotations

from typing import Literal, Self

import numpy as np
from pydantic import Field

from plurel_cli.features.drifts import drifts
from plurel_cli.features.drifts.drift import Doubles, Drift, WindowIntervals, inner_place
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.prose import percent


@drifts.kind
class Step(Drift):
    """A change at once: 0, and 1 from the first interval that has enough of the rows before it."""

    kind: Literal["step"] = Field(default="step", description="Which way.")
    at: float = Field(description="The share of the rows before it.")

    @classmethod
    def drawn(cls, draws: Draws) -> Self:
        """Draw one."""
        return cls(at=inner_place(draws))

    def path(self, intervals: WindowIntervals, stream: Stream) -> Doubles:
        """Its value in every interval."""
        before = np.cumsum(intervals.counts) - intervals.counts
        return np.where(before >= self.at * int(np.cumsum(intervals.counts)[-1]), 1.0, 0.0)

    @property
    def phrase(self) -> str:
        """When."""
        return f"a step after {percent(self.at)} of the rows"
