"""Titles: names that are composed of lists of words.

A random title takes a word of each list by its weight. Unique ones are those of the permuted
numbers of rows; where there are fewer titles than rows, or two lists can make the same title in
different ways, numbers follow them.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain, count, product
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.lenses import lenses
from plurel_cli.lenses.composed import (
    BITS,
    MOST,
    Composition,
    WordsOf,
    by_label,
    composition,
    weighted,
    word_slots,
)
from plurel_cli.lenses.rows import (
    Identity,
    Numbers,
    RowLens,
    bits,
    gathered,
    joined,
    permuted,
    row_numbers,
    row_words,
)
from plurel_cli.numerics.permutation import Permutation
from plurel_cli.schema.record import remembered

if TYPE_CHECKING:
    import polars as pl

WRITTEN_OUT = 1 << 17
"""Up to so many titles are written out, so that none is there twice."""


@lenses.kind
class Title(RowLens):
    """Names of things, composed of words of some lists."""

    kind: Literal["title"] = Field(default="title", description="Which lens.")
    words: tuple[WordsOf, ...] = Field(
        strict=False,
        min_length=1,
        max_length=MOST,
        description="Lists of words, each by the name of one of the package's, or in full.",
    )
    pattern: str | None = Field(
        default=None,
        max_length=200,
        description="How a title is composed: `{0}` is a word of the first list. Left out, words "
        "follow one another.",
    )

    can_be_unique: ClassVar[bool] = True

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """A single list may stand by itself; with `of` it is a title of a label."""
        words = raw.get("words")
        raw = {**raw, "words": [words]} if isinstance(words, str) else raw
        return {**by_label(raw), "kind": "title_of"} if "of" in raw else raw

    @model_validator(mode="after")
    def _possible(self) -> Self:
        _ = self._texts
        return self

    @remembered
    def _composition(self) -> Composition:
        return composition(self.pattern, len(self.words))

    @remembered
    def _lists(self) -> tuple[Mapping[str, float], ...]:
        """Words and their weights, in the order in which a title has them."""
        return tuple(weighted(self.words[k]) for k in self._composition.order)

    @remembered
    def _texts(self) -> tuple[tuple[str, ...], ...]:
        """Words with what stands around them."""
        return tuple(
            self._composition.texts(list(words), place) for place, words in enumerate(self._lists)
        )

    @remembered
    def _tables(self) -> tuple[pl.Series, ...]:
        """Tables whose entries make titles; a single one of all titles, where it can be."""
        import polars as pl

        if self.unique and prod(map(len, self._texts)) <= WRITTEN_OUT:
            titles = dict.fromkeys(map("".join, product(*self._texts)))
            return (pl.Series(list(titles)),)
        return tuple(map(pl.Series, self._texts))

    @remembered
    def _slots(self) -> tuple[NDArray[np.int32], ...]:
        return tuple(map(word_slots, self._lists))

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The title of each row."""
        if self.unique:
            return self._unique_block(identity, index)
        words = row_words(identity, index)
        return joined(
            [
                gathered(table, entry.take(bits(words, k * BITS, BITS)))
                for k, (table, entry) in enumerate(zip(self._tables, self._slots, strict=True))
            ]
        )

    def _unique_block(self, identity: Identity, index: int) -> pl.Series:
        import polars as pl

        n = prod(map(len, self._tables))
        order = identity.stream.child("order")
        if len(self._tables) == 1 and identity.edges[1] <= n:
            again, place = np.divmod(row_numbers(identity, index), n)
            entry = Permutation(n, order).of(place)
            if identity.n_rows <= n:
                return gathered(self._tables[0], entry)
            numbers = entry + again * n
        else:
            numbers = permuted(identity, index, order)
        parts, rest = [], numbers
        for table in reversed(self._tables):
            rest, entry = np.divmod(rest, len(table))
            parts.append(gathered(table, entry))
        if len(self._tables) > 1:
            return joined([*reversed(parts), _texts_of(" ", numbers + 1)])
        after = _texts_of(self._mark, rest + 1).set(pl.Series(rest == 0), "")
        return joined([*parts, after])

    @remembered
    def _mark(self) -> str:
        """What stands before the number of a title that comes again, as in no title by itself."""
        (titles,) = self._tables
        marks = chain((" ", " No. "), (" " + "#" * n for n in count(1)))
        return next(mark for mark in marks if not titles.str.contains(rf"{mark}\d+$").any())


def _texts_of(mark: str, numbers: Numbers) -> pl.Series:
    import polars as pl

    return mark + pl.Series(numbers).cast(pl.String)
