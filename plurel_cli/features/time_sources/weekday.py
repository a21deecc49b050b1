"""The day of the week."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.features.time_sources import time_sources
from plurel_cli.features.time_sources.cycle import Cycle
from plurel_cli.features.time_sources.source import DAY, Doubles

_MONDAY = 3  # days from the one before 1970-01-01, a Thursday, back to a Monday


@time_sources.kind
class Weekday(Cycle):
    """The day of the week."""

    kind: Literal["weekday"] = Field(default="weekday", description="Which.")

    @staticmethod
    def turns(times: NDArray[np.int64]) -> Doubles:
        """How far round each time is, from 0 to 1."""
        return ((times // DAY + _MONDAY) % 7) / 7.0
