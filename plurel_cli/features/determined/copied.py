"""What a referenced row has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.determined import determined
from plurel_cli.features.determined.column import (
    Candidate,
    DeterminedColumn,
    Floats,
    Labels,
    Proposal,
    WrittenValues,
    n_written,
)
from plurel_cli.features.determined.lookup import lookup_entries, with_null
from plurel_cli.prose import listed, quoted
from plurel_cli.schema.variable import Naming, Variable


@determined.kind
class Copied(DeterminedColumn):
    """What a referenced row has; a category of more values through a lookup."""

    kind: Literal["copied"] = Field(default="copied", description="Which way.")
    foreign_key: str = Field(description="The foreign key to that row.")
    table: str = Field(description="The table referred to, whose nodes `of` names.")

    @classmethod
    def proposals(cls, candidate: Candidate) -> list[Proposal]:
        """Each column of each referenced table that is of this kind and has as many values."""
        column = candidate.column
        return [
            Proposal((other.name,), parent, {"foreign_key": key.name, "table": parent})
            for key in candidate.table.foreign_keys
            if not key.to_self
            for parent in [str(key.references)]
            for other in candidate.free[parent]
            if (other.categories is None) == candidate.is_number
            and (column.categories is None or n_written(other) >= column.categories)
        ]

    def reads(self, table: str) -> tuple[Variable, ...]:
        """The column of the referenced table."""
        return super().reads(self.table)

    def values(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""
        whole, column = written.whole(self.of[0], self.table), written.column
        if column.categories is not None:
            n = n_written(written.column_of(self.of[0], self.table))
            if n != column.categories:
                entries = with_null(lookup_entries(column, n, written.stream.child("entries")))
                whole = entries.take(np.minimum(whole, n - 1))
        return OfReferenced(whole, written.keys(self.foreign_key))

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What determines it, in words."""
        names = ", ".join(map(name, self.reads(table)))
        return f"{self.kind}: {names} of {self.table} by {self.foreign_key}"

    def phrase(self, table: str, names: Naming) -> str:
        """From where it is copied."""
        what = listed(map(names.name, self.reads(table)))
        return f"{what} of the row that {quoted(self.foreign_key)} refers to"


class OfReferenced:
    """What a referenced row has.

    Parameters
    ----------
    whole
        Written values of the referenced table's column, with null as a last one beside them.
    keys
        The references; one below 0 is nobody's.
    """

    def __init__(self, whole: Floats | Labels, keys: BlockColumn) -> None:
        self._whole, self._keys = whole, keys

    def block(self, index: int) -> Floats | Labels:
        """Values of one block of rows."""
        values: Floats | Labels = self._whole.take(np.maximum(self._keys.block(index), -1))
        return values
