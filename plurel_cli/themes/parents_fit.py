"""How well what tables of a theme refer to fits what a table of the graph refers to.

Points for single parents are kept for all tables of a theme, and added up for several parents. All
are halves of whole numbers, so that their order shows in no sum. A table never refers to one that,
in the theme, refers to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from plurel_cli.themes.fit import LATER
from plurel_cli.themes.model import ADDED, Archetype, Theme

UNKNOWN = -1
"""In the place of a table's position: a parent that is not known, or whose name is composed."""

_IMPOSSIBLE = float("-inf")

Points = NDArray[np.float64]


class ParentsFit:
    """Points of all tables of a theme, in their order, by what a table of the graph refers to.

    Parameters
    ----------
    theme
        The theme.
    """

    def __init__(self, theme: Theme) -> None:
        tables = [*theme.tables.values()]
        parents: list[Archetype | None] = [*tables, None]  # the last is at `UNKNOWN`
        self._as_parent = np.array([[_as_parent(theme, t, of) for t in tables] for of in parents])
        self._as_detail = np.array([[_as_detail(t, of) for t in tables] for of in parents])
        self._is_first = np.array([[_is_first(theme, t, of) for t in tables] for of in parents])
        self._without_first = np.array([_without_first(table) for table in tables])
        self._is_whole = np.array([[_is_whole(t, of) for t in tables] for of in parents])
        self._without_whole = np.array([0.0 if t.detail_of is None else -6.0 for t in tables])
        self._with_whole = {
            is_timed: np.array([_with_whole(theme, table, is_timed) for table in tables])
            for is_timed in (False, True)
        }

    def __call__(self, parents: Sequence[int], detail: int | None, is_timed: bool) -> Points:
        """Points of all tables.

        Parameters
        ----------
        parents
            Positions in the theme of what a table of the graph refers to, or `UNKNOWN`.
        detail
            Index of the parent whose details its rows are, if they are.
        is_timed
            Whether its rows have times.

        Returns
        -------
        ndarray
            Shape (tables,): minus infinity where a parent would refer to the table.
        """
        points = self._without_first.copy()
        points[self._is_first.take(parents, axis=0).any(axis=0)] = 0.0
        points += self._as_parent.take(parents, axis=0).sum(axis=0)
        if detail is not None:
            points += self._as_detail[parents[detail]]
            return points
        is_there = self._is_whole.take(parents, axis=0).any(axis=0)
        points += np.where(is_there, self._with_whole[is_timed], self._without_whole)
        return points


@lru_cache(maxsize=64)
def parents_fit(theme: Theme) -> ParentsFit:
    """The points of a theme, once for all databases."""
    return ParentsFit(theme)


def _as_parent(theme: Theme, table: Archetype, parent: Archetype | None) -> float:
    if parent is None:
        return -2.5
    if table.name in theme.above.get(parent.name, ()):
        return _IMPOSSIBLE
    rank = theme.ranks.get((table.name, parent.name))
    return -2.5 if rank is None else 4.0 if rank == 0 else 3.0


def _first(table: Archetype) -> int:
    """Rank of the most natural parent but the table itself."""
    return int(next(iter(table.parents), None) == table.name)


def _is_first(theme: Theme, table: Archetype, parent: Archetype | None) -> bool:
    return parent is not None and theme.ranks.get((table.name, parent.name)) == _first(table)


def _without_first(table: Archetype) -> float:
    """What it takes that none of the parents is the most natural one."""
    if len(table.parents) <= _first(table):
        return 0.0
    return -4.0 if table.role in (*ADDED, "junction") else -1.5


def _as_detail(table: Archetype, parent: Archetype | None) -> float:
    """How well a table fits as a detail of another."""
    name = "" if parent is None else parent.name
    if table.role in ADDED:
        return 7.0 if table.comes_with == name else -7.0
    if name not in table.parents:
        return -4.0
    return 3.0 if parent is not None and parent.role in LATER else 0.0


def _is_whole(table: Archetype, parent: Archetype | None) -> bool:
    """Whether rows of a table come with those of another."""
    return parent is not None and parent.name == table.detail_of


def _with_whole(theme: Theme, table: Archetype, is_timed: bool) -> float:
    """How well a table fits that comes with one of its parents, and is no detail in the graph."""
    of = theme.tables.get(table.detail_of or "")
    return -1.0 if is_timed and of is not None and of.role in LATER else 2.0
