"""The logarithm of the time since the last row with the same reference, in days."""

from __future__ import annotations

from typing import Literal

import numpy as np
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.time_sources import time_sources
from plurel_cli.features.time_sources.history import since_last
from plurel_cli.features.time_sources.keyed import Keyed
from plurel_cli.features.time_sources.source import TimedRows, WholeColumn


@time_sources.kind
class SinceLast(Keyed):
    """The logarithm of the time since the last row with the same reference, in days."""

    kind: Literal["since_last"] = Field(default="since_last", description="Which.")

    def values(self, rows: TimedRows) -> BlockColumn:
        """What makes its values."""
        key = self.foreign_key
        keys, n_parents = rows.keys(key), rows.referenced(key).rows
        passed = rows.kept(
            (self.kind, key),
            lambda: np.concatenate(list(since_last(keys, rows.times, rows.table.rows, n_parents))),
        )
        return WholeColumn(passed)
