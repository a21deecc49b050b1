"""What a category of the same row looks up."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.determined import determined
from plurel_cli.features.determined.column import (
    Candidate,
    DeterminedColumn,
    Doubles,
    Floats,
    Labels,
    Proposal,
    WrittenValues,
    n_written,
)
from plurel_cli.features.determined.lensed import drawn_codes
from plurel_cli.numerics.elementary import exps
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import listed
from plurel_cli.schema.column import Feature
from plurel_cli.schema.variable import Naming

_PRICES = 6.907755278982137  # ln 1,000, over which the logarithms of looked up numbers spread


@determined.kind
class Lookup(DeterminedColumn):
    """What a category of the same row looks up, as a product has a price."""

    kind: Literal["lookup"] = Field(default="lookup", description="Which way.")

    through_lens: ClassVar[bool] = True

    @classmethod
    def proposals(cls, candidate: Candidate) -> list[Proposal]:
        """Each category that has as many values; none for a flag with a lens, to keep its share."""
        if candidate.column.lens is not None and candidate.column.type == "boolean":
            return []
        return [
            Proposal((column.name,))
            for column in candidate.columns
            if column.categories is not None
            and n_written(column) >= (candidate.column.categories or 2)
        ]

    def values(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""
        category = written.column_of(self.of[0])
        stream = written.stream.child("entries")
        n = n_written(category)
        entries: Floats | Doubles | Labels
        if written.column.lens is not None and written.column.categories is None:
            entries = drawn_codes(written.column, n, stream.generator())
        else:
            entries = lookup_entries(written.column, n, stream)
        return LookedUp(written.values(self.of[0]), entries, is_boolean=category.type == "boolean")

    def phrase(self, table: str, names: Naming) -> str:
        """By what it is looked up."""
        return f"what a fixed list has for {listed(map(names.name, self.reads(table)))}"


class LookedUp:
    """What a table has for a category.

    Parameters
    ----------
    category
        int32, −1 for null.
    entries
        One for each category.
    is_boolean
        Whether the category is written as whether it is above 0.
    """

    def __init__(
        self, category: BlockColumn, entries: Floats | Doubles | Labels, *, is_boolean: bool
    ) -> None:
        self._category, self._is_boolean = category, is_boolean
        self._entries = with_null(entries)

    def block(self, index: int) -> Floats | Doubles | Labels:
        """Entries of one block of rows."""
        categories = self._category.block(index)
        if self._is_boolean:
            categories = np.minimum(categories, 1)
        values: Floats | Doubles | Labels = self._entries.take(categories)
        return values


def lookup_entries(column: Feature, n: int, stream: Stream) -> Floats | Labels:
    """Draw what a column looks up for each of n categories.

    Parameters
    ----------
    column
        The column; where it is categorical, of at most n categories.
    n
        Categories of what it is looked up by.
    stream
        Randomness of this column alone.

    Returns
    -------
    ndarray
        float32, whole numbers spread evenly over their logarithms from 1 to 1,000; or int32,
        categories, each at least once.
    """
    generator = stream.generator()
    if column.categories is None:
        prices = np.rint(exps(_PRICES * generator.random(n)))
        return np.asarray(prices, dtype=np.float32)
    several = generator.integers(column.categories, size=n, dtype=np.int32)
    several[: column.categories] = np.arange(column.categories)
    generator.shuffle(several)
    return several


def with_null(entries: Floats | Doubles | Labels) -> Floats | Doubles | Labels:
    """The same with null as a last one, which −1 takes."""
    null: Any = np.int32(-1) if entries.dtype.kind == "i" else entries.dtype.type(np.nan)
    several: Floats | Doubles | Labels = np.append(entries, null)
    return several
