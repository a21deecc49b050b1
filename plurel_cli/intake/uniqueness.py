"""How unique sets of columns are held: by whatever makes some of their columns unique already.

A set is unique if some of its columns are. So it is enough that one column is unique by its lens,
that a key is to one row each, that no pair of rows of two parents occurs twice, or that a number
counts the rows of a parent.
"""

from __future__ import annotations

import re

from plurel_cli.intake.guesses import snake
from plurel_cli.intake.keys import HeldKey, HeldTable
from plurel_cli.intake.picture import Among, Calculated, Note, Ordered, SourceColumn

_IDENTITY = re.compile(
    r"(?:^|_)(?:u?id|guid|uuid|key|code|number|no|nr|token|slug|sku|e_?mail|hash|serial|login|user_?name)$"
)
_LABELLED = ("boolean",)
_TEXTS = ("text", "uuid", "binary", "mac")


def hold_unique_sets(table: HeldTable) -> list[Note]:
    """See to it that a table's primary key and unique sets are unique.

    Parameters
    ----------
    table
        The table, to which what it takes is added.

    Returns
    -------
    list of Note
        Sets that cannot be held.
    """
    source = table.source
    sets = [(source.primary_key, True)] if source.primary_key else []
    sets += [(names, False) for names in source.unique]
    notes = []
    for names, _ in sorted(sets, key=lambda s: len(s[0])):
        if _is_unique(table, names) or _hold(table, names):
            continue
        if all(_can_be_null(table, name) for name in names[:1]):
            table.empty[names[0]] = "no lens makes it unique"
            notes.append(
                Note(
                    source.line,
                    f"{source.name}.{names[0]} is null in every row: no lens makes it unique",
                )
            )
            continue
        text = f"unique ({', '.join(names)}) of {source.name} is not held"
        notes.append(Note(source.line, text, is_lost=True))
    return notes


def _can_be_null(table: HeldTable, name: str) -> bool:
    column = table.source.by_name[name]
    return column.nullable and table.key_of(name) is None


def _whole_keys(table: HeldTable, names: tuple[str, ...]) -> list[HeldKey]:
    """Keys all of whose columns are in a set."""
    return [key for key in table.keys if {*key.reference.columns} <= {*names}]


def _is_unique(table: HeldTable, names: tuple[str, ...]) -> bool:
    whole = _whole_keys(table, names)
    return (
        table.primary_key in names
        or any(name in table.unique for name in names)
        or table.daily in names
        or any(key.is_single for key in whole)
        or (table.is_junction and all(key in whole for key in table.parents[:2]))
        or any(name in names and key in whole for name, key in table.sequences.items())
        or any(name in table.empty for name in names)
    )


def _hold(table: HeldTable, names: tuple[str, ...]) -> bool:
    """Make a set unique; false where nothing does."""
    whole = _whole_keys(table, names)
    drawn = [k for k in whole if not k.is_link and k.parent != table.source.name]
    free = [
        table.source.by_name[name]
        for name in names
        if table.key_of(name) is None and _is_free(table, table.source.by_name[name])
    ]
    if len(drawn) >= 2 and _join(table, drawn):
        return True
    numbers = [c for c in free if c.kind == "integer" and c.name not in table.sequences]
    texts = [c for c in free if c.kind in _TEXTS and (c.length or 99) >= 2]
    if drawn and numbers and not drawn[0].nullable:
        table.sequences[numbers[0].name] = drawn[0]
        return True
    if texts:
        table.unique.add(max(texts, key=_telling).name)
        return True
    if numbers:
        table.unique.add(numbers[0].name)
        return True
    times = [c.name for c in free if c.kind in ("date", "timestamp") and not c.nullable]
    if times and not table.parents and table.daily is None:
        table.daily = times[0]
        return True
    if drawn and any(_single(table, key) for key in drawn):
        return True
    for key in whole:
        if not key.is_beside and {*key.reference.columns} == {key.name}:
            key.is_link = key.is_single = True
            return True
    return False


def _telling(column: SourceColumn) -> tuple[bool, bool, int]:
    """How well a text tells rows apart, by its type, its name and its length."""
    return (
        column.kind == "uuid",
        _IDENTITY.search(snake(column.name)) is not None,
        column.length or 99,
    )


def _is_free(table: HeldTable, column: SourceColumn) -> bool:
    """Whether a column can have as many values as there are rows."""
    if column.labels or column.computed is not None or column.name in table.empty:
        return False
    for check in table.source.checks:
        for condition in check.conditions:
            if isinstance(condition, Among | Calculated) and condition.column == column.name:
                return False
            if isinstance(condition, Ordered) and column.name in (condition.low, condition.high):
                return False
    return column.kind not in _LABELLED


def _join(table: HeldTable, keys: list[HeldKey]) -> bool:
    """Let no pair of two parents occur twice."""
    if table.is_junction or any(key.is_single for key in table.parents[:1]):
        return False
    first, second = keys[:2]
    table.keys = [first, second, *(k for k in table.keys if k not in (first, second))]
    table.is_junction = True
    return True


def _single(table: HeldTable, key: HeldKey) -> bool:
    """Let each row of a parent have one row at most."""
    if table.is_junction or any(k.is_single for k in table.parents):
        return False
    table.keys = [key, *(k for k in table.keys if k is not key)]
    key.is_single = True
    return True
