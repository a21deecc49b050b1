"""Whether people are women or men, as their names are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

import numpy as np
from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.rows import GroupLens, Identity, bits, gathered, row_words
from plurel_cli.lenses.shared import drawn_persons
from plurel_cli.words.people import people

if TYPE_CHECKING:
    import polars as pl

_BITS = 20


@lenses.kind
class Gender(GroupLens):
    """Whether the row's person is a woman or a man, as the person's name is."""

    kind: Literal["gender"] = Field(default="gender", description="Which lens.")
    female: str = Field(default="female", min_length=1, description="What is written of women.")
    male: str = Field(default="male", min_length=1, description="What is written of men.")
    other: str = Field(default="other", min_length=1, description="What is written of others.")
    others: float = Field(default=0.02, ge=0, le=1, description="Share of others.")

    def block(self, identity: Identity, index: int) -> pl.Series:
        """What is written of each row's person."""
        import polars as pl

        of_women = people().of_women.take(drawn_persons(identity, self.group, index).given)
        is_other = bits(row_words(identity, index), 0, _BITS) < self.others * (1 << _BITS)
        words = pl.Series([self.male, self.female, self.other])
        return gathered(words, np.where(is_other, 2, of_women.astype(np.int64)))

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """One of the three words."""
        words = [self.female, self.male, self.other]
        yield f"must be {self.female}, {self.male} or {self.other}", ~value.is_in(words)
