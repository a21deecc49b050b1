"""Domains of people and of companies, all of which lie in reserved ones.

See `plurel_cli.words.domains` for why.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.lenses.firms import firm_names, nouns, stems
from plurel_cli.lenses.rows import Identity, Numbers, bits, gathered, row_words
from plurel_cli.lenses.shared import Firms, drawn_countries
from plurel_cli.words.domains import domains
from plurel_cli.words.folding import folded
from plurel_cli.words.places import places
from plurel_cli.words.slots import slots, zipf

if TYPE_CHECKING:
    import polars as pl

RESERVED = r"(example|example\.com|example\.net|example\.org)"
"""What each domain ends with, as a regular expression."""

_PLAIN, _OF_COUNTRY = 140, 60
"""Of 256 domains so many are in `.example`, and so many in one named after a country in it."""


def _bases(country: NDArray[np.int32], slot: Numbers) -> Numbers:
    """Which base each domain has: a reserved domain, or after these one of a country.

    Parameters
    ----------
    country
        Numbers of countries.
    slot
        Uniform integers below 256.
    """
    n = len(domains().reserved)
    others = 1 + slot % (n - 1)
    base = np.where(slot < _PLAIN + _OF_COUNTRY, n + country, others)
    return np.where(slot < _PLAIN, 0, base)


@lru_cache(1)
def _ends() -> tuple[str, ...]:
    """What follows the first label, by base."""
    reserved = domains().reserved
    of_countries = (f".{country.domain}.{reserved[0]}" for country in places().countries)
    return (*(f".{base}" for base in reserved), *of_countries)


def drawn_hosts(identity: Identity, group: str, index: int) -> list[pl.Series]:
    """Domains of mail providers, after `@`.

    Parameters
    ----------
    identity
        The rows of the table.
    group
        Whose mail.
    index
        Number of the block.

    Returns
    -------
    list of Series
        Texts to be put together.
    """
    words = row_words(identity, index)
    hosts, provider_slots = _providers()
    base = _bases(drawn_countries(identity, group, index), bits(words, 0, 8))
    provider = provider_slots.take(bits(words, 8, 8))
    return [gathered(hosts, base + provider * len(_ends()))]


@lru_cache(1)
def _providers() -> tuple[pl.Series, NDArray[np.int32]]:
    import polars as pl

    mail = domains().mail
    hosts = pl.Series([f"@{provider}{end}" for provider in mail for end in _ends()])
    return hosts, slots(zipf(len(mail)), 8)


def firm_hosts(firms: Firms, before: str) -> list[pl.Series]:
    """Domains of companies, made of their names.

    Parameters
    ----------
    firms
        The companies.
    before
        What stands before it.

    Returns
    -------
    list of Series
        Texts to be put together.
    """
    import polars as pl

    names = firm_names(firms)
    stems, nouns = _labels(before)
    base = _bases(firms.country, firms.bits(50, 8))
    ends = pl.Series(_ends())
    return [gathered(stems, names.stem), gathered(nouns, names.noun), gathered(ends, base)]


@lru_cache(4)
def _labels(before: str) -> tuple[pl.Series, pl.Series]:
    import polars as pl

    return (
        pl.Series([before + folded(stem) for stem in stems()]),
        pl.Series(["".join(f"-{folded(word)}" for word in noun.split()) for noun in nouns()]),
    )
