"""Lines of addresses: a street and the number of a house."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.rows import GroupLens, Identity, Numbers, bits, gathered, joined, row_words
from plurel_cli.lenses.shared import drawn_countries
from plurel_cli.words.places import places
from plurel_cli.words.streets import BITS, HOUSES, streets

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Address(GroupLens):
    """Streets and numbers of houses, as they are written in the row's country."""

    kind: Literal["address"] = Field(default="address", description="Which lens.")

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The line of each row; the product of two uniform numbers makes low houses common."""
        words = row_words(identity, index)
        language = _languages().take(drawn_countries(identity, self.group, index))
        house = (bits(words, 16, 16) * bits(words, 32, 16) * HOUSES) >> 32
        left, right = streets().drawn(language, bits(words, 0, BITS), house)
        table_left, table_right = _tables()
        return joined([gathered(table_left, left), gathered(table_right, right)])

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """A number and letters."""
        yield (
            "must be a street and a number",
            ~(value.str.contains(r"\p{L}") & value.str.contains("[0-9]")),
        )


@lru_cache(1)
def _languages() -> Numbers:
    """Of each country, the language of its streets."""
    languages = streets().languages
    return np.array([languages.index(country.streets) for country in places().countries])


@lru_cache(1)
def _tables() -> tuple[pl.Series, pl.Series]:
    import polars as pl

    return pl.Series(streets().left), pl.Series(streets().right)
