"""Streets, by language, and how a line of an address is written."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from plurel_cli.words.slots import slots, zipf
from plurel_cli.words.tables import lines

BITS = 12
"""Of a slot of a language's streets."""

HOUSES = 240
"""Houses of a street."""

_FORM = re.compile(r"(.*)\{(number|block|street)\}(.*)\{(number|block|street)\}(.*)")


@dataclass(frozen=True, eq=False)
class Streets:
    """Lines of addresses, each a left and a right half.

    Attributes
    ----------
    languages
        Names of the languages.
    left, right
        Halves of lines, one language after another: of each it is the houses on one side and the
        streets on the other, with what stands between them.
    left_begin, right_begin
        Where a language begins.
    house_first
        Whether its houses are on the left.
    street_slots
        Number, within its language, of the street of each slot; a row a language.
    """

    languages: tuple[str, ...]
    left: tuple[str, ...]
    right: tuple[str, ...]
    left_begin: NDArray[np.int64]
    right_begin: NDArray[np.int64]
    house_first: NDArray[np.bool_]
    street_slots: NDArray[np.int32]

    def drawn(
        self, language: NDArray[np.int64], slot: NDArray[np.int64], house: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Halves of some lines.

        Parameters
        ----------
        language
            Number of the language of each.
        slot
            Uniform integers below 2¹².
        house
            Integers below `HOUSES`.

        Returns
        -------
        tuple of ndarray
            Numbers of left and of right halves.
        """
        street = self.street_slots.ravel().take((language << BITS) + slot).astype(np.int64)
        swap = ~self.house_first.take(language)
        left, right = np.where(swap, street, house), np.where(swap, house, street)
        left += self.left_begin.take(language)
        right += self.right_begin.take(language)
        return left, right


@lru_cache(1)
def streets() -> Streets:
    """The streets of `streets.tsv`."""
    languages: list[str] = []
    halves: tuple[list[str], list[str]] = ([], [])
    begins: tuple[list[int], list[int]] = ([], [])
    house_first: list[bool] = []
    street_slots: list[NDArray[np.int32]] = []
    for language, several in groupby(lines("streets"), key=lambda fields: fields[0]):
        languages.append(language)
        texts = {kind: text for _, kind, text in several}
        names, kinds = texts["names"].split(", "), texts.get("kinds", "").split(", ")
        full = [f"{name} {kind}".rstrip() for name in names for kind in kinds]
        weights = [a * b for a in zipf(len(names)) for b in zipf(len(kinds))]
        street_slots.append(slots(weights, BITS))
        form = _FORM.fullmatch(texts["form"])
        assert form, language  # noqa: S101 (of the package)
        before, first, between, second, after = form.groups()
        house_first.append(first != "street")
        for side, part, head, tail in ((0, first, before, between), (1, second, "", after)):
            begins[side].append(len(halves[side]))
            halves[side].extend(head + text + tail for text in _texts(part, full))
    return Streets(
        languages=tuple(languages),
        left=tuple(halves[0]),
        right=tuple(halves[1]),
        left_begin=np.array(begins[0]),
        right_begin=np.array(begins[1]),
        house_first=np.array(house_first),
        street_slots=np.array(street_slots),
    )


def _texts(part: str, names: list[str]) -> list[str]:
    if part == "street":
        return names
    if part == "number":
        return [str(house + 1) for house in range(HOUSES)]
    return [f"{1 + k % 6}-{1 + k // 6 % 20}-{1 + k % 13}" for k in range(HOUSES)]
