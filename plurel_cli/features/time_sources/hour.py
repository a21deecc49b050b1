"""The hour of the day."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.features.time_sources import time_sources
from plurel_cli.features.time_sources.cycle import Cycle
from plurel_cli.features.time_sources.source import DAY, Doubles


@time_sources.kind
class Hour(Cycle):
    """The hour of the day."""

    kind: Literal["hour"] = Field(default="hour", description="Which.")

    @staticmethod
    def turns(times: NDArray[np.int64]) -> Doubles:
        """How far round each time is, from 0 to 1."""
        return (times % DAY) / DAY
