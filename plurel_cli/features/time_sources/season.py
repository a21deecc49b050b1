"""The day of the year."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.features.time_sources import time_sources
from plurel_cli.features.time_sources.cycle import Cycle
from plurel_cli.features.time_sources.source import DAY, Doubles

_YEAR_DAYS = 365.2425


@time_sources.kind
class Season(Cycle):
    """The day of the year."""

    kind: Literal["season"] = Field(default="season", description="Which.")

    @staticmethod
    def turns(times: NDArray[np.int64]) -> Doubles:
        """How far round each time is, from 0 to 1."""
        days = times // DAY
        years = days.astype("datetime64[D]").astype("datetime64[Y]")
        return (days - years.astype("datetime64[D]").astype(np.int64)) / _YEAR_DAYS
