"""Rows of any table, by their primary key: references that no order of the tables could have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.others import OthersLens, Seen
from plurel_cli.numerics.permutation import permuted_within
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.prose import quoted

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Link(OthersLens):
    """A row of a table, by its primary key, whichever table that is: for references in a circle."""

    kind: Literal["link"] = Field(default="link", description="Which lens.")
    unique: bool = Field(default=False, description="Whether no two rows have the same value.")
    to: str = Field(description="The table, which may be one that refers to this one.")

    can_be_unique: ClassVar[bool] = True

    @property
    def type(self) -> LensType:
        """64-bit integers."""
        return "int64"

    @property
    def refers_to(self) -> str:
        """The table that is stated."""
        return self.to

    def block(self, seen: Seen) -> pl.Series:
        """A row each, every one as likely."""
        import polars as pl

        edges = seen.edges(self.to)
        n = edges[-1]
        if self.unique:
            first = seen.index * BLOCK_ROWS
            numbers = np.arange(first, first + seen.n, dtype=np.int64)
            start, other = seen.edges()[-2], edges[-2]  # of the rows that came last
            numbers = np.where(numbers >= start, numbers + (other - start), numbers)
            return pl.Series(permuted_within(edges, numbers, seen.stream.child("order")))
        return pl.Series((seen.stream.generator(seen.index).random(seen.n) * n).astype(np.int64))

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The number of a row."""
        yield "must be the number of a row", value < 0

    @property
    def phrase(self) -> str:
        """Whose rows it shows."""
        return f"the primary key of a row of {quoted(self.to)}, any one"
