"""Yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Self

from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.lenses import ColumnSite, LensType, lenses
from plurel_cli.lenses.labels import CategoryLens
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import percent

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Flag(CategoryLens):
    """Yes or no."""

    kind: Literal["flag"] = Field(default="flag", description="Which lens.")
    true: float | None = Field(
        default=None, gt=0, lt=1, description="Share of yes; drawn where it is left out."
    )

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """In YAML, a plain `true` is no text, not even as the name of a setting."""
        return {"true" if str(key) == "True" else key: value for key, value in raw.items()}

    @property
    def type(self) -> LensType:
        """Booleans."""
        return "boolean"

    @property
    def categories(self) -> int:
        """No and yes."""
        return 2

    @property
    def shares(self) -> Sequence[float] | None:
        """Share of no, and of yes."""
        return None if self.true is None else (1.0 - self.true, self.true)

    def completed(self, place: ColumnSite, stream: Stream) -> Self:
        """The share of the rarer value is log-uniform from 0.5 to 50 %; mostly that is yes."""
        if self.true is not None:
            return self
        draws = stream.child("true").draws()
        share = log_between(draws, 0.005, 0.5)
        return self.but(true=share if draws.chance(0.75) else 1.0 - share)

    def series(self, name: str, values: NDArray[Any]) -> pl.Series:
        """As booleans."""
        import polars as pl

        series = pl.Series(name, values > 0)
        empty = values < 0
        return series.set(pl.Series(empty), None) if empty.any() else series

    @property
    def held_values(self) -> str:
        """Yes or no."""
        return "true or false"

    def held(self, value: float | str | bool) -> float | None:
        """1 for yes, 0 for no."""
        return float(value) if isinstance(value, bool) or value in (0, 1) else None

    def without_shape(self) -> Self:
        """The lens without how often it is yes."""
        return self.but(true=None)

    @property
    def phrase(self) -> str:
        """How often it is yes."""
        if self.true is None:
            return "yes or no"
        return f"yes with a weight of {percent(self.true)}, else no"
