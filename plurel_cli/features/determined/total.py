"""The sum of a number over the rows with the same reference so far."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.determined import determined
from plurel_cli.features.determined.column import (
    Candidate,
    DeterminedColumn,
    Proposal,
    WrittenValues,
)
from plurel_cli.features.determined.running import Running
from plurel_cli.prose import listed, quoted
from plurel_cli.schema.variable import Naming, Variable


@determined.kind
class Total(DeterminedColumn):
    """The sum of a number over the rows with the same reference, up to this one."""

    kind: Literal["total"] = Field(default="total", description="Which way.")
    foreign_key: str = Field(description="The foreign key that it goes by.")

    @classmethod
    def proposals(cls, candidate: Candidate) -> list[Proposal]:
        """Each foreign key to many with each number, for a number."""
        keys = candidate.keys_to_many if candidate.is_number else []
        return [
            Proposal((name,), None, {"foreign_key": key})
            for key in keys
            for name in candidate.numbers
        ]

    def values(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""
        n_parents = written.referenced(self.foreign_key).rows
        return Running(written.keys(self.foreign_key), written.values(self.of[0]), n_parents)

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What determines it, in words."""
        return f"{super().words(table, name)} by {self.foreign_key}"

    def phrase(self, table: str, names: Naming) -> str:
        """What is summed up."""
        what = listed(map(names.name, self.reads(table)))
        return f"the running sum of {what} over the rows with the same {quoted(self.foreign_key)}"
