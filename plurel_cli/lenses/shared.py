"""Whom and what the columns of a group show: the person, the place and the company of each row.

The place is drawn first, by how many people live there. The person has names such as there are in
its country, the company a form of it, so that all columns of a group agree without knowing of one
another.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses.rows import Identity, Numbers, Words, bits, row_words
from plurel_cli.words.people import BITS as NAME_BITS
from plurel_cli.words.people import people
from plurel_cli.words.places import BITS as PLACE_BITS
from plurel_cli.words.places import place_slots, places


def drawn_places(identity: Identity, group: str, index: int) -> NDArray[np.int32]:
    """The city of each row.

    Parameters
    ----------
    identity
        The rows of the table.
    group
        Whose city.
    index
        Number of the block.

    Returns
    -------
    ndarray
        int32, numbers of cities.
    """
    return _cities(identity, _words(identity, group, index))


def _words(identity: Identity, group: str, index: int) -> Words:
    """Who and where each row is."""
    return row_words(identity, index, identity.shared(group).child("place"))


def _cities(identity: Identity, words: Words) -> NDArray[np.int32]:
    return place_slots(identity.among).take(bits(words, 0, PLACE_BITS))


def drawn_countries(identity: Identity, group: str, index: int) -> NDArray[np.int32]:
    """The country of each row.

    Parameters
    ----------
    identity
        The rows of the table.
    group
        Whose country.
    index
        Number of the block.

    Returns
    -------
    ndarray
        int32, numbers of countries.
    """
    return places().country.take(drawn_places(identity, group, index))


@lru_cache(1)
def name_regions() -> NDArray[np.int32]:
    """Of each country, the region whose names its people have."""
    regions = people().regions
    numbers = [regions.index(country.people) for country in places().countries]
    return np.array(numbers, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Persons:
    """People, one a row.

    Attributes
    ----------
    given, family
        Numbers of their names.
    """

    given: NDArray[np.int32]
    family: NDArray[np.int32]


def drawn_persons(identity: Identity, group: str, index: int) -> Persons:
    """The person of each row.

    Parameters
    ----------
    identity
        The rows of the table.
    group
        Which person.
    index
        Number of the block.

    Returns
    -------
    Persons
    """
    words = _words(identity, group, index)
    region = name_regions().take(places().country.take(_cities(identity, words)))
    first = PLACE_BITS
    given, family = bits(words, first, NAME_BITS), bits(words, first + NAME_BITS, NAME_BITS)
    return Persons(*people().drawn(region, given, family))


@dataclass(frozen=True, eq=False)
class Firms:
    """Companies, one a row.

    Attributes
    ----------
    country
        Numbers of their countries.
    region
        Whose names their founders have.
    words
        Randomness of each.
    """

    country: NDArray[np.int32]
    region: NDArray[np.int32]
    words: Words

    def bits(self, first: int, n: int) -> Numbers:
        """Some bits of the randomness.

        Parameters
        ----------
        first
            The lowest of the bits.
        n
            How many.

        Returns
        -------
        ndarray
            int64, from 0 to 2ⁿ − 1.
        """
        return bits(self.words, first, n)


def drawn_firms(identity: Identity, group: str, index: int) -> Firms:
    """The company of each row.

    Parameters
    ----------
    identity
        The rows of the table.
    group
        Which company.
    index
        Number of the block.

    Returns
    -------
    Firms
    """
    country = drawn_countries(identity, group, index)
    words = row_words(identity, index, identity.shared(group).child("company"))
    return Firms(country=country, region=name_regions().take(country), words=words)
