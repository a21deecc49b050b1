"""A column that others determine exactly, as they are written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal, Self

from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.determined import AnyDetermined
from plurel_cli.features.determined.column import DeterminedColumn, FitSample, WrittenValues
from plurel_cli.features.roles import roles
from plurel_cli.features.roles.node import NodeOfColumns
from plurel_cli.schema.variable import Naming, Variable


@roles.kind
class DeterminedNode(NodeOfColumns):
    """Determined exactly by other columns; nothing depends on such a node."""

    role: Literal["determined"] = Field(default="determined", description="What it is.")
    determined: AnyDetermined = Field(description="How.")

    @property
    def _way(self) -> DeterminedColumn:
        assert isinstance(self.determined, DeterminedColumn)  # noqa: S101 (as all that are drawn)
        return self.determined

    def reads(self, table: str) -> tuple[Variable, ...]:
        """The columns that determine it."""
        return self.determined.reads(table)

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What determines it, in words."""
        return self.determined.words(table, name)

    def told(self, words: str, causes: Sequence[str]) -> str:
        """What it is equal to."""
        return f"= {words}"

    def fitted(self, sample: FitSample) -> Self:
        """The node with what the reference sample decides."""
        return self.but(determined=self._way.fitted(sample))

    def written(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""
        return self._way.values(written)

    def phrase(self, table: str, names: Naming, causes: Sequence[str]) -> str:
        """What it is equal to."""
        return self.determined.phrase(table, names)
