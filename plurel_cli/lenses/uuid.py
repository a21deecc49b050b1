"""Universally unique identifiers."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal

import numpy as np
from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.rows import Identity, RowLens, bits, gathered, joined, row_numbers, row_words
from plurel_cli.numerics.permutation import Permutation

if TYPE_CHECKING:
    import polars as pl

_FORM = "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$"


@lenses.kind
class Uuid(RowLens):
    """Identifiers of 32 hexadecimal digits, of version 4.

    Notes
    -----
    62 of the 122 free bits are the row's number, permuted among all integers below 2⁶², so that
    none comes twice in any number of rows; the others are random.
    """

    kind: Literal["uuid"] = Field(default="uuid", description="Which lens.")
    unique: bool = Field(default=True, description="Whether no two rows have the same value.")

    can_be_unique: ClassVar[bool] = True

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The identifiers of its rows."""
        order = Permutation(1 << 62, identity.stream.child("order"))
        number = order.of(row_numbers(identity, index)).view(np.uint64)
        word = row_words(identity, index)
        plain, ended, version, variant = _tables()
        return joined(
            [
                gathered(plain, bits(number, 0, 16)),
                gathered(ended, bits(number, 16, 16)),
                gathered(ended, bits(number, 32, 16)),
                gathered(version, bits(number, 48, 12)),
                gathered(variant, bits(number, 60, 2) << 12 | bits(word, 48, 12)),
                *(gathered(plain, bits(word, first, 16)) for first in (0, 16, 32)),
            ]
        )

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The form."""
        yield "must be a UUID of version 4, in small letters", ~value.str.contains(_FORM)


@lru_cache(1)
def _tables() -> tuple[pl.Series, pl.Series, pl.Series, pl.Series]:
    """Four digits; four and a hyphen; those of the version; those of the variant."""
    import polars as pl

    texts = [f"{k:04x}" for k in range(1 << 16)]
    plain = pl.Series(texts)
    ended = plain + "-"
    return plain, ended, ended[4 << 12 : 5 << 12], ended[8 << 12 : 12 << 12]
