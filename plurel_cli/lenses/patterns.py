"""Texts of a pattern, such as codes, postcodes and phone numbers.

Signs of a pattern stand for characters of an alphabet. A pattern is cut into pieces of at most ten
thousand texts each, which are written out once; a text is then a few gathered pieces put together.
Which pieces is random, or it is the digits of a number in the mixed base of their sizes, so that
different numbers have different texts.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses.rows import Numbers, gathered, joined
from plurel_cli.numerics.generator import Generator
from plurel_cli.schema.record import remembered

if TYPE_CHECKING:
    import polars as pl

DIGITS = "0123456789"

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

LARGEST = 10_000
"""Texts of a piece."""

Tokens = tuple[str, ...]
"""Of each character of a text, the characters that it may be."""


def parsed(pattern: str, alphabets: Mapping[str, str]) -> Tokens:
    r"""Of each character of a text, the characters that it may be.

    Parameters
    ----------
    pattern
        The pattern; what follows a backslash stands for itself.
    alphabets
        Signs, each with what it stands for.

    Returns
    -------
    tuple of str

    Raises
    ------
    ValueError
        If it ends with a backslash.

    Examples
    --------
    >>> parsed(r"A\#%", {"#": "0123456789", "%": "01"})
    ('A', '#', '01')
    """
    tokens = []
    characters = iter(pattern)
    for character in characters:
        if character == "\\":
            literal = next(characters, None)
            if literal is None:
                raise ValueError("must not end with a backslash; two stand for one")
            tokens.append(literal)
        else:
            tokens.append(alphabets.get(character, character))
    return tuple(tokens)


def pieces(tokens: Tokens) -> list[Tokens]:
    """A pattern, cut into pieces of at most `LARGEST` texts; literals before all signs are one.

    Examples
    --------
    >>> pieces(("A", "-", "01", "01"))
    [('A', '-'), ('01', '01')]
    """
    first = next((k for k, token in enumerate(tokens) if len(token) > 1), len(tokens))
    several, last = ([tokens[:first]] if first else []), list[str]()
    for token in tokens[first:]:
        if last and len(token) > 1 and prod(map(len, last)) * len(token) > LARGEST:
            several.append(tuple(last))
            last = []
        last.append(token)
    return [*several, tuple(last)] if last else several


class Patterns:
    """Some patterns, whose texts are made by the block.

    Parameters
    ----------
    several
        The patterns.
    alphabets
        Signs, each with what it stands for.
    """

    def __init__(self, several: Sequence[str], alphabets: Mapping[str, str]) -> None:
        self.tokens = tuple(parsed(pattern, alphabets) for pattern in several)
        cut = [pieces(tokens) for tokens in self.tokens]
        self._begins: dict[Tokens, int] = {(): 0}
        n = 1
        for piece in dict.fromkeys(piece for pattern in cut for piece in pattern):
            self._begins[piece] = n
            n += prod(map(len, piece))
        width = max(map(len, cut), default=0) or 1
        padded = [[*pattern, *[()] * (width - len(pattern))] for pattern in cut]
        self._begin = np.array([[self._begins[p] for p in row] for row in padded]).T
        self._size = np.array([[prod(map(len, p)) for p in row] for row in padded]).T

    @remembered
    def _table(self) -> pl.Series:
        import polars as pl

        texts = [""]
        for piece in self._begins:
            if piece:
                texts += map("".join, product(*piece))
        return pl.Series(texts)

    def capacity(self, pattern: int = 0) -> int:
        """How many texts a pattern has."""
        return prod(map(len, self.tokens[pattern]))

    def regex(self, pattern: int = 0) -> str:
        """A regular expression of the texts of a pattern."""
        return "^" + "".join(map(_class, self.tokens[pattern])) + "$"

    def random(self, which: NDArray[Any], generator: Generator) -> pl.Series:
        """A text of each of some patterns.

        Parameters
        ----------
        which
            Numbers of the patterns.
        generator
            Randomness.

        Returns
        -------
        Series
        """
        parts = []
        for begin, size in zip(self._begin, self._size, strict=True):
            numbers = begin.take(which)
            if int(size.max()) > 1:
                share = generator.halves(len(which)).astype(np.int64)
                numbers += (share * size.take(which)) >> 32
            parts.append(gathered(self._table, numbers))
        return joined(parts)

    def numbered(self, numbers: Numbers, generator: Generator) -> pl.Series:
        """Texts of the first pattern, different ones of different numbers.

        Parameters
        ----------
        numbers
            Integers from 0 to below the capacity, or 2⁶² if that is less.
        generator
            Randomness of pieces that the numbers do not reach to.

        Returns
        -------
        Series
        """
        parts = []
        capacity = 1
        rest = numbers
        for begin, size in zip(self._begin[::-1, 0], self._size[::-1, 0], strict=True):
            if capacity < 1 << 62:
                rest, digits = np.divmod(rest, size)
            else:
                digits = (generator.halves(len(numbers)).astype(np.int64) * size) >> 32
            capacity *= int(size)
            parts.append(gathered(self._table, begin + digits))
        return joined(parts[::-1])


def _class(token: str) -> str:
    if len(token) == 1:
        return re.escape(token)
    return f"[{re.escape(token)}]"
