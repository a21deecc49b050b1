"""Titles: names that are composed of lists of words.

A random title takes a word of each list by its weight. Unique ones are those of the permuted
numbers of rows; where there are fewer titles than rows, or two lists can make the same title in
different ways, numbers follow them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.lenses import lenses
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
from plurel_cli.words.lists import word_list
from plurel_cli.words.slots import slots

if TYPE_CHECKING:
    import polars as pl

MOST = 4
"""Lists that a title may be composed of."""

WRITTEN_OUT = 1 << 17
"""Up to so many titles are written out, so that none is there twice."""

_BITS = 16

_SIGN = re.compile(r"\{(\d+)\}")

List = str | Annotated[tuple[str, ...], Field(strict=False, min_length=1, max_length=10_000)]


@lenses.kind
class Title(RowLens):
    """Names of things, composed of words of some lists."""

    kind: Literal["title"] = Field(default="title", description="Which lens.")
    words: tuple[List, ...] = Field(
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
        """A single list may stand by itself."""
        words = raw.get("words")
        return {**raw, "words": [words]} if isinstance(words, str) else raw

    @model_validator(mode="after")
    def _possible(self) -> Self:
        numbers = sorted(int(sign) for sign in _SIGN.findall(self._pattern))
        if numbers != list(range(len(self.words))):
            raise ValueError(
                f"pattern must have each of {{0}} to {{{len(self.words) - 1}}} once, "
                f"got {self.pattern!r}"
            )
        if not all(word and word.isprintable() for words in self._lists for word in words):
            raise ValueError("words must be printable, and none empty")
        return self

    @remembered
    def _pattern(self) -> str:
        if self.pattern is not None:
            return self.pattern
        return " ".join(f"{{{k}}}" for k in range(len(self.words)))

    @remembered
    def _lists(self) -> tuple[Mapping[str, float], ...]:
        """Words and their weights, in the order in which a title has them."""
        lists = [
            word_list(words) if isinstance(words, str) else dict.fromkeys(words, 1.0)
            for words in self.words
        ]
        return tuple(lists[int(sign)] for sign in _SIGN.findall(self._pattern))

    @remembered
    def _texts(self) -> tuple[tuple[str, ...], ...]:
        """Words, each with what stands before it, and the last ones with what follows."""
        between = _SIGN.split(self._pattern)[::2]
        last = len(self._lists) - 1
        return tuple(
            tuple(between[k] + word + between[-1] * (k == last) for word in words)
            for k, words in enumerate(self._lists)
        )

    @remembered
    def _capacity(self) -> int:
        return prod(map(len, self._texts))

    @remembered
    def _tables(self) -> tuple[pl.Series, ...]:
        """Tables whose entries make titles; a single one of all titles, where it can be."""
        import polars as pl

        if self.unique and self._capacity <= WRITTEN_OUT:
            titles = dict.fromkeys(map("".join, product(*self._texts)))
            return (pl.Series(list(titles)),)
        return tuple(map(pl.Series, self._texts))

    @remembered
    def _slots(self) -> tuple[NDArray[np.int32], ...]:
        return tuple(
            slots([round(weight * 1e6) for weight in words.values()], _BITS)
            for words in self._lists
        )

    def block(self, identity: Identity, index: int) -> pl.Series:
        """The title of each row."""
        if self.unique:
            return self._unique_block(identity, index)
        words = row_words(identity, index)
        return joined(
            [
                gathered(table, entry.take(bits(words, k * _BITS, _BITS)))
                for k, (table, entry) in enumerate(zip(self._tables, self._slots, strict=True))
            ]
        )

    def _unique_block(self, identity: Identity, index: int) -> pl.Series:
        n = prod(map(len, self._tables))
        if len(self._tables) == 1 and identity.n_rows <= n:
            order = Permutation(n, identity.stream.child("order"))
            return gathered(self._tables[0], order.of(row_numbers(identity, index)))
        numbers = permuted(identity, index, identity.stream.child("order"))
        parts, rest = [], numbers
        for table in reversed(self._tables):
            rest, entry = np.divmod(rest, len(table))
            parts.append(gathered(table, entry))
        after = rest if len(self._tables) == 1 else numbers
        return joined([*reversed(parts), _counted(after)])


def _counted(numbers: Numbers) -> pl.Series:
    """Nothing for 0, and from 1 on what tells titles apart that are the same: 2, 3, …"""
    import polars as pl

    texts = " " + pl.Series(numbers + 1).cast(pl.String)
    return texts.set(pl.Series(numbers == 0), "")
