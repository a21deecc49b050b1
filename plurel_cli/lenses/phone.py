"""Phone numbers, with the prefix of the country.

Where a country has numbers set aside for fiction, as the United States, Great Britain, Germany and
France have, it is one of these; elsewhere numbers are random, and may be in use.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.lenses import lenses
from plurel_cli.lenses.patterns import DIGITS, Patterns
from plurel_cli.lenses.rows import GroupLens, Identity, bits
from plurel_cli.lenses.shared import drawn_countries
from plurel_cli.words.places import places

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class Phone(GroupLens):
    """Phone numbers of the row's country."""

    kind: Literal["phone"] = Field(default="phone", description="Which lens.")

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The number of each row."""
        patterns, begin, n = _tables()
        country = drawn_countries(identity, self.group, index)
        pick = bits(identity.stream.child("pattern").generator(index).words(len(country)), 0, 16)
        which = begin.take(country) + (pick * n.take(country) >> 16)
        return patterns.random(which, identity.stream.generator(index))

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The form."""
        yield (
            "must be a phone number, as in +44 20 7946 0123",
            ~value.str.contains(r"^\+[0-9]{1,3} [0-9][0-9 -]{4,15}[0-9]$"),
        )


@lru_cache(1)
def _tables() -> tuple[Patterns, NDArray[np.int64], NDArray[np.int64]]:
    """Patterns, country by country; where those of each begin, and how many there are."""
    several = [country.numbers for country in places().countries]
    n = np.array([len(numbers) for numbers in several])
    texts = [
        f"{country.prefix} {number}" for country in places().countries for number in country.numbers
    ]
    return Patterns(texts, {"#": DIGITS, "%": DIGITS[2:]}), np.cumsum(n) - n, n
