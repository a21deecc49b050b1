"""Numbers of a row among those of its parent: lines of an order, laps of a race."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.others import OthersLens, Seen
from plurel_cli.prose import quoted

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Sequence(OthersLens):
    """Which row of its parent's it is, counted in row order."""

    kind: Literal["sequence"] = Field(default="sequence", description="Which lens.")
    of: str | None = Field(
        default=None,
        description="The foreign key, by its column or the table that it refers to; by default the "
        "first one. Where it is null, so is the number.",
    )
    start: int = Field(default=1, ge=-(10**9), le=10**9, description="Number of the first row.")
    step: int = Field(default=1, ge=1, le=10**6, description="From one row to the next.")

    @property
    def type(self) -> LensType:
        """64-bit integers."""
        return "int64"

    def block(self, seen: Seen) -> pl.Series:
        """The numbers of the rows of one block."""
        import polars as pl

        turns = pl.Series(seen.turns(self.of))
        return turns.set(turns < 0, None) * self.step + self.start

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """A whole number of steps from the first."""
        yield (
            f"must be {self.start}, or some steps of {self.step} above it",
            (value < self.start) | ((value - self.start) % self.step != 0),
        )

    @property
    def phrase(self) -> str:
        """What it counts."""
        same = "parent" if self.of is None else quoted(self.of)
        return f"the number of the row among those of the same {same}"
