"""Objects of other columns, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Self

from pydantic import Field, model_validator

from plurel_cli.lenses import LensType, lenses
from plurel_cli.lenses.others import OthersLens, Seen

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Json(OthersLens):
    """An object of other columns of the row, as JSON."""

    kind: Literal["json"] = Field(default="json", description="Which lens.")
    of: tuple[str, ...] = Field(strict=False, description="The columns.")

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if not 1 <= len(self.of) <= 100 or len(set(self.of)) < len(self.of):
            raise ValueError("of must be 1 to 100 columns, each once")
        if self.unique:
            raise ValueError("unique must be left out: an object cannot be")
        return self

    @property
    def type(self) -> LensType:
        """Texts."""
        return "string"

    @property
    def reads(self) -> tuple[str, ...]:
        """The columns."""
        return self.of

    def block(self, seen: Seen) -> pl.Series:
        """An object a row."""
        import polars as pl

        fields = [seen.series(name).alias(name.rpartition(".")[2]) for name in self.of]
        several = pl.DataFrame(fields).to_struct("object")
        return several.struct.json_encode()
