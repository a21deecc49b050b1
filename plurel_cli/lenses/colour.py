"""Colours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.rows import GroupLens, Identity, bits, gathered, row_words
from plurel_cli.words.colours import colours
from plurel_cli.words.slots import slots, zipf

if TYPE_CHECKING:
    import polars as pl

_BITS = 12


@lenses.kind
class Colour(GroupLens):
    """Names of colours, or what they look like."""

    kind: Literal["colour"] = Field(default="colour", description="Which lens.")
    style: Literal["name", "hex"] = Field(
        default="name", description="A name, or its `#rrggbb`; those of a group agree."
    )

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The colour of each row."""
        names, values, colour_slots = _tables()
        words = row_words(identity, index, identity.shared(self.group).child("colour"))
        table = names if self.style == "name" else values
        return gathered(table, colour_slots.take(bits(words, 0, _BITS)))

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """A colour that there is."""
        names, values, _ = _tables()
        table = names if self.style == "name" else values
        yield "must be a colour of the package's list", ~value.is_in(table.implode())


@lru_cache(1)
def _tables() -> tuple[pl.Series, pl.Series, NDArray[np.int32]]:
    import polars as pl

    names, values = list(colours()), list(colours().values())
    return pl.Series(names), pl.Series(values), slots(zipf(len(names)), _BITS)
