"""How the keys of a schema are held: which are plurel's own, and which columns show them.

A table of plurel has one primary key, whole numbers from 0, and rows refer to it. So a key of one
such column is that key. Where a key has several columns, or texts, a number stands beside it: rows
refer by the number, and the columns copy what the row referred to has. References that form a
circle are taken out of it where one may be null, and are filled once all rows are there.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from plurel_cli.intake.guesses import snake
from plurel_cli.intake.names import fresh
from plurel_cli.intake.paths import leads_to
from plurel_cli.intake.picture import (
    Absent,
    Among,
    Bounded,
    Note,
    Picture,
    Present,
    SourceColumn,
    SourceReference,
    SourceTable,
    Unlike,
)

_COUNTED = re.compile(r"(?:^|_)(?:line|seq|position|pos|no|number|nr|num|order|rank|ordinal|index)")
"""Names of numbers that count within something, and so are no numbers of rows."""


@dataclass
class HeldKey:
    """A foreign key.

    Attributes
    ----------
    name
        Its column in plurel's table.
    parent
        The table that it refers to.
    reference
        The foreign key of the source.
    nullable
        Whether it may be null.
    is_beside
        Whether the source has no such column.
    is_link
        Whether it is filled once all rows are there, so that no other column hangs on it.
    is_single
        Whether no two rows have the same.
    through
        A key of a row referred to that is the same, as `order_id.customer_id`; else empty.
    of
        The table that it refers to, as the source has it.
    """

    name: str
    parent: str
    reference: SourceReference
    nullable: bool
    is_beside: bool = False
    is_link: bool = False
    is_single: bool = False
    through: str = ""
    of: SourceTable | None = None


@dataclass
class HeldTable:
    """A table, and how its keys are held.

    Attributes
    ----------
    primary_key
        Its primary key.
    is_beside
        Whether the source has no such column.
    keys
        Its foreign keys, in the order in which they are stated.
    copies
        Columns that show a column of the row that a key refers to: the key, and the column.
    is_junction
        Whether no two rows have the same of the first two keys.
    sequences
        Columns that count the rows of a parent, by key.
    unique
        Columns of which no two values are the same.
    empty
        Columns that are null in every row, each with the reason.
    present
        Columns that are never null, by a condition, or because rows of other tables copy them.
    copied
        Columns that rows of other tables copy.
    daily
        A time of which no two rows have the same; none where there is none.
    """

    source: SourceTable
    primary_key: str
    is_beside: bool
    keys: list[HeldKey] = field(default_factory=list)
    copies: dict[str, tuple[HeldKey, str]] = field(default_factory=dict)
    is_junction: bool = False
    sequences: dict[str, HeldKey] = field(default_factory=dict)
    unique: set[str] = field(default_factory=set)
    empty: dict[str, str] = field(default_factory=dict)
    present: set[str] = field(default_factory=set)
    copied: set[str] = field(default_factory=set)
    daily: str | None = None

    @property
    def parents(self) -> list[HeldKey]:
        """Keys that rows are drawn from, in order."""
        return [key for key in self.keys if not key.is_link]

    @property
    def links(self) -> list[HeldKey]:
        """Keys that are filled once all rows are there."""
        return [key for key in self.keys if key.is_link]

    def key_of(self, column: str) -> HeldKey | None:
        """The key that a column is, or shows a part of."""
        for key in self.keys:
            if column == key.name or column in key.reference.columns:
                return key
        return None

    def is_detail_of(self, key: HeldKey) -> bool:
        """Whether rows are known by a key and their number within it, as the lines of an order."""
        counted = {name for name, counts in self.sequences.items() if counts is key}
        identity = {*key.reference.columns, *counted}
        is_known_by = bool(counted) and {*self.source.primary_key} == identity
        return is_known_by and not self.is_junction and key is self.parents[0]

    @property
    def taken(self) -> set[str]:
        """Names of columns."""
        return {*self.source.by_name, self.primary_key, *(key.name for key in self.keys)}


def held_keys(picture: Picture) -> tuple[dict[str, HeldTable], list[Note]]:
    """How all keys of a schema are held.

    Parameters
    ----------
    picture
        The schema.

    Returns
    -------
    tuple
        Tables by name, and what a reader should know.
    """
    notes: list[Note] = []
    held = {table.name: _with_primary_key(table, picture) for table in picture.tables}
    for table in held.values():
        _add_keys(table, held, notes)
    _break_circles(held, notes)
    for table in held.values():
        _hold_copies(table, held, notes)
    return held, notes


def _with_primary_key(table: SourceTable, picture: Picture) -> HeldTable:
    referring = {name for reference in table.references for name in reference.columns}
    targets = {
        reference.targets
        for other in picture.tables
        for reference in other.references
        if reference.table == table.name
    }
    candidates = [name for name in table.primary_key if name not in referring]
    if not table.primary_key:
        candidates = [
            u[0] for u in table.unique if len(u) == 1 and u[0] not in referring and u in targets
        ]
    for name in candidates:
        column = table.by_name[name]
        is_whole = len(table.primary_key) <= 1 or not _COUNTED.search(snake(name))
        is_id = len(table.primary_key) <= 1 or snake(name).endswith(("id", "key", "sk"))
        if _is_number(column) and is_whole and is_id and _takes_zero(table, name):
            return HeldTable(table, name, is_beside=False)
    return HeldTable(table, fresh(f"{table.name[:58]}_row", table.by_name), is_beside=True)


def _is_number(column: SourceColumn) -> bool:
    if column.computed is not None:
        return False
    return column.kind == "integer" or (column.kind == "decimal" and not column.scale)


def _takes_zero(table: SourceTable, name: str) -> bool:
    """Whether numbers from 0 on fulfil what is demanded of a column."""
    for check in table.checks:
        for condition in check.conditions:
            match condition:
                case Among(column) | Unlike(column) if column == name:
                    return False
                case Bounded(column, low, high, is_out) if column == name:
                    if high is not None or (low is not None and (low > 0 or (low == 0 and is_out))):
                        return False
    return True


def _add_keys(table: HeldTable, held: dict[str, HeldTable], notes: list[Note]) -> None:
    several = [c for check in table.source.checks for c in check.conditions]
    table.present |= {c.column for c in several if isinstance(c, Present)}
    absent = {c.column for c in several if isinstance(c, Absent)}
    references = [r for r in table.source.references if not _is_implied(r, table.source, held)]
    used: dict[str, HeldKey] = {}
    for reference in sorted(references, key=lambda r: -len(r.columns)):
        key = _key(table, reference, held)
        if absent & {*reference.columns}:
            _empty(table, key, [*reference.columns], "is null by a condition", notes)
            continue
        loops = [c for c, t in zip(reference.columns, reference.targets, strict=True) if c == t]
        if loops and reference.table == table.source.name:
            free = [name for name in reference.columns if name not in loops]
            reason = f"must refer to a row of the same {', '.join(loops)}"
            _empty(table, key, free or loops, reason, notes)
            continue
        shared = [name for name in reference.columns if name in used]
        if shared:
            _share(table, key, used, held, notes)
            continue
        for name in reference.columns:
            used[name] = key
        table.keys.append(key)
    order = {id(r): k for k, r in enumerate(table.source.references)}
    table.keys.sort(key=lambda key: order[id(key.reference)])


def _is_implied(reference: SourceReference, table: SourceTable, held: dict[str, HeldTable]) -> bool:
    """Whether another foreign key leads to the same row by way of the row it refers to."""
    tables = {name: one.source for name, one in held.items()}
    for other in table.references:
        is_part = other is not reference and {*reference.columns} < {*other.columns}
        if not is_part or leads_to(other.table, table.name, tables):
            continue
        there = dict(zip(other.columns, other.targets, strict=True))
        mapped = tuple(there[name] for name in reference.columns)
        for further in held[other.table].source.references:
            if (further.columns, further.table) == (mapped, reference.table):
                return True
        if other.table == reference.table and mapped == reference.targets:
            return True
    return False


def _key(table: HeldTable, reference: SourceReference, held: dict[str, HeldTable]) -> HeldKey:
    parent = held[reference.table]
    nullable = all(  # what is never null must come from some row, so that the others do as well
        table.source.by_name[name].nullable and name not in table.present
        for name in reference.columns
    )
    at = [k for k, name in enumerate(reference.targets) if name == parent.primary_key]
    if at:
        name = reference.columns[at[0]]
        return HeldKey(name, reference.table, reference, nullable, of=parent.source)
    stem = reference.columns[0] if len(reference.columns) == 1 else reference.table
    name = fresh(f"{stem[:58]}_row", table.taken)
    return HeldKey(name, reference.table, reference, nullable, is_beside=True, of=parent.source)


def _share(
    table: HeldTable,
    key: HeldKey,
    used: dict[str, HeldKey],
    held: dict[str, HeldTable],
    notes: list[Note],
) -> None:
    """Hold a key that has a column in common with another one."""
    reference = key.reference
    unused = [name for name in reference.columns if name not in used]
    if not unused and len(reference.columns) == 1:
        first = used[reference.columns[0]]
        if held[reference.table].primary_key == reference.targets[0] and not first.is_beside:
            # the same column refers to two tables, as where both share their numbers
            key = HeldKey(key.name, key.parent, reference, key.nullable)
        notes.append(_lost(table, reference, "shares its column with another foreign key"))
        return
    _empty(table, key, unused, "shares a column with another foreign key", notes)


def _empty(
    table: HeldTable, key: HeldKey, columns: list[str], reason: str, notes: list[Note]
) -> None:
    """Leave a foreign key null, where it may be."""
    nullable = [name for name in columns if table.source.by_name[name].nullable]
    if nullable:
        table.empty[nullable[0]] = f"the foreign key to {key.parent} {reason}"
        where = ", ".join(key.reference.columns)
        text = f"{table.source.name} ({where}) is null in every row: it {reason}"
        notes.append(Note(key.reference.line, text))
    else:
        notes.append(_lost(table, key.reference, reason))


def _lost(table: HeldTable, reference: SourceReference, reason: str) -> Note:
    columns = ", ".join(reference.columns)
    text = f"the foreign key {table.source.name} ({columns}) is not held: it {reason}"
    return Note(reference.line, text, is_lost=True)


def _break_circles(held: dict[str, HeldTable], notes: list[Note]) -> None:
    for table in held.values():
        for key in table.parents:
            if key.parent == table.source.name and not key.nullable:
                _link(table, key, "refers to its own table, and may not be null", notes)
    while (circle := _circle(held)) is not None:
        steps = [
            (held[child], key)
            for child, parent in itertools.pairwise(circle)
            for key in held[child].parents
            if key.parent == parent
        ]
        between = " → ".join(circle)
        pairs = [*itertools.pairwise(circle)]
        fewest = min(pairs, key=lambda pair: _effort(_of_pair(steps, pair)))
        if any(not key.nullable for _, key in _of_pair(steps, fewest)):
            text = f"no order of inserting rows keeps references that may not be null: {between}"
            line = min(key.reference.line for _, key in steps)
            notes.append(Note(line, f"{text}; an engine must look at them once all are there"))
        for table, key in steps:
            if (table.source.name, key.parent) == fewest:
                _link(table, key, f"is part of a circle, {between}", notes)


def _of_pair(
    steps: Sequence[tuple[HeldTable, HeldKey]], pair: tuple[str, str]
) -> list[tuple[HeldTable, HeldKey]]:
    return [(t, k) for t, k in steps if (t.source.name, k.parent) == pair]


def _effort(steps: Sequence[tuple[HeldTable, HeldKey]]) -> tuple[bool, bool, int]:
    """How much is lost where keys are taken out of a circle."""
    keys = [key for _, key in steps]
    is_lost = any(key.is_beside and not key.nullable for key in keys)
    return is_lost, any(not key.nullable or key.is_beside for key in keys), len(keys)


def _link(table: HeldTable, key: HeldKey, reason: str, notes: list[Note]) -> None:
    """Take a key out of the order in which tables are made."""
    if key.is_beside:
        table.keys.remove(key)
        _empty(table, key, [*key.reference.columns], reason, notes)
        return
    key.is_link = True
    text = f"{table.source.name}.{key.name} is filled once all rows are there: it {reason}"
    notes.append(Note(key.reference.line, text))


def _circle(held: dict[str, HeldTable]) -> list[str] | None:
    """A circle of references, from child to parent; none where there is none."""
    graph = {
        name: sorted({key.parent for key in table.parents} - {name}) for name, table in held.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [*reversed(error.args[1])]
    return None


def _hold_copies(table: HeldTable, held: dict[str, HeldTable], notes: list[Note]) -> None:
    """Columns that show what the row referred to has."""
    for key in table.keys:
        for column, target in zip(key.reference.columns, key.reference.targets, strict=True):
            if column == key.name:
                continue
            if key.is_link:
                _empty(table, key, [column], "is filled once all rows are there", notes)
            else:
                table.copies[column] = (key, target)
                held[key.parent].present.add(target)
                held[key.parent].copied.add(target)


def parents_first(held: dict[str, HeldTable]) -> Iterator[HeldTable]:
    """Tables such that each comes after those that it refers to.

    Parameters
    ----------
    held
        Tables by name.

    Yields
    ------
    HeldTable
    """
    graph = {
        name: sorted({key.parent for key in table.parents} - {name}) for name, table in held.items()
    }
    yield from (held[name] for name in TopologicalSorter(graph).static_order())
