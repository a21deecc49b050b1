"""Codes of countries."""

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
class CountryCode(GroupLens):
    """Codes of countries, of two letters (ISO 3166)."""

    kind: Literal["country_code"] = Field(default="country_code", description="Which lens.")

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The code of each row's country."""
        return gathered(_names(), drawn_countries(identity, self.group, index))

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """A code that there is."""
        yield "must be a code of the package's list of countries", ~value.is_in(_names().implode())


@lru_cache(1)
def _names() -> pl.Series:
    import polars as pl

    return pl.Series([country.code for country in places().countries])
