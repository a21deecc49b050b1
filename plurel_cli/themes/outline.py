"""What a table is in the graph, and what it is in a theme, to whoever matches the two."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from plurel_cli.themes.model import Archetype


@dataclass(frozen=True)
class Outline:
    """What a table is in the graph.

    Attributes
    ----------
    name
        Its name in the graph.
    parents
        Tables it refers to by its foreign keys, in order; its own name for itself.
    n_children, n_details, rows
        How many tables refer to it, how many of these are its details, and how many rows it has.
    size
        Where it stands among the tables of its database by rows, from 0, the smallest, to 1.
    is_timed, is_event, is_junction, is_one_to_one
        Whether its rows have times, are events that others refer to, pair its first two parents,
        or are at most one for each row of its first parent.
    detail_of
        The table whose rows make its own, if one does.
    """

    name: str
    parents: tuple[str, ...]
    n_children: int
    n_details: int
    rows: int
    size: float
    is_timed: bool
    is_event: bool
    is_junction: bool
    is_one_to_one: bool
    detail_of: str | None

    @cached_property
    def others(self) -> tuple[str, ...]:
        """The other tables that it refers to, each once."""
        return tuple(dict.fromkeys(parent for parent in self.parents if parent != self.name))

    @property
    def is_hierarchy(self) -> bool:
        """Whether it refers to itself."""
        return self.name in self.parents


@dataclass(frozen=True)
class Matched:
    """What a table of the graph is in the theme.

    Attributes
    ----------
    name
        Words of its name, in the singular.
    archetype
        The table of the theme; one of its own where the name is composed.
    keys
        Words of the name of each foreign key, without `_id`.
    """

    name: str
    archetype: Archetype
    keys: tuple[str, ...]
