"""What is the same all over a database: who works there, and what its countries pay and speak."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from plurel_cli.lenses.handles import handles
from plurel_cli.numerics.stream import Stream

_STAFF = 96
"""People who enter and change rows."""


@dataclass(frozen=True)
class Circumstances:
    """What is the same all over a database.

    Attributes
    ----------
    stream
        Randomness of the people alone.
    home
        Countries, or regions of the world, that it is of.
    """

    stream: Stream = field(default_factory=lambda: Stream(0))
    home: tuple[str, ...] = ()

    @cached_property
    def staff(self) -> tuple[str, ...]:
        """Names of those who enter and change rows, as users, each once."""
        people = _People(self.stream, self.home)
        names = handles(people, "staff", 0, unique=False, formal=True).to_list()
        return tuple(dict.fromkeys(names))


@dataclass(frozen=True)
class _People:
    """People without a table, to lenses that show them."""

    stream: Stream
    among: tuple[str, ...]
    n_rows: int = _STAFF

    @property
    def edges(self) -> tuple[int, ...]:
        """They never become more."""
        return (0, self.n_rows)

    def rows(self, index: int) -> tuple[int, int]:
        """All of them are in the first block."""
        return (0, self.n_rows) if index == 0 else (self.n_rows, self.n_rows)

    def shared(self, group: str) -> Stream:
        """Randomness that all lenses of a group have in common."""
        return self.stream.child("shared", group)
