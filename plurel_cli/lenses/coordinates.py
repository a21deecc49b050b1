"""What latitudes and longitudes have in common: a point in or near a city."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.lenses import LensType
from plurel_cli.lenses.rows import GroupLens, Numbers, Words, bits

if TYPE_CHECKING:
    import polars as pl


class CoordinateLens(GroupLens):
    """The base of lenses on where on earth a row is."""

    most: ClassVar[int]
    """Degrees that there are on either side of zero."""

    @property
    def type(self) -> LensType:
        """64-bit floats."""
        return "float64"

    def near(self, centre: Numbers, words: Words) -> pl.Series:
        """Degrees at most 0.08 from a city's centre, mostly less.

        Parameters
        ----------
        centre
            Hundredths of degrees.
        words
            A random word for each.

        Returns
        -------
        Series
            float64 with five decimals.
        """
        import polars as pl

        # The difference of two uniform integers: a triangle about zero.
        counts = centre * 1_000 + (bits(words, 0, 13) - bits(words, 13, 13))
        return pl.Series(counts / 100_000.0)

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """On earth."""
        yield f"must be from -{self.most} to {self.most} degrees", ~(value.abs() <= self.most)
