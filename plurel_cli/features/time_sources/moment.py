"""When in the window a row is."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.time_sources import time_sources
from plurel_cli.features.time_sources.source import Doubles, FunctionOfTime, TimedRows, Unkeyed


@time_sources.kind
class Moment(Unkeyed):
    """When in the window a row is."""

    kind: Literal["moment"] = Field(default="moment", description="Which.")

    def values(self, rows: TimedRows) -> BlockColumn:
        """What makes its values, from 0 to 1."""
        start = np.datetime64(rows.window.start, "ns").astype(np.int64)
        span = np.datetime64(rows.window.end, "ns").astype(np.int64) - start

        def moments(times: NDArray[np.int64]) -> Doubles:
            share: Doubles = (times - start) / span
            return share

        return FunctionOfTime(moments, rows.times)

    @property
    def phrase(self) -> str:
        """How late in the window it is."""
        return "the time of the row"
