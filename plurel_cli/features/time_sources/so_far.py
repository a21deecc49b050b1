"""The logarithm of how many rows with the same reference there were before."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.time_sources import time_sources
from plurel_cli.features.time_sources.history import so_far
from plurel_cli.features.time_sources.keyed import Keyed
from plurel_cli.features.time_sources.source import TimedRows, WholeColumn


@time_sources.kind
class SoFar(Keyed):
    """The logarithm of how many rows with the same reference there were before."""

    kind: Literal["so_far"] = Field(default="so_far", description="Which.")

    def values(self, rows: TimedRows) -> BlockColumn:
        """What makes its values."""
        key = self.foreign_key
        keys, n_parents = rows.keys(key), rows.referenced(key).rows
        passed = rows.kept(
            (self.kind, key),
            lambda: np.concatenate(list(so_far(keys, rows.times, rows.table.rows, n_parents))),
        )
        return WholeColumn(passed)
