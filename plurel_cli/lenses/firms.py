"""Names of companies, as numbers of their parts.

Most are called by an invented stem and a noun, some by a stem alone, some by the name of a family.
What they end with is the form of a company in their country.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses.rows import Numbers
from plurel_cli.lenses.shared import Firms
from plurel_cli.words.companies import companies
from plurel_cli.words.people import BITS as NAME_BITS
from plurel_cli.words.people import people
from plurel_cli.words.places import places
from plurel_cli.words.slots import slots, zipf

_STEM_AND_NOUN, _STEM_ALONE = 160, 40
"""Of 256 companies so many are called by a stem and a noun, so many by a stem alone."""


@dataclass(frozen=True, eq=False)
class FirmNames:
    """Names of companies.

    Attributes
    ----------
    stem, noun, end
        Numbers among `stems`, `nouns` and `ends`.
    """

    stem: Numbers
    noun: Numbers
    end: NDArray[np.int32]


def firm_names(firms: Firms) -> FirmNames:
    """Names of some companies."""
    parts = companies()
    style = firms.bits(0, 8)
    stem_slots, noun_slots, family_noun_slots, end_slots = _slots()
    slot = (firms.region.astype(np.int64) << NAME_BITS) + firms.bits(24, NAME_BITS)
    family = people().family_slots.ravel().take(slot)
    of_family = style >= _STEM_AND_NOUN + _STEM_ALONE
    stem = np.where(of_family, len(parts.stems) + family, stem_slots.take(firms.bits(8, 16)))
    noun = np.where(style < _STEM_AND_NOUN, noun_slots.take(firms.bits(36, 8)), 0)
    after_family = family_noun_slots.take(firms.bits(36, 8))
    noun = np.where(of_family, len(parts.nouns) + after_family, noun)
    end = end_slots.take((firms.country.astype(np.int64) << 6) + firms.bits(44, 6))
    return FirmNames(stem=stem, noun=noun, end=end)


@lru_cache(1)
def stems() -> tuple[str, ...]:
    """What names begin with: stems, and names of families."""
    n = len(people().family) // 2
    return (*companies().stems, *people().family[:n])


@lru_cache(1)
def nouns() -> tuple[str, ...]:
    """What follows: nothing, or a noun; after them those that follow the name of a family."""
    return ("", *companies().nouns, *companies().family_nouns)


@lru_cache(1)
def ends() -> tuple[str, ...]:
    """What names end with."""
    return tuple(dict.fromkeys(end for several in companies().ends.values() for end in several))


@lru_cache(1)
def _slots() -> tuple[NDArray[np.int32], ...]:
    """Number of the stem, the noun, the noun after a family, and by country the end, of slots."""
    parts = companies()
    number = {end: k for k, end in enumerate(ends())}
    by_form = {
        form: np.array([number[end] for end in several], dtype=np.int32)[
            slots(zipf(len(several)), 6)
        ]
        for form, several in parts.ends.items()
    }
    return (
        slots(zipf(len(parts.stems)), 16),
        slots(zipf(len(parts.nouns)), 8) + np.int32(1),
        slots(zipf(len(parts.family_nouns)), 8) + np.int32(1),
        np.concatenate([by_form[country.companies] for country in places().countries]),
    )
