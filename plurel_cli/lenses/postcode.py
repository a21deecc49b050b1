"""Postcodes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.patterns import DIGITS, LETTERS, Patterns
from plurel_cli.lenses.rows import GroupLens, Identity
from plurel_cli.lenses.shared import drawn_places
from plurel_cli.words.places import places

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Postcode(GroupLens):
    """Postcodes such as there are in the row's city; zeros where a country has none."""

    kind: Literal["postcode"] = Field(default="postcode", description="Which lens.")

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The postcode of each row."""
        which = drawn_places(identity, self.group, index)
        return _patterns().random(which, identity.stream.generator(index))

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """Digits and capital letters."""
        yield "must be a postcode", ~value.str.contains("^[0-9A-Z][0-9A-Z -]{1,10}[0-9A-Z]$")


@lru_cache(1)
def _patterns() -> Patterns:
    return Patterns(places().postcode, {"#": DIGITS, "@": LETTERS})
