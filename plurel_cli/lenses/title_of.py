"""Titles of a label: names whose last word comes from the list of another column's label."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.lenses import LensType, lenses
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
from plurel_cli.lenses.others import OthersLens, Seen
from plurel_cli.lenses.rows import bits, gathered, joined
from plurel_cli.schema.record import remembered

if TYPE_CHECKING:
    import polars as pl


@lenses.kind
class TitleOf(OthersLens):
    """Names of things of some kind, which a column of the row says: a word hangs on its label."""

    kind: Literal["title_of"] = Field(default="title_of", description="Which lens.")
    of: str = Field(description="The column whose label chooses a list.")
    labels: tuple[str, ...] = Field(
        strict=False, min_length=1, max_length=1_000, description="Labels that have a list."
    )
    lists: tuple[WordsOf, ...] = Field(strict=False, description="The list of each.")
    words: tuple[WordsOf, ...] = Field(
        default=(),
        strict=False,
        max_length=MOST - 1,
        description="Other lists of words, the same for all labels.",
    )
    pattern: str | None = Field(
        default=None,
        max_length=200,
        description="How a title is composed: `{0}` is a word of the first of `words`, the sign "
        "after that of the last is the label's word. Left out, or without that, the label's word "
        "is the last.",
    )

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """Lists are a map from labels, below `words_by`."""
        return by_label(raw)

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if len(self.lists) != len(self.labels) or len(set(self.labels)) < len(self.labels):
            raise ValueError("must have a list for each label, and each label once")
        _ = self._texts
        return self

    @property
    def type(self) -> LensType:
        """Texts."""
        return "string"

    @property
    def reads(self) -> tuple[str, ...]:
        """The column with the label."""
        return (self.of,)

    @remembered
    def _composition(self) -> Composition:
        n = len(self.words)
        sign = f"{{{n}}}"
        pattern = self.pattern
        if pattern is not None and sign not in pattern:
            pattern = f"{pattern} {sign}".lstrip()
        return composition(pattern, n + 1)

    @remembered
    def _texts(self) -> tuple[tuple[str, ...], ...]:
        """Words with what stands around them; those of labels one list after another."""
        n = len(self.words)
        labelled = [word for words in self.lists for word in weighted(words)]
        return tuple(
            self._composition.texts(labelled if k == n else list(weighted(self.words[k])), place)
            for place, k in enumerate(self._composition.order)
        )

    @remembered
    def _tables(self) -> tuple[pl.Series, ...]:
        import polars as pl

        return tuple(map(pl.Series, self._texts))

    @remembered
    def _slots(self) -> NDArray[np.int32]:
        """Number of the word of each slot, a row a label; in the last row all words are alike."""
        rows, first = [], 0
        for words in map(weighted, self.lists):
            rows.append(word_slots(words) + np.int32(first))
            first += len(words)
        every = word_slots(dict.fromkeys(map(str, range(first)), 1.0))
        return np.array([*rows, every])

    def block(self, seen: Seen) -> pl.Series:
        """A title a row; one of any label, where there is no list for the row's."""
        import polars as pl

        labels = seen.series(self.of).cast(pl.String)
        rows = {label: row for row, label in enumerate(self.labels)}
        row = labels.replace_strict(rows, default=len(rows), return_dtype=pl.Int64).to_numpy()
        words = seen.stream.generator(seen.index).words(seen.n)
        parts = []
        for place, k in enumerate(self._composition.order):
            slot = bits(words, k * BITS, BITS)
            if k == len(self.words):
                entry = self._slots.ravel().take((row << BITS) + slot)
            else:
                entry = word_slots(weighted(self.words[k])).take(slot)
            parts.append(gathered(self._tables[place], entry))
        return joined(parts)
