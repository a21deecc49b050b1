"""Numbers that count the rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.rows import Identity, RowLens, row_numbers

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Serial(RowLens):
    """Numbers that count the rows, such as those of invoices."""

    kind: Literal["serial"] = Field(default="serial", description="Which lens.")
    unique: bool = Field(default=True, description="Whether no two rows have the same value.")
    start: int = Field(default=1, ge=-(10**15), le=10**15, description="Number of the first row.")
    step: int = Field(default=1, ge=1, le=10**6, description="From one row to the next.")

    can_be_unique: ClassVar[bool] = True

    @property
    def type(self) -> LensType:
        """64-bit integers."""
        return "int64"

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The numbers of its rows."""
        import polars as pl

        return pl.Series(row_numbers(identity, index) * self.step + self.start)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """A whole number of steps from the first."""
        yield (
            f"must be {self.start}, or some steps of {self.step} above it",
            (value < self.start) | ((value - self.start) % self.step != 0),
        )
