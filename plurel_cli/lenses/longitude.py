"""Degrees east of Greenwich."""

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
class Longitude(CoordinateLens):
    """Longitudes of points in or near the row's city."""

    kind: Literal["longitude"] = Field(default="longitude", description="Which lens.")

    most: ClassVar[int] = 180

    def block(self, identity: Identity, index: int) -> pl.Series:
        """Degrees with five decimals."""
        centre = places().longitude.take(drawn_places(identity, self.group, index))
        return self.near(centre, row_words(identity, index))
