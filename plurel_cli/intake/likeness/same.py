"""Keys of a source that lead to the row that another key leads to by way of a row referred to.

The customer of a payment is that of the rental which it pays. Where nearly all rows have it so, the
config has it in all rows: such a key is a link through the other one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.intake.likeness.figures import LEAST

if TYPE_CHECKING:
    from plurel_cli.intake.keys import HeldKey, HeldTable
    from plurel_cli.intake.likeness.rows import TableLikeness

_NEARLY_ALL = 0.98


def hold_same_rows(held: Mapping[str, HeldTable], likeness: Mapping[str, TableLikeness]) -> None:
    """Let keys be links through others that lead to the same row.

    Parameters
    ----------
    held
        Tables by name, some of whose keys are changed.
    likeness
        Keys of the source, by table.
    """
    needed: set[tuple[str, str]] = set()
    for name, table in held.items():
        for key in [*_choosing(table)]:
            ways = _ways(key, table, held, likeness) if (name, key.name) not in needed else ()
            for over, last in ways:
                key.is_link, key.through = True, f"{over.name}.{last.name}"
                needed |= {(name, over.name), (over.parent, last.name)}
                break


def _ways(
    key: HeldKey,
    table: HeldTable,
    held: Mapping[str, HeldTable],
    likeness: Mapping[str, TableLikeness],
) -> Iterator[tuple[HeldKey, HeldKey]]:
    """Keys of the table, and of the row that they refer to, that lead to the same row as a key."""
    one = likeness[table.source.name]
    for over in _choosing(table):
        if over is key or (not key.nullable and _may_be_null(over, one)):
            continue
        for last in held[over.parent].parents:
            is_possible = last.parent == key.parent and len(last.reference.columns) == 1
            if is_possible and _are_same(key, over, last, one, likeness[over.parent]):
                yield over, last


def _choosing(table: HeldTable) -> Iterator[HeldKey]:
    """Keys of one column to other tables by which no row is known."""
    counted = [*table.sequences.values()]
    joined = table.parents[:2] if table.is_junction else []
    for key in table.parents:
        is_plain = not (key.is_single or key.is_beside or key in joined or key in counted)
        is_other = key.parent != table.source.name
        if is_plain and is_other and len(key.reference.columns) == 1:
            yield key


def _may_be_null(key: HeldKey, one: TableLikeness) -> bool:
    """Whether rows of the config may have no such parent."""
    return key.nullable and one.nulls.get(key.reference.columns[0], 1.0) > 0


def _are_same(
    key: HeldKey, over: HeldKey, last: HeldKey, one: TableLikeness, there: TableLikeness
) -> bool:
    """Whether nearly all rows refer to the row that the row refers to which they refer to."""
    (column,), (way,) = key.reference.columns, over.reference.columns
    if column not in one.parents or way not in one.parents:
        return False
    ends = there.parents.get(last.reference.columns[0])
    if ends is None or not len(ends):
        return False
    direct, by_way = one.parents[column], one.parents[way]
    reached = np.where(by_way < 0, -1, ends[np.maximum(by_way, 0)])
    both = (direct >= 0) & (reached >= 0)
    is_telling = len(np.unique(direct[both])) >= LEAST
    return is_telling and bool((direct[both] == reached[both]).mean() >= _NEARLY_ALL)
