"""Columns that repeat others in a source are formulas of these in the config."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from plurel_cli.intake.demands import demands_of
from plurel_cli.intake.likeness.stating import counted

if TYPE_CHECKING:
    from plurel_cli.intake.columns import StatedTable
    from plurel_cli.intake.demands import Demand
    from plurel_cli.intake.keys import HeldTable
    from plurel_cli.intake.likeness.relations import Relation
    from plurel_cli.intake.likeness.rows import TableLikeness

_NUMBERS = {"integer", "number", "money", "percentage", "duration"}


def tell_relations(
    held: Mapping[str, HeldTable],
    stated: Mapping[str, StatedTable],
    likeness: Mapping[str, TableLikeness],
) -> None:
    """State columns that repeat others as formulas, where the schema demands nothing of them.

    Parameters
    ----------
    held
        Tables by name.
    stated
        What is stated of their columns, some of which is exchanged.
    likeness
        What rows of the source are like, by table.
    """
    for name, one in likeness.items():
        table, columns = held[name], stated[name].columns
        demands, orders = demands_of(table.source)
        ordered = {column for order in orders for column in (order.low, order.high)}
        for column, relation in one.relations.items():
            statement = columns[column].statement if column in columns else {}
            if statement.get("lens") not in _NUMBERS or "when" in statement:
                continue
            if statement.get("unique") or column in ordered or _is_bound(demands[column]):
                continue
            several = [_path(path, table, held, stated) for path in relation.of]
            if None in several:
                continue
            if statement.get("nulls") is False and _may_be_null(relation, table, stated):
                continue
            of = relation.form.format(*several)
            digits = {"integer": 0, "decimal": table.source.by_name[column].scale}.get(
                table.source.by_name[column].kind
            )
            formula = {"lens": "formula", "of": of}
            rounded = {} if digits is None else {"digits": digits}
            statement.clear()
            statement.update(formula | rounded)


def _is_bound(demand: Demand) -> bool:
    """Whether a schema says which values a column may have."""
    return demand.values is not None or demand.low is not None or demand.high is not None


def _may_be_null(relation: Relation, table: HeldTable, stated: Mapping[str, StatedTable]) -> bool:
    """Whether a relation gives null in some rows."""
    if relation.form.startswith(("count", "sum")):
        return False
    if relation.form.startswith(("mean", "min", "max")):
        return True
    for path in relation.of:
        key, dot, column = path.rpartition(".")
        there, held_key = stated[table.source.name], table.key_of(key) if dot else None
        if held_key is not None:
            if held_key.nullable:
                return True
            there = stated[held_key.parent]
        if column != there.times.time_column and (
            there.columns[column].statement.get("nulls") is not False
        ):
            return True
    return False


def _path(
    path: str,
    table: HeldTable,
    held: Mapping[str, HeldTable],
    stated: Mapping[str, StatedTable],
) -> str | None:
    """A column as a formula calls it; none where the config has no such column."""
    first, *rest = path.split(".")
    there = stated[table.source.name]
    if not rest:
        if first == there.times.time_column:
            return "time"
        return first if first in there.columns else None
    if len(rest) == 2:
        (key, column) = rest
        count = counted(first, key, table, held)
        if count is None or not column:
            return count and count[6:-1]
        if column not in stated[first].columns:
            return None
        by = count[6:-1].removeprefix(first)
        return f"{first}.{column}{by}"
    key_held = table.key_of(first)
    if key_held is None or key_held.is_link or rest[0] not in stated[key_held.parent].columns:
        return None
    return f"{key_held.name}.{rest[0]}"
