"""A walk from week to week."""

from __future__ import annotations

import math
from typing import Literal, Self

import numpy as np
from pydantic import Field

from plurel_cli.features.drifts import drifts
from plurel_cli.features.drifts.drift import Doubles, Drift, WindowIntervals
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.prose import number
from plurel_cli.temporal.autoregression import filtered

_WEEK_DAYS = 7
_LOOSEST, _STEADIEST = 0.5, 0.95


@drifts.kind
class Local(Drift):
    """Normal numbers a week apart, each correlated with the one before, and lines between."""

    kind: Literal["local"] = Field(default="local", description="Which way.")
    persistence: float = Field(description="Correlation from week to week.")

    @classmethod
    def drawn(cls, draws: Draws) -> Self:
        """Draw one."""
        return cls(persistence=draws.between(_LOOSEST, _STEADIEST))

    def path(self, intervals: WindowIntervals, stream: Stream) -> Doubles:
        """Its value in every interval."""
        weeks = intervals.days / _WEEK_DAYS
        steps = stream.generator().standard_normal(int(weeks[-1]) + 2)
        steps[1:] *= math.sqrt(1.0 - self.persistence * self.persistence)
        path, week = filtered(steps, self.persistence), weeks.astype(np.intp)
        left = path.take(week)
        return left + (weeks - week) * (path.take(week + 1) - left)

    @property
    def phrase(self) -> str:
        """How steady it is."""
        return f"a walk from week to week (correlation {number(self.persistence)})"
