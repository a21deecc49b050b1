"""Countries."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.rows import GroupLens, Identity, gathered
from plurel_cli.lenses.shared import drawn_countries
from plurel_cli.words.places import places

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class CountryName(GroupLens):
    """Names of countries."""

    kind: Literal["country"] = Field(default="country", description="Which lens.")

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The country of each row."""
        return gathered(_names(), drawn_countries(identity, self.group, index))

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """A country that there is."""
        yield "must be a country of the package's list", ~value.is_in(_names().implode())


@lru_cache(1)
def _names() -> pl.Series:
    import polars as pl

    return pl.Series([country.name for country in places().countries])
