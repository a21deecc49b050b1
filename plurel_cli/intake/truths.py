"""Truths of SQL: which trees are true or false, and which condition is the easiest to keep."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from plurel_cli.intake.picture import (
    Absent,
    Among,
    Bounded,
    Calculated,
    Condition,
    Dated,
    Length,
    Multiple,
    Opaque,
    Ordered,
    Pattern,
    Present,
    Unlike,
    Unmatched,
    ValidJson,
    Value,
)

if TYPE_CHECKING:
    from sqlglot import exp

FLIPPED = {"LT": "GT", "LTE": "GTE", "GT": "LT", "GTE": "LTE", "EQ": "EQ", "NEQ": "NEQ"}
"""Comparisons from the other side."""

_EASE: tuple[type, ...] = (
    *(
        Present,
        Among,
        Bounded,
        Dated,
        Unlike,
        Length,
        Multiple,
        Ordered,
        ValidJson,
        Pattern,
        Unmatched,
        Calculated,
        Absent,
        Opaque,
    ),
)
"""Conditions, the one first that is easiest to keep."""


def sides_of(tree: exp.Expression) -> Iterator[exp.Expression]:
    """The sides of an `OR`, however many."""
    if type(tree).__name__ == "Or":
        yield from sides_of(tree.this)
        yield from sides_of(tree.expression)
    else:
        yield tree


def columns_of(condition: Condition) -> Iterator[str]:
    """Columns that a condition is about."""
    if isinstance(condition, Ordered):
        yield from (condition.low, condition.high)
    elif not isinstance(condition, Opaque):
        yield condition.column


def easiest(sides: list[list[Condition]]) -> list[Condition]:
    """The one of several lists of conditions that is easiest to keep."""
    return min(sides, key=lambda side: max((_EASE.index(type(c)) for c in side), default=0))


def is_truth(tree: Any) -> bool:
    """Whether a tree is true or false."""
    kind = type(tree).__name__
    return kind in ("Is", "Not", "In", "Between", "And", "Or", "Like", "Boolean") or kind in FLIPPED


def holds(kind: str, one: Value, other: Value) -> bool:
    """Whether a comparison of two values is true.

    Parameters
    ----------
    kind
        How they are compared, as sqlglot calls it.
    one, other
        The values.

    Returns
    -------
    bool
    """
    if isinstance(one, str) != isinstance(other, str):
        return False
    match kind:
        case "EQ":
            return one == other
        case "NEQ":
            return one != other
        case "LT" | "LTE":
            return one < other or (kind == "LTE" and one == other)  # type: ignore[operator]
        case _:
            return one > other or (kind == "GTE" and one == other)  # type: ignore[operator]
