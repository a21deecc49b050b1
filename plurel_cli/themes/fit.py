"""How well a table of a theme fits one of the graph, in points that are added up.

Most weighs what it refers to, then whether its rows come with those of another, then its role and
its size. A table never refers to one that, in the theme, refers to it.
"""

from __future__ import annotations

from collections.abc import Sequence

from plurel_cli.numerics.elementary import log
from plurel_cli.themes.model import ADDED, Archetype, Theme
from plurel_cli.themes.outline import Outline

IMPOSSIBLE = float("-inf")

_MOST_ROWS = {"small": 250, "medium": 6_000}
"""Rows that a table of a size class rarely has more of."""

_SIZES = {"small": 0.1, "medium": 0.45, "large": 0.8}
"""Where a table of a size class stands among those of its database."""

_FEW, _MANY = ("category", "place", "product", "asset", "group"), ("event", "detail", "history")

_LATER = ("event", "detail", "history", "document")


def own_fit(theme: Theme, table: Archetype, outline: Outline) -> float:
    """How well a table of the theme fits one of the graph, whatever that refers to.

    Parameters
    ----------
    theme, table
        The theme, and its table.
    outline
        What the table is in the graph.

    Returns
    -------
    float
    """
    score = 0.0
    if table.one_to_one or outline.is_one_to_one:
        both = table.one_to_one and outline.is_one_to_one
        score += 4.0 if both else -8.0 if table.one_to_one else -4.0
    if outline.is_junction or table.role == "junction":
        both = outline.is_junction and table.role == "junction"
        alone = -4.0 + len(outline.others)
        score += 5.0 if both else -3.0 if outline.is_junction else min(alone, 0.0)
    if outline.is_hierarchy:
        score += 3.0 if table.is_hierarchy else -1.0
    score += _of_role(table, outline) + _of_size(table, outline)
    if outline.n_details:
        score += 1.5 * min(outline.n_details, theme.details[table.name])
        score -= 3.0 * outline.n_details if table.role in ADDED else 0.0
    return score + min(0.35 * min(outline.n_children, theme.popularity[table.name]), 2.0)


def _of_role(table: Archetype, outline: Outline) -> float:
    role = table.role
    score = 0.0
    if not outline.others:
        if role in (*ADDED, "junction"):
            score -= 6.0
        elif role in ("event", "document"):
            score += 0.0 if outline.is_event else -4.0
        else:
            score += 1.0
    if outline.detail_of is not None:
        return score + (0.0 if role in _LATER else -2.0 if role == "junction" else -6.0)
    if outline.is_event:
        score += 2.5 if role in ("event", "document") else -2.0
    elif outline.is_timed:
        score += 2.0 if role in _LATER else -2.0 if role in _FEW else 0.0
    else:
        score += -2.0 if role in ("event", "history") else 0.5 if role in _FEW else 0.0
    return score


def _of_size(table: Archetype, outline: Outline) -> float:
    if table.rows is None:
        return 0.0
    score = -2.0 * abs(outline.size - _SIZES[table.rows])
    most = _MOST_ROWS.get(table.rows)
    if most is not None and outline.rows > most:
        steep = 2.5 if table.role in ("category", "group") else 1.2
        score -= min(steep * log(outline.rows / most), 5.0)
    return score


def parents_fit(
    theme: Theme, table: Archetype, outline: Outline, parents: Sequence[Archetype | None]
) -> float:
    """How well what a table refers to fits what it refers to in the theme.

    Parameters
    ----------
    theme, table
        The theme, and its table.
    outline
        What the table is in the graph.
    parents
        What its `others` are in the theme; none where that is not known, or composed.

    Returns
    -------
    float
        Minus infinity if one of them would refer to it.
    """
    names = ["" if parent is None else parent.name for parent in parents]
    for name in names:
        if table.name in theme.above.get(name, ()):
            return IMPOSSIBLE
    ranks = [theme.ranks.get((table.name, name)) for name in names]
    score = 0.0
    for rank in ranks:
        score += -2.5 if rank is None else 4.0 if rank == 0 else 3.0
    first = int(next(iter(table.parents), None) == table.name)
    if len(table.parents) > first and first not in ranks:
        score -= 4.0 if table.role in (*ADDED, "junction") else 1.5
    if outline.detail_of is not None:
        return score + _as_detail(table, parents[outline.others.index(outline.detail_of)])
    if table.detail_of is not None:
        of = next((p for p in parents if p is not None and p.name == table.detail_of), None)
        score += -6.0 if of is None else -1.0 if of.role in _LATER and outline.is_timed else 2.0
    return score


def _as_detail(table: Archetype, parent: Archetype | None) -> float:
    """How well a table fits as a detail of another."""
    name = "" if parent is None else parent.name
    if table.role in ADDED:
        return 7.0 if table.comes_with == name else -7.0
    if name not in table.parents:
        return -4.0
    return 3.0 if parent is not None and parent.role in _LATER else 0.0
