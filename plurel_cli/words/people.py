"""Names of people, by region."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from plurel_cli.words.slots import slots, zipf
from plurel_cli.words.tables import lines

BITS = 12
"""Of a slot of a region's names."""


@dataclass(frozen=True, eq=False)
class People:
    """Names of people.

    Attributes
    ----------
    regions
        Names of the regions.
    given
        Given names, one region after another.
    of_women
        Whether each of them is that of a woman.
    family
        Family names of men, one region after another, then in the same order those of women.
    given_slots, family_slots
        Number of the name of each slot, a row a region.
    """

    regions: tuple[str, ...]
    given: tuple[str, ...]
    of_women: NDArray[np.bool_]
    family: tuple[str, ...]
    given_slots: NDArray[np.int32]
    family_slots: NDArray[np.int32]

    def drawn(
        self,
        region: NDArray[np.int32],
        given_slot: NDArray[np.int64],
        family_slot: NDArray[np.int64],
    ) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Names of some people.

        Parameters
        ----------
        region
            Number of the region of each.
        given_slot, family_slot
            Uniform integers below 2¹².

        Returns
        -------
        tuple of ndarray
            Numbers of given and of family names.
        """
        offset = region.astype(np.int64) << BITS
        given = self.given_slots.ravel().take(offset + given_slot)
        family = self.family_slots.ravel().take(offset + family_slot)
        family += self.of_women.take(given) * np.int32(len(self.family) // 2)
        return given, family


@lru_cache(1)
def people() -> People:
    """The names of `people.tsv`."""
    regions: list[str] = []
    given: list[str] = []
    of_women: list[bool] = []
    families: list[tuple[str, str]] = []
    given_slots: list[NDArray[np.int32]] = []
    family_slots: list[NDArray[np.int32]] = []
    for region, several in groupby(lines("people"), key=lambda fields: fields[0]):
        regions.append(region)
        weights: list[int] = []
        first = len(given)
        for _, kind, text in several:
            names = text.split(", ")
            if kind == "s":
                family_slots.append(slots(zipf(len(names)), BITS) + np.int32(len(families)))
                families += [(man, woman or man) for man, _, woman in (_forms(n) for n in names)]
            else:
                weights += [weight // (2 if kind == "u" else 1) for weight in zipf(len(names))]
                of_women += [kind == "f"] * len(names)
                given += names
        given_slots.append(slots(weights, BITS) + np.int32(first))
    return People(
        regions=tuple(regions),
        given=tuple(given),
        of_women=np.array(of_women),
        family=tuple(man for man, _ in families) + tuple(woman for _, woman in families),
        given_slots=np.array(given_slots),
        family_slots=np.array(family_slots),
    )


def _forms(name: str) -> tuple[str, str, str]:
    return name.partition("/")
