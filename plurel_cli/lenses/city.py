"""Cities."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.rows import GroupLens, Identity, gathered
from plurel_cli.lenses.shared import drawn_places
from plurel_cli.words.places import places

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class City(GroupLens):
    """Names of cities."""

    kind: Literal["city"] = Field(default="city", description="Which lens.")

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The city of each row."""
        return gathered(_names(), drawn_places(identity, self.group, index))

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """A city that there is."""
        yield "must be a city of the package's list", ~value.is_in(_names().implode())


@lru_cache(1)
def _names() -> pl.Series:
    import polars as pl

    return pl.Series(places().city)
