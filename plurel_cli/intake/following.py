"""Columns that follow from others: computed by the database, or copied from a row referred to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from plurel_cli.formulas.evaluate import label_problem
from plurel_cli.formulas.parse import parsed
from plurel_cli.intake.keys import HeldTable
from plurel_cli.intake.picture import (
    Bounded,
    Condition,
    Expression,
    Opaque,
    Ordered,
    Picture,
    SourceColumn,
)


def is_kept(condition: Condition, table: HeldTable) -> bool:
    """Whether a condition holds of a copied or computed column, whatever its value.

    Parameters
    ----------
    condition
        The condition.
    table
        The table.

    Returns
    -------
    bool
    """
    assert not isinstance(condition, Opaque | Ordered)  # noqa: S101 (those are told elsewhere)
    if condition.column in table.copies:
        key, target = table.copies[condition.column]
        checks = () if key.of is None else key.of.checks
        there = [one for check in checks for one in check.conditions]
        return replace(condition, column=target) in there
    if not isinstance(condition, Bounded):
        return False
    column = table.source.by_name[condition.column]
    low = condition.low
    is_low = condition.high is None and low is not None
    if column.computed is not None and "-" not in column.computed.of:
        return is_low and low is not None and low <= 0 and not condition.low_is_out
    of_column = table.key_of(condition.column)
    is_zero = low is not None and (low < 0 or (low == 0 and not condition.low_is_out))
    return of_column is not None and condition.column == of_column.name and is_low and is_zero


def type_words(column: SourceColumn) -> str:
    """What the source says of a column's type."""
    words = [column.type or "no type"]
    if not column.nullable:
        words.append("not null")
    return " ".join(words)


def computed(column: SourceColumn, formula: Expression) -> dict[str, Any]:
    """A column that is what a formula gives; nothing where plurel cannot say it.

    Parameters
    ----------
    column
        The column.
    formula
        What it is computed by.

    Returns
    -------
    dict
        A lens and its settings.
    """
    if formula.template:
        return {"lens": "text", "templates": [formula.template]}
    if (
        formula.of
        and _is_number(formula.of)
        and column.kind in ("integer", "decimal", "float", "boolean", "other")
    ):
        digits = {"integer": 0, "decimal": column.scale}.get(column.kind)
        return {
            "lens": "formula",
            "of": formula.of,
            **({} if digits is None else {"digits": digits}),
        }
    return {}


def without_formulas(picture: Picture, places: Iterable[str]) -> Picture | None:
    """A schema without the formulas of some columns, which the database computes anyway.

    Parameters
    ----------
    picture
        The schema.
    places
        Where a config of it has something that plurel refuses.

    Returns
    -------
    Picture or None
        None where no place is a formula.
    """
    stated = {tuple(place.split(".")[1:4:2]) for place in places if place.startswith("tables.")}
    tables, is_simpler = [], False
    for table in picture.tables:
        for column in table.columns:
            formula = column.computed
            if formula is not None and formula.is_known and (table.name, column.name) in stated:
                plain = replace(column, computed=Expression(text=formula.text))
                table, is_simpler = table.with_column(plain), True
        tables.append(table)
    return replace(picture, tables=tuple(tables)) if is_simpler else None


def _is_number(text: str) -> bool:
    """Whether a formula gives a number or a truth, and no label."""
    return label_problem(parsed(text)) is None


def copy_of(column: SourceColumn, path: str) -> dict[str, Any]:
    """A column that shows one of a row referred to.

    Parameters
    ----------
    column
        The column.
    path
        The key, and the column there.

    Returns
    -------
    dict
        A lens and its settings.
    """
    match column.kind:
        case "integer":
            return {"lens": "formula", "of": path, "digits": 0}
        case "decimal" | "float" | "boolean":
            return {"lens": "formula", "of": path}
        case "date" | "timestamp":
            return {"lens": column.kind, "after": path, "lag": {"numbers": {0: 1}}}
    return {"lens": "text", "templates": [f"{{{path}}}"]}
