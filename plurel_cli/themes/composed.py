"""Tables that a theme has no word for: a name made of a parent's, and columns that recur.

Whatever the trade, orders have notes and attachments, people have addresses, and things have a
history. So these are offered by what the table is in the graph, each with the columns that themes
share.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from plurel_cli.numerics.stream import Draws
from plurel_cli.themes.model import Archetype, shared_columns
from plurel_cli.themes.outline import Matched, Outline

Kinds = Mapping[str, tuple[str, tuple[str, ...]]]
"""By the last words of a name, a role and the archetypes whose columns it has."""

_LISTS: Kinds = {
    "category": ("category", ("category_list", "audit")),
    "region": ("group", ("area", "audit")),
    "group": ("group", ("category_list", "audit")),
    "source": ("category", ("category_list", "audit")),
    "scheme": ("category", ("category_list", "validity")),
}

_THINGS: Kinds = {
    "contact": ("person", ("named_person", "contact", "address")),
    "partner": ("organisation", ("organisation", "contact", "address")),
    "location": ("place", ("site", "address", "location")),
    "device": ("asset", ("device", "asset")),
    "asset": ("asset", ("asset", "audit")),
    "agreement": ("document", ("document", "validity")),
}

_EVENTS: Kinds = {
    "event": ("event", ("entry", "location")),
    "note": ("event", ("note", "entry")),
    "message": ("event", ("message", "entry")),
    "task": ("event", ("ticket", "entry")),
    "transfer": ("event", ("transfer", "entry")),
    "appointment": ("event", ("appointment", "entry")),
    "measurement": ("event", ("measurement", "entry")),
}

_DETAILS: Kinds = {
    "attachment": ("detail", ("attachment", "entry")),
    "note": ("detail", ("note", "entry")),
    "status_change": ("history", ("status_history", "entry")),
    "message": ("detail", ("message", "entry")),
    "step": ("detail", ("step", "entry")),
    "measurement": ("detail", ("measurement", "entry")),
}

_PARTS: Kinds = {
    "version": ("detail", ("validity", "document")),
    "attachment": ("detail", ("attachment", "audit")),
    "contact": ("person", ("named_person", "contact")),
    "address": ("detail", ("address", "validity")),
    "unit": ("asset", ("asset", "audit")),
    "agreement": ("document", ("document", "validity")),
}

_ONES: Kinds = {
    "profile": ("detail", ("contact", "address", "audit")),
    "settings": ("detail", ("settings", "audit")),
    "login": ("detail", ("login", "audit")),
}

_PAIRS: Kinds = {"": ("junction", ("membership", "validity", "audit"))}

_MOST_OF_A_LIST = 300
"""Rows of a list, at the most."""


def composed(
    outline: Outline, parents: Sequence[Matched], taken: set[str], draws: Draws
) -> tuple[str, Archetype]:
    """A table with a name made of those of its parents.

    Parameters
    ----------
    outline
        What it is in the graph.
    parents
        What the tables are that it refers to.
    taken
        Names that others have.
    draws
        Randomness of this choice alone.

    Returns
    -------
    tuple
        Words of its name, and what it is.
    """
    kinds = _kinds(outline)
    of = _shortest(outline, parents)
    if outline.is_junction and len(parents) > 1:
        kinds, of = _PAIRS, f"{parents[0].name}_{parents[1].name}"
    several = {f"{of}_{last}".strip("_"): kind for last, kind in kinds.items()}
    free = [name for name in several if name not in taken]
    if free:
        name = draws.item(free)
        role, shared = several[name]
    else:
        first = next(iter(several))
        name, (role, shared) = free_name(first, taken), several[first]
    columns = {n: c for one in reversed(shared) for n, c in shared_columns(one).items()}
    ordered = {n: columns[n] for one in shared for n in shared_columns(one)}
    return name, Archetype(name=f"composed {outline.name}", role=role, columns=ordered)


def _kinds(outline: Outline) -> Kinds:
    if outline.is_one_to_one:
        return _ONES
    if outline.detail_of is not None:
        return _DETAILS
    if not outline.others and not outline.is_event:
        return _LISTS if outline.rows <= _MOST_OF_A_LIST else _THINGS
    return _EVENTS if outline.is_timed else _PARTS


def _shortest(outline: Outline, parents: Sequence[Matched]) -> str:
    """Words of the parent that a name is made of: whose detail it is, or the first."""
    names = dict(zip(outline.others, (parent.name for parent in parents), strict=True))
    if outline.detail_of is not None:
        return names[outline.detail_of]
    return next(iter(names.values()), "")


def free_name(name: str, taken: set[str]) -> str:
    """A name that no other table has.

    Parameters
    ----------
    name
        The name it would have.
    taken
        Names of others.

    Returns
    -------
    str
    """
    for before in ("", "other_", "former_", "external_", "internal_", "regional_"):
        if before + name not in taken:
            return before + name
    number = 2
    while f"{name}_{number}" in taken:
        number += 1
    return f"{name}_{number}"
