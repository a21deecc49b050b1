"""Real numbers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.families import drawn_marginal
from plurel_cli.lenses.numbers import NumberLens
from plurel_cli.marginals import Marginal
from plurel_cli.numerics.stream import Draws

if TYPE_CHECKING:
    import polars as pl


class RealLens(NumberLens):
    """The base of lenses on real numbers."""

    @property
    def type(self) -> LensType:
        """64-bit floats."""
        return "float64"

    def drawn(self, draws: Draws) -> Marginal:
        """Measures as real databases have them."""
        return drawn_marginal(draws, whole=False)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """Finite, and what a number must be."""
        yield "must be finite", ~value.is_finite()
        for text, broken in super().rules(value):
            yield text, broken & value.is_finite()

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """As they are."""
        import polars as pl

        return pl.Series(name, values, nan_to_null=True)


@lenses.kind
class Number(RealLens):
    """Real numbers: measures of all kinds."""

    kind: Literal["number"] = Field(default="number", description="Which lens.")
