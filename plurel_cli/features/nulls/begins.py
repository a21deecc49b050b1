"""Nulls before the date at which a column begins."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.blocks.column import block_rows
from plurel_cli.choices.choice import Choice
from plurel_cli.features.nulls import NullRecord, null_reasons
from plurel_cli.features.nulls.reason import Group, NullColumn, NullReason, NullRows
from plurel_cli.features.nulls.settings import MissingConfig
from plurel_cli.numerics.shares import floor_share
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import percent
from plurel_cli.schema.variable import Naming, Variable


@null_reasons.kind
class Begins(NullReason):
    """Before the row at which the column begins, in a timed table."""

    kind: Literal["begins"] = Field(default="begins", description="Why.")
    first: int = Field(description="Row at which the column begins.")

    @classmethod
    def p(cls, settings: MissingConfig) -> Choice[float]:
        """Its probability, which each table draws."""
        return settings.begins

    @classmethod
    def drawn(
        cls, group: Group, p: float, stream: Stream, before: NullRecord | None
    ) -> Self | None:
        """Draw whether it takes a group over."""
        if not (group.n_timed and stream.draws().chance(p)):
            return None
        first = floor_share(group.share, group.n_timed)
        return cls(share=group.share, group=group.number, first=first)

    def rows(self, column: NullColumn) -> NullRows:
        """Which rows are null."""
        return RowsBefore(self.first, column.n_rows)

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """Which rows, in words."""
        return f"{self.share:.0%}, those before row {self.first}"

    def phrase(self, table: str, names: Naming) -> str:
        """Since when it is there."""
        return f"in {percent(self.share)} of rows, those before row {self.first:,}"


class RowsBefore:
    """Null rows of a column that begins later.

    Parameters
    ----------
    first
        The first row that is not null.
    n_rows
        Rows of the table.
    """

    def __init__(self, first: int, n_rows: int) -> None:
        self._first, self._n_rows = first, n_rows

    def block(self, index: int) -> NDArray[np.bool_]:
        """Whether each row of a block is null."""
        rows: NDArray[np.bool_] = np.arange(*block_rows(index, self._n_rows)) < self._first
        return rows
