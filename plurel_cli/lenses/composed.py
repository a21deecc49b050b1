"""What titles have in common: words of some lists in a pattern.

A list is the name of one of the package's, or its words in full. In a pattern `{0}` stands for a
word of the first list, and so on, each list once. A word is drawn by its weight.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.words.lists import word_list
from plurel_cli.words.slots import slots

BITS = 16
"""Of a slot of a list's words."""

MOST = 4
"""Lists that a random word of 64 bits draws from."""

WordsOf = str | Annotated[tuple[str, ...], Field(strict=False, min_length=1, max_length=10_000)]
"""The name of a list, or its words."""

_SIGN = re.compile(r"\{(\d+)\}")


@dataclass(frozen=True)
class Composition:
    """A pattern, taken apart.

    Attributes
    ----------
    order
        Numbers of the lists, as they come.
    before
        What stands before the word of each.
    after
        What stands after the last.
    """

    order: tuple[int, ...]
    before: tuple[str, ...]
    after: str

    def texts(self, words: Sequence[str], place: int) -> tuple[str, ...]:
        """Words with what stands around them.

        Parameters
        ----------
        words
            Words of the list at a place.
        place
            The place in the order.

        Returns
        -------
        tuple of str
        """
        after = self.after if place == len(self.order) - 1 else ""
        return tuple(self.before[place] + word + after for word in words)


def composition(pattern: str | None, n: int) -> Composition:
    """Take a pattern apart.

    Parameters
    ----------
    pattern
        The pattern; none for words that follow one another.
    n
        How many lists there are.

    Returns
    -------
    Composition

    Raises
    ------
    ValueError
        If it does not have each list once.

    Examples
    --------
    >>> composition("The {1} of {0}!", 2)
    Composition(order=(1, 0), before=('The ', ' of '), after='!')
    """
    if pattern is None:
        pattern = " ".join(f"{{{k}}}" for k in range(n))
    parts = _SIGN.split(pattern)
    order = tuple(map(int, parts[1::2]))
    if sorted(order) != list(range(n)):
        several = "{0}" if n == 1 else f"each of {{0}} to {{{n - 1}}}"
        raise ValueError(f"pattern must have {several} once, got {pattern!r}")
    return Composition(order=order, before=tuple(parts[:-1:2]), after=parts[-1])


def by_label(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """Settings of a title of a label, its map of lists in two: labels, and lists."""
    several = raw.get("words_by")
    if not isinstance(several, Mapping):
        return raw
    rest = {name: value for name, value in raw.items() if name != "words_by"}
    return {**rest, "labels": tuple(map(str, several)), "lists": tuple(several.values())}


def weighted(words: WordsOf) -> Mapping[str, float]:
    """Words of a list, each with its weight.

    Raises
    ------
    ValueError
        If there is no such list, or a word of it cannot be printed.
    """
    several = word_list(words) if isinstance(words, str) else dict.fromkeys(words, 1.0)
    if not all(word and word.isprintable() for word in several):
        raise ValueError("words must be printable, and none empty")
    return several


def word_slots(words: Mapping[str, float]) -> NDArray[np.int32]:
    """Number of the word of each slot of a list."""
    return slots([round(weight * 1e6) for weight in words.values()], BITS)
