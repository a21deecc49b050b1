"""Conditions of SQL as what they say of columns, read from the trees that sqlglot makes.

A condition is a list of things that must all hold. Of an `OR` one side is enough, so the one is
taken that is easiest to keep. Whatever has no such meaning stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from plurel_cli.intake.expressions import formula_of, parsed, plain
from plurel_cli.intake.picture import (
    Absent,
    Among,
    Bounded,
    Calculated,
    Condition,
    Dated,
    Length,
    Opaque,
    Ordered,
    Pattern,
    Present,
    Unlike,
    ValidJson,
    Value,
)

if TYPE_CHECKING:
    from sqlglot import exp

_NOW = {"CurrentDate", "CurrentTimestamp", "CurrentDatetime", "CurrentTime"}
_PAST, _FUTURE = "2024-12-31", "2100-01-01"
"""Days that are past, and to come, whenever it is now."""

_FLIPPED = {"LT": "GT", "LTE": "GTE", "GT": "LT", "GTE": "LTE", "EQ": "EQ", "NEQ": "NEQ"}
_EASE: tuple[type, ...] = (
    *(
        Present,
        Among,
        Bounded,
        Dated,
        Unlike,
        Length,
        Ordered,
        ValidJson,
        Pattern,
        Calculated,
        Absent,
        Opaque,
    ),
)
"""Conditions, the one first that is easiest to keep."""


def conditions_of(text: str, dialect: str, names: Mapping[str, str]) -> tuple[Condition, ...]:
    """What a condition says.

    Parameters
    ----------
    text
        The condition, as SQL writes it.
    dialect
        Of SQL.
    names
        Names of the columns of the table by their lower case.

    Returns
    -------
    tuple of Condition
        All of which must hold; one that is `Opaque`, where it says something else.
    """
    tree = parsed(text, dialect)
    if tree is None:
        return (Opaque(text),)
    reader = _ConditionReader(names, text, dialect)
    return tuple(reader.read(plain(tree)))


class _ConditionReader:
    def __init__(self, names: Mapping[str, str], text: str, dialect: str) -> None:
        self._names, self._text, self._dialect = names, text, dialect

    def read(self, tree: exp.Expression) -> Iterator[Condition]:
        """What a tree says."""
        kind = type(tree).__name__
        if tree.args.get("negate"):
            positive = tree.copy()
            positive.set("negate", False)
            yield from self._turned(positive, tree)
            return
        reader: Callable[[exp.Expression], Iterator[Condition]] | None
        reader = getattr(self, f"_{kind.lower()}", None)
        if reader is not None:
            yield from reader(tree)
        elif kind in _FLIPPED:
            yield from self._comparison(kind, tree.this, tree.expression)
        else:
            yield from self._others(tree)

    def _opaque(self, tree: exp.Expression) -> Iterator[Condition]:
        yield Opaque(tree.sql())

    def _column(self, tree: exp.Expression) -> Iterator[Condition]:
        name = self._name(tree)
        if name is None:
            yield from self._opaque(tree)
        else:
            yield Among(name, (True,))

    def _boolean(self, tree: exp.Expression) -> Iterator[Condition]:
        if not tree.this:
            yield from self._opaque(tree)

    def _and(self, tree: exp.Expression) -> Iterator[Condition]:
        yield from self.read(tree.this)
        yield from self.read(tree.expression)

    def _or(self, tree: exp.Expression) -> Iterator[Condition]:
        sides = [[*self.read(side)] for side in _sides(tree)]
        several = [c for side in sides for c in side]
        if all(len(side) == 1 and isinstance(side[0], Among) for side in sides):
            columns = {c.column for c in several if isinstance(c, Among)}
            if len(columns) == 1:
                values = [v for c in several if isinstance(c, Among) for v in c.values]
                yield Among(columns.pop(), tuple(dict.fromkeys(values)))
                return
        nulls = {s[0].column for s in sides if len(s) == 1 and isinstance(s[0], Absent)}
        rest = [s for s in sides if not (len(s) == 1 and isinstance(s[0], Absent))]
        if len(rest) == 1 and nulls <= {n for c in rest[0] for n in _columns(c)}:
            yield from rest[0]  # a null keeps any other condition anyway
            return
        yield from min(sides, key=lambda s: max((_EASE.index(type(c)) for c in s), default=0))

    def _not(self, tree: exp.Expression) -> Iterator[Condition]:
        yield from self._turned(tree.this, tree)

    def _turned(self, of: exp.Expression, tree: exp.Expression) -> Iterator[Condition]:
        """What the opposite of a tree says."""
        inner = [*self.read(of)]
        if len(inner) != 1:
            yield from self._opaque(tree)
            return
        match inner[0]:
            case Absent(column):
                yield Present(column)
            case Present(column):
                yield Absent(column)
            case Among(column, (bool(value),)):
                yield Among(column, (not value,))
            case Among(column, values):
                yield from (Unlike(column, value) for value in values)
            case Unlike(column, value):
                yield Among(column, (value,))
            case Bounded(column, float(low), None, is_out):
                yield Bounded(column, high=low, high_is_out=not is_out)
            case Bounded(column, None, float(high), _, is_out):
                yield Bounded(column, low=high, low_is_out=not is_out)
            case Ordered(low_name, high_name, is_strict):
                yield Ordered(high_name, low_name, is_strict=not is_strict)
            case _:
                yield from self._opaque(tree)

    def _is(self, tree: exp.Expression) -> Iterator[Condition]:
        name, other = self._name(tree.this), type(tree.expression).__name__
        if name is None or other not in ("Null", "Boolean"):
            yield from self._opaque(tree)
        elif other == "Null":
            yield Absent(name)
        else:
            yield Among(name, (bool(tree.expression.this),))

    def _in(self, tree: exp.Expression) -> Iterator[Condition]:
        name, values = self._folded(tree.this), [_value(v) for v in tree.expressions]
        yield from self._one_of(name, values, tree)

    def _one_of(
        self, name: str | None, values: list[Value | None], tree: exp.Expression
    ) -> Iterator[Condition]:
        known = [value for value in values if value is not None]
        if name is None or len(known) < len(values) or not known:
            yield from self._opaque(tree)
        else:
            yield Among(name, tuple(known))

    def _between(self, tree: exp.Expression) -> Iterator[Condition]:
        low, high = tree.args["low"], tree.args["high"]
        yield from self._comparison("GTE", tree.this, low)
        yield from self._comparison("LTE", tree.this, high)

    def _like(self, tree: exp.Expression) -> Iterator[Condition]:
        name, pattern = self._name(tree.this), _value(tree.expression)
        if name is None or not isinstance(pattern, str):
            yield from self._opaque(tree)
        else:
            is_glob = self._dialect == "tsql"  # where LIKE knows classes
            yield Pattern(name, _regex_of_like(pattern, has_classes=is_glob))

    def _glob(self, tree: exp.Expression) -> Iterator[Condition]:
        name, pattern = self._name(tree.this), _value(tree.expression)
        if name is None or not isinstance(pattern, str):
            yield from self._opaque(tree)
        else:
            yield Pattern(name, _regex_of_glob(pattern))

    def _regexplike(self, tree: exp.Expression) -> Iterator[Condition]:
        name, pattern = self._name(tree.this), _value(tree.expression)
        if name is None or not isinstance(pattern, str):
            yield from self._opaque(tree)
        else:
            yield Pattern(name, pattern)

    def _others(self, tree: exp.Expression) -> Iterator[Condition]:
        """A function whose meaning is known by its name."""
        called = (getattr(tree, "name", "") or "").lower()
        if called in ("json_valid", "isjson") and (name := self._name(tree.expressions[0])):
            yield ValidJson(name)
        else:
            yield from self._opaque(tree)

    def _comparison(
        self, kind: str, left: exp.Expression, right: exp.Expression
    ) -> Iterator[Condition]:
        if type(right).__name__ == "Any" and kind == "EQ":
            yield from self._any(left, right)
            return
        null, other = self._null_test(left), self._null_test(right)
        if null is not None and other is not None and kind in ("EQ", "NEQ"):
            yield Present(null)
            yield Present(other) if kind == "EQ" else Absent(other)
            return
        names = [self._name(one) for one in getattr(left, "expressions", ())]
        if str(left.name).lower() == "num_nonnulls" and None not in names and _value(right) == 1:
            yield from (
                Absent(str(name)) if k else Present(str(name)) for k, name in enumerate(names)
            )
            return
        ours, theirs = self._name(left), self._name(right)
        if ours is not None and theirs is not None:
            yield from self._of_columns(kind, ours, theirs, left)
            return
        if ours is None and theirs is not None:
            left, right, ours, kind = right, left, theirs, _FLIPPED[kind]
        value = _value(right)
        if ours is None and value is not None:
            ours = self._folded(left)
        if ours is not None and value is not None:
            yield from _of_value(kind, ours, value)
            return
        if ours is not None and type(right).__name__ in _NOW and kind in ("LT", "LTE", "GT", "GTE"):
            is_past = kind in ("LT", "LTE")
            yield Dated(ours, last=_PAST) if is_past else Dated(ours, first=_FUTURE)
            return
        if ours is not None and kind == "EQ":
            formula = formula_of(right, self._names, self._text)
            if formula.is_known and "/" not in formula.of:  # which whole numbers do differently
                yield Calculated(ours, formula)
                return
        if type(left).__name__ == "Anonymous" and kind == "EQ" and value == 1:
            yield from self._others(left)
            return
        inner = _length_of(left)
        if inner is not None and (name := self._name(inner)) and isinstance(value, float | int):
            yield from _of_length(kind, name, int(value))
            return
        if ours is not None and kind == "EQ" and self._folded(right) == ours:
            letters = {"Upper": "^[^a-z]*$", "Lower": "^[^A-Z]*$"}.get(type(right).__name__, ".*")
            yield Pattern(ours, letters)
            return
        yield Opaque(self._text)

    def _any(self, left: exp.Expression, right: exp.Expression) -> Iterator[Condition]:
        inner = plain(right.this)
        values = [_value(v) for v in getattr(inner, "expressions", ())]
        yield from self._one_of(self._name(left), values, right)

    def _of_columns(
        self, kind: str, left: str, right: str, tree: exp.Expression
    ) -> Iterator[Condition]:
        if kind in ("LT", "LTE"):
            yield Ordered(left, right, is_strict=kind == "LT")
        elif kind in ("GT", "GTE"):
            yield Ordered(right, left, is_strict=kind == "GT")
        else:
            yield Opaque(self._text)

    def _null_test(self, tree: Any) -> str | None:
        """The column that is asked whether it is null, or whether it is not."""
        is_test = type(tree).__name__ == "Is" and type(tree.expression).__name__ == "Null"
        return self._name(tree.this) if is_test else None

    def _folded(self, tree: Any) -> str | None:
        """The column that is compared, whether or not in other letters."""
        is_folded = type(tree).__name__ in ("Upper", "Lower", "Trim")
        return self._name(tree.this if is_folded else tree)

    def _name(self, tree: Any) -> str | None:
        if type(tree).__name__ not in ("Column", "Identifier"):
            return None
        return self._names.get(str(tree.name).lower())


def _sides(tree: exp.Expression) -> Iterator[exp.Expression]:
    if type(tree).__name__ == "Or":
        yield from _sides(tree.this)
        yield from _sides(tree.expression)
    else:
        yield tree


def _columns(condition: Condition) -> Iterator[str]:
    if isinstance(condition, Ordered):
        yield from (condition.low, condition.high)
    elif not isinstance(condition, Opaque):
        yield condition.column


def _value(tree: Any) -> Value | None:
    """The value of a literal; none of anything else."""
    kind = type(tree).__name__
    if kind == "Neg":
        inner = _value(tree.this)
        return -inner if isinstance(inner, int | float) else None
    if kind == "Boolean":
        return bool(tree.this)
    if kind in ("National", "RawString"):
        return str(tree.this)
    if kind != "Literal":
        return None
    if tree.is_string:
        return str(tree.this)
    number = float(tree.this)
    return int(number) if number.is_integer() and "." not in str(tree.this) else number


def _of_value(kind: str, name: str, value: Value) -> Iterator[Condition]:
    if kind == "EQ":
        yield Among(name, (value,))
    elif kind == "NEQ":
        yield Unlike(name, value)
    elif isinstance(value, str):
        if re.match(r"\d{4}-\d\d-\d\d", value) is None:
            yield Opaque(f"{name} {kind} {value!r}")
        elif kind in ("GT", "GTE"):
            yield Dated(name, first=_day(value[:10], later=kind == "GT" or None))
        else:
            yield Dated(name, last=_day(value[:10], later=None if kind == "LTE" else False))
    elif kind in ("GT", "GTE"):
        yield Bounded(name, low=float(value), low_is_out=kind == "GT")
    else:
        yield Bounded(name, high=float(value), high_is_out=kind == "LT")


def _day(text: str, *, later: bool | None) -> str:
    """The day after another, where `later`; the one before, where that is false."""
    day = date.fromisoformat(text)
    return str(day + timedelta(days=0 if later is None else 1 if later else -1))


def _length_of(tree: Any) -> Any:
    """What a length is of."""
    if type(tree).__name__ == "Length":
        is_trimmed = type(tree.this).__name__ == "Trim"  # no text begins or ends with spaces
        return tree.this.this if is_trimmed else tree.this
    name = str(getattr(tree, "name", "")).lower()
    if name in ("len", "length", "char_length", "character_length") and tree.expressions:
        return tree.expressions[0]
    return None


def _of_length(kind: str, name: str, n: int) -> Iterator[Condition]:
    match kind:
        case "EQ":
            yield Length(name, n, n)
        case "GT" | "GTE":
            yield Length(name, n + (kind == "GT"), None)
        case "LT" | "LTE":
            yield Length(name, 0, n - (kind == "LT"))
        case _:
            yield Opaque(f"length of {name} is not {n}")


_SPECIAL = ".^$*+?{}[]\\|()"


def _regex_of_like(pattern: str, *, has_classes: bool) -> str:
    signs = {"%": ".*", "_": "."} | ({"[": "[", "]": "]"} if has_classes else {})
    return "^" + "".join(signs.get(c) or ("\\" + c if c in _SPECIAL else c) for c in pattern) + "$"


def _regex_of_glob(pattern: str) -> str:
    signs = {"*": ".*", "?": "."}
    return (
        "^"
        + "".join(signs.get(c) or ("\\" + c if c in ".^$+{}\\|()" else c) for c in pattern)
        + "$"
    )
