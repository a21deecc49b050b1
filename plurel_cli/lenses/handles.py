"""What people are called in computers: made of the letters of their names, and of digits.

A handle has one of some styles, drawn for the row, so that the user name and the e-mail address of
a person have the same. Its halves are made of the given and of the family name. Digits follow it
often, and always where a given name stands alone. To be unique it ends with the permuted number of
its row: names have no digits, so that different numbers make different handles.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses.rows import Identity, bits, gathered, joined, permuted, row_words
from plurel_cli.lenses.shared import drawn_persons
from plurel_cli.words.folding import folded
from plurel_cli.words.people import people
from plurel_cli.words.slots import slots

if TYPE_CHECKING:
    import polars as pl

STYLES: tuple[tuple[int, tuple[str, str]], ...] = (
    (90, ("{given}.", "{family}")),
    (50, ("{g}", "{family}")),
    (40, ("{given}", "{family}")),
    (20, ("{given}_", "{family}")),
    (16, ("{g}.", "{family}")),
    (26, ("{given}", "")),
    (14, ("{given}", "{f}")),
)
"""Weight of each style, and its halves: names, or their first letters."""

FORMAL = 2
"""Up to so many styles are used where people work."""

_WITH_DIGITS = 5
"""From this style on digits always follow."""

_YEARS = range(1950, 2010)


def handles(
    identity: Identity,
    group: str,
    index: int,
    *,
    unique: bool,
    formal: bool = False,
    most: int | None = None,
) -> pl.Series:
    """A handle for each row.

    Parameters
    ----------
    identity
        The rows of the table.
    group
        Whose handle.
    index
        Number of the block.
    unique
        Whether no two rows have the same.
    formal
        Whether it is one for work: without digits, unless it is unique.
    most
        Characters that it may have, more than digits need; names are cut where they are longer.

    Returns
    -------
    Series
    """
    persons = drawn_persons(identity, group, index)
    words = row_words(identity, index, identity.shared(group).child("handle"))
    given, family, style_slots, numbers = _tables(formal)
    style = style_slots.take(bits(words, 0, 8))
    parts = [
        gathered(given, persons.given + style * np.int32(len(people().given))),
        gathered(family, persons.family + style * np.int32(len(people().family))),
    ]
    digits: list[pl.Series] = []
    if unique:
        digits.append(
            _texts_of(permuted(identity, index, identity.shared(group).child("number")) + 1)
        )
    elif not formal:
        always = style >= _WITH_DIGITS
        number = np.where(
            always | (bits(words, 8, 1) == 1),
            1 + (bits(words, 9, 16) * (len(numbers) - 1) >> 16),
            0,
        )
        digits.append(gathered(numbers, number))
    if most is None:
        return joined([*parts, *digits])
    return joined([_cut(joined(parts), digits, most), *digits])


def _cut(names: pl.Series, digits: list[pl.Series], most: int) -> pl.Series:
    """Names as long as they may be before digits."""
    lengths = sum((one.str.len_chars().cast(int) for one in digits), start=0)
    return names.str.slice(0, most - lengths)


def _texts_of(numbers: NDArray[np.int64]) -> pl.Series:
    import polars as pl

    return pl.Series(numbers).cast(pl.String)


@lru_cache(2)
def _tables(formal: bool) -> tuple[pl.Series, pl.Series, NDArray[np.int32], pl.Series]:
    """Halves by style and name, the style of each slot, and digits, of which the first are none."""
    import polars as pl

    styles = STYLES[:FORMAL] if formal else STYLES
    given, family = (
        pl.Series(
            [
                halves[half].format(given=name, family=name, g=name[0], f=name[0])
                for _, halves in styles
                for name in names
            ]
        )
        for half, names in enumerate((_folded_given(), _folded_family()))
    )
    numbers = pl.Series(["", *map(str, range(1, 100)), *map(str, _YEARS)])
    return given, family, slots([weight for weight, _ in styles], 8), numbers


@lru_cache(1)
def _folded_given() -> tuple[str, ...]:
    return tuple(map(folded, people().given))


@lru_cache(1)
def _folded_family() -> tuple[str, ...]:
    return tuple(map(folded, people().family))
