"""A slow change about a middle."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field

from plurel_cli.features.drifts import drifts
from plurel_cli.features.drifts.drift import Doubles, Drift, WindowIntervals, inner_place
from plurel_cli.numerics.elementary import exp, log, tanhs
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.prose import percent

_STEEPEST, _WIDEST = 0.02, 2.0  # in windows


@drifts.kind
class Gradual(Drift):
    """A slow change about a middle: tanh((m − at) / width) at place m of the window."""

    kind: Literal["gradual"] = Field(default="gradual", description="Which way.")
    at: float = Field(description="The middle, as a share of the window.")
    width: float = Field(description="How long it takes, in windows.")

    @classmethod
    def drawn(cls, draws: Draws) -> Self:
        """Draw one, its width log-uniform."""
        at = inner_place(draws)
        width = exp(draws.between(log(_STEEPEST), log(_WIDEST)))
        return cls(at=at, width=width)

    def path(self, intervals: WindowIntervals, stream: Stream) -> Doubles:
        """Its value in every interval."""
        path: Doubles = tanhs((intervals.middles - self.at) / self.width)
        return path

    @property
    def phrase(self) -> str:
        """When and how fast."""
        return f"a gradual drift about {percent(self.at)} of the way through the window"
