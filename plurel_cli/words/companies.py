"""Parts of invented names of companies."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from plurel_cli.words.tables import lines


@dataclass(frozen=True)
class Companies:
    """Parts of names of companies.

    Attributes
    ----------
    stems
        First words, such as no family is called.
    nouns, family_nouns
        What follows a stem, and what follows the name of a family.
    ends
        What a name ends with, by the form of company; empty for nothing.
    """

    stems: tuple[str, ...]
    nouns: tuple[str, ...]
    family_nouns: tuple[str, ...]
    ends: dict[str, tuple[str, ...]]


@lru_cache(1)
def companies() -> Companies:
    """The parts of `companies.tsv`."""
    parts = {(form, kind): tuple(text.split("; ")) for form, kind, text in lines("companies")}
    composed = (head + tail for head in parts["any", "heads"] for tail in parts["any", "tails"])
    return Companies(
        stems=tuple(dict.fromkeys((*parts["any", "stems"], *composed))),
        nouns=parts["any", "nouns"],
        family_nouns=parts["any", "family_nouns"],
        ends={
            form: tuple("" if end == "-" else end for end in ends)
            for (form, kind), ends in parts.items()
            if kind == "ends"
        },
    )
