"""How well a table of a theme fits one of the graph, in points that are added up.

Most weighs what it refers to (`parents_fit`), then whether its rows come with those of another,
then its role and its size.
"""

from __future__ import annotations

from plurel_cli.numerics.elementary import log
from plurel_cli.themes.model import ADDED, Archetype, Theme
from plurel_cli.themes.outline import Outline

_MOST_ROWS = {"small": 250, "medium": 6_000}
"""Rows that a table of a size class rarely has more of."""

_SIZES = {"small": 0.1, "medium": 0.45, "large": 0.8}
"""Where a table of a size class stands among those of its database."""

_FEW, _MANY = ("category", "place", "product", "asset", "group"), ("event", "detail", "history")

LATER = ("event", "detail", "history", "document")


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
        return score + (0.0 if role in LATER else -2.0 if role == "junction" else -6.0)
    if outline.is_event:
        score += 2.5 if role in ("event", "document") else -2.0
    elif outline.is_timed:
        score += 2.0 if role in LATER else -2.0 if role in _FEW else 0.0
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
