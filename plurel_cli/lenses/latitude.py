"""Degrees north of the equator."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.coordinates import CoordinateLens
from plurel_cli.lenses.rows import Identity, row_words
from plurel_cli.lenses.shared import drawn_places
from plurel_cli.words.places import places

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Latitude(CoordinateLens):
    """Latitudes of points in or near the row's city."""

    kind: Literal["latitude"] = Field(default="latitude", description="Which lens.")

    most: ClassVar[int] = 90

    def block(self, identity: Identity, index: int) -> pl.Series:
        """Degrees with five decimals."""
        centre = places().latitude.take(drawn_places(identity, self.group, index))
        return self.near(centre, row_words(identity, index))
