"""How many rows each table has: those of the source, or what tables of its kind have."""

from __future__ import annotations

from collections.abc import Mapping

from plurel_cli.intake.guesses import guess
from plurel_cli.intake.keys import HeldTable, parents_first

LOOKUP, THING, MOST = 20, 1000, 30_000
"""Rows of a list of kinds, of a table of things, and the most that follow from those of parents."""

_PAIRS_A_ROW = 2

_OF_EVENTS = {"timestamp", "date", "decimal", "float"}
_OF_PEOPLE = {"email", "person_name", "username", "phone", "address"}


def sizes(
    held: dict[str, HeldTable], limits: Mapping[str, int | None], scale: float
) -> dict[str, int]:
    """Rows of all tables.

    Parameters
    ----------
    held
        Tables by name.
    limits
        Most rows that each can have, for its unique values.
    scale
        By how much to multiply what is not a mere list of kinds.

    Returns
    -------
    dict
    """
    rows: dict[str, int] = {}
    referred = {key.parent for table in held.values() for key in table.keys}
    lists: set[str] = set()
    for table in parents_first(held):
        name = table.source.name
        if _is_list(table, referred, lists):
            lists.add(name)
        n = max(1, round(_wanted(table, rows, referred, lists, scale)))
        rows[name] = _within(table, n, limits[name], rows)
    for name, table in held.items():
        for key in table.links:
            if key.is_single:
                rows[name] = min(rows[name], rows[key.parent])
    for table in parents_first(held):  # whose parents may have fewer by now
        name = table.source.name
        rows[name] = _within(table, rows[name], limits[name], rows)
    return rows


def _wanted(
    table: HeldTable, rows: Mapping[str, int], referred: set[str], lists: set[str], scale: float
) -> float:
    source = table.source
    if source.rows:
        return source.rows * scale
    parents = [key.parent for key in table.parents if key.parent != source.name]
    if source.name in lists:
        return LOOKUP
    most = max((rows[parent] for parent in parents if parent not in lists), default=0)
    if not most:
        return THING * scale
    ratio = 1.5 if source.name in referred else 3.0
    return min(ratio * most, max(MOST * scale, most))


def _is_list(table: HeldTable, referred: set[str], lists: set[str]) -> bool:
    """Whether a table is a mere list of kinds, places or the like."""
    source = table.source
    has_events = any(column.kind in _OF_EVENTS for column in source.columns)
    has_people = any(guess(column, source)[0]["lens"] in _OF_PEOPLE for column in source.columns)
    parents = {key.parent for key in table.parents} - {source.name}
    is_narrow = len(source.columns) <= 4 + len(parents)
    return (
        source.name in referred
        and is_narrow
        and not (has_events or has_people)
        and parents <= lists
    )


def _within(table: HeldTable, n: int, limit: int | None, rows: Mapping[str, int]) -> int:
    keys = table.parents
    if limit is not None:
        n = min(n, limit)
    if keys and keys[0].is_single:
        most = rows[keys[0].parent]
        n = min(n, most if table.source.rows is not None else max(1, most * 4 // 5))
    if table.is_junction:
        pairs = rows[keys[0].parent] * rows[keys[1].parent]
        n = min(n, max(1, pairs // (2 * _PAIRS_A_ROW)))
    key = table.source.by_name.get(table.primary_key)
    if key is not None and key.bits is not None and key.bits < 32:
        n = min(n, 2 ** (key.bits - 1) - 1)
    if key is not None and key.precision is not None:
        n = min(n, 10**key.precision)
    return max(1, n)
