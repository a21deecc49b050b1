"""How long ago a row's referenced row was."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.time_sources import time_sources
from plurel_cli.features.time_sources.keyed import Keyed
from plurel_cli.features.time_sources.source import DatedTable, Doubles, TimedRows, log_days


@time_sources.kind
class Age(Keyed):
    """The logarithm of how long ago a row's referenced row was, in days."""

    kind: Literal["age"] = Field(default="age", description="Which.")

    @classmethod
    def ways(cls, dated: DatedTable) -> list[str | None]:
        """Each foreign key to many rows that have times."""
        return [
            key for key in super().ways(dated) if dated.referenced(str(key)).time_column is not None
        ]

    def values(self, rows: TimedRows) -> BlockColumn:
        """What makes its values."""
        of_parents = rows.all_times(rows.referenced(self.foreign_key))
        return _Ages(rows.times, rows.keys(self.foreign_key), of_parents)


class _Ages:
    def __init__(self, times: BlockColumn, keys: BlockColumn, of_parents: NDArray[Any]) -> None:
        self._times, self._keys, self._of_parents = times, keys, of_parents

    def block(self, index: int) -> Doubles:
        keys = self._keys.block(index)
        age = log_days(self._times.block(index) - self._of_parents.take(np.maximum(keys, 0)))
        age[keys < 0] = np.nan
        return age
