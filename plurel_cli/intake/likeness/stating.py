"""What is stated of columns of numbers and labels, with what rows of the source are like.

What a schema demands goes before what its rows are like: its bounds, steps and labels stay.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from plurel_cli.intake.likeness.dependence import TIME
from plurel_cli.intake.likeness.rows import TableLikeness

if TYPE_CHECKING:
    from plurel_cli.intake.columns import StatedTable
    from plurel_cli.intake.keys import HeldTable

_NUMBERS = {"integer", "number", "money", "percentage", "duration"}
_WORDS = {
    *("category", "title", "code", "country", "country_code", "city", "region", "postcode"),
    *("colour", "company", "gender", "phone", "email", "person_name", "username", "address", "url"),
}
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
"""Tables that a formula can name."""

_SETTINGS = {"lens", "min", "max", "step", "nulls"}
_VARIABLES = _NUMBERS | {"category", "flag"}


def like(statement: dict[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """What is stated of a column, with what rows of the source are like.

    Parameters
    ----------
    statement
        What is stated of it otherwise.
    known
        What its rows are like.

    Returns
    -------
    dict
        As it was, where it is no number and no category.
    """
    lens = statement["lens"]
    if lens == "flag" and "true" in known and "true" not in statement:
        return {**statement, **known}
    if lens in _WORDS and "values" in known and not statement.get("unique"):
        return {"lens": "category", **known}
    if lens not in _NUMBERS or "values" in known or not known:
        return statement
    made = {key: value for key, value in statement.items() if key in _SETTINGS}
    narrower = {"min": max, "max": min, "step": max}
    for key, value in known.items():
        made[key] = narrower[key](made[key], value) if key in narrower and key in made else value
    low, high = made.get("min", -float("inf")), made.get("max", float("inf"))
    if "numbers" in made:
        made["numbers"] = {n: share for n, share in made["numbers"].items() if low <= n <= high}
    if low >= high or made.get("numbers") == {}:
        return statement
    if lens in ("money", "percentage", "duration"):
        made["lens"] = "integer" if lens == "duration" else "number"
    if made["lens"] == "number" and "step" not in made and statement.get("step"):
        made["step"] = statement["step"]
    return made


def tell_dependences(
    held: Mapping[str, HeldTable],
    stated: Mapping[str, StatedTable],
    likeness: Mapping[str, TableLikeness],
) -> None:
    """State of each number and label what it depends on in the source.

    Parameters
    ----------
    held
        Tables by name.
    stated
        What is stated of their columns, to which causes and shares are added.
    likeness
        What rows of the source are like, by table.
    """
    for name, one in likeness.items():
        table, columns = held[name], stated[name].columns
        for column, dependence in one.dependences.items():
            statement = columns[column].statement if column in columns else {}
            if not _is_variable(statement) or not dependence.is_any:
                continue
            causes = {}
            for cause, share in dependence.causes.items():
                if (path := _path(cause, table, held, stated)) is not None:
                    causes[path] = share
            if causes:
                statement["causes"] = causes
            left = 1 - sum(map(abs, causes.values()))
            shares = {"parents": dependence.parents, "memory": dependence.memory}
            shares = {key: share for key, share in shares.items() if share}
            if shares:
                shares["noise"] = round(max(left - sum(shares.values()), 0.01), 2)
                statement["features"] = {"scm": {"budget": {"shares": shares}}}


def counted(child: str, column: str, table: HeldTable, held: Mapping[str, HeldTable]) -> str | None:
    """A number of children as the config calls it; none where it has no such key.

    Parameters
    ----------
    child, column
        The table that refers, and by which column.
    table
        The one that it refers to.
    held
        All of them.

    Returns
    -------
    str or None
    """
    key = held[child].key_of(column)
    if key is None or key.is_link or not _NAME.fullmatch(child):
        return None
    several = [other for other in held[child].parents if other.parent == table.source.name]
    return f"count({child} by {key.name})" if len(several) > 1 else f"count({child})"


def _is_variable(statement: Mapping[str, Any]) -> bool:
    """Whether a column is a number or a label that can depend on others, and they on it."""
    return (
        statement.get("lens") in _VARIABLES
        and "when" not in statement
        and not statement.get("unique")
        and statement.get("nulls") != 1.0
    )


def _path(
    cause: str,
    table: HeldTable,
    held: Mapping[str, HeldTable],
    stated: Mapping[str, StatedTable],
) -> str | None:
    """A cause as the config calls it; none where the config has no such variable."""
    if cause == TIME:
        return TIME if stated[table.source.name].times.time_column else None
    if cause.endswith(")"):
        child, _, column = cause[:-1].partition("(")
        return counted(child, column, table, held)
    first, dot, column = cause.partition(".")
    if not dot:
        column_stated = stated[table.source.name].columns.get(first)
        is_there = column_stated is not None and _is_variable(column_stated.statement)
        return first if is_there else None
    key = table.key_of(first)
    if key is None or key.is_link:
        return None
    other = stated[key.parent].columns.get(column)
    return f"{key.name}.{column}" if other is not None and _is_variable(other.statement) else None
