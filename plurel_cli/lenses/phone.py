"""Phone numbers, with the prefix of the country.

Where a country has numbers set aside for fiction, as the United States, Great Britain, Germany and
France have, it is one of these; elsewhere numbers are random, and may be in use. There are too few
of the former for a table of unique ones: these have 555 after the prefix, and a permuted number.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.errors import ConfigError, Problem
from plurel_cli.lenses import ColumnSite, lenses
from plurel_cli.lenses.patterns import DIGITS, Patterns
from plurel_cli.lenses.rows import (
    GroupLens,
    Identity,
    bits,
    gathered,
    joined,
    row_numbers,
    row_words,
)
from plurel_cli.lenses.shared import drawn_countries
from plurel_cli.numerics.permutation import Permutation
from plurel_cli.numerics.stream import Stream
from plurel_cli.words.places import places

if TYPE_CHECKING:
    import polars as pl


UNIQUE = 10**8
"""Unique numbers that there are."""


@lenses.kind
class Phone(GroupLens):
    """Phone numbers of the row's country."""

    kind: Literal["phone"] = Field(default="phone", description="Which lens.")

    can_be_unique: ClassVar[bool] = True

    def completed(self, place: ColumnSite, stream: Stream) -> Self:
        """Refused where the table has more rows than there are unique numbers."""
        if self.unique and place.rows > UNIQUE:
            rule = f"must be for at most {UNIQUE} rows to be unique"
            where = f"tables.{place.table}.columns.{place.column}"
            raise ConfigError([Problem(where, rule, place.rows, "leave out unique")])
        return self

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The number of each row."""
        patterns, begin, n = _tables()
        country = drawn_countries(identity, self.group, index)
        if self.unique:
            order = Permutation(UNIQUE, identity.stream.child("order"))
            halves = np.divmod(order.of(row_numbers(identity, index)), 10_000)
            prefixes, digits = _unique_tables()
            return joined([gathered(prefixes, country), *(gathered(digits, h) for h in halves)])
        pick = bits(row_words(identity, index, identity.stream.child("pattern")), 0, 16)
        which = begin.take(country) + (pick * n.take(country) >> 16)
        return patterns.random(which, identity.stream.generator(index))

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """The form."""
        yield (
            "must be a phone number, as in +44 20 7946 0123",
            ~value.str.contains(r"^\+[0-9]{1,3} [0-9][0-9 -]{4,15}[0-9]$"),
        )


@lru_cache(1)
def _unique_tables() -> tuple[pl.Series, pl.Series]:
    """What numbers of each country begin with, and four digits after a space."""
    import polars as pl

    prefixes = [f"{country.prefix} 555" for country in places().countries]
    return pl.Series(prefixes), pl.Series([f" {k:04}" for k in range(10_000)])


@lru_cache(1)
def _tables() -> tuple[Patterns, NDArray[np.int64], NDArray[np.int64]]:
    """Patterns, country by country; where those of each begin, and how many there are."""
    several = [country.numbers for country in places().countries]
    n = np.array([len(numbers) for numbers in several])
    texts = [
        f"{country.prefix} {number}" for country in places().countries for number in country.numbers
    ]
    return Patterns(texts, {"#": DIGITS, "%": DIGITS[2:]}), np.cumsum(n) - n, n
