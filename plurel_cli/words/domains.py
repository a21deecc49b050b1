"""Domains that nobody can own.

Whatever is made of them, an address of mail or a page of the web, lies in a domain that is reserved
for examples (RFC 2606): `.example`, `example.com`, `example.net` or `example.org`. So no message
that is sent to one by mistake can reach a person, and no link leads anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from plurel_cli.words.tables import lines


@dataclass(frozen=True)
class Domains:
    """Parts of domains.

    Attributes
    ----------
    mail
        First labels of mail providers, the most common first.
    reserved
        Domains that all others lie in.
    """

    mail: tuple[str, ...]
    reserved: tuple[str, ...]


@lru_cache(1)
def domains() -> Domains:
    """The parts of `domains.tsv`."""
    parts = {kind: tuple(text.split("; ")) for kind, text in lines("domains")}
    return Domains(mail=parts["mail"], reserved=parts["reserved"])
