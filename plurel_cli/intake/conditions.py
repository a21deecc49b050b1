"""Conditions of SQL as what they say of columns, read from the trees that sqlglot makes.

A condition is a list of things that must all hold. Of an `OR` one side is enough, so the one is
taken that is easiest to keep. Whatever has no such meaning stays as it is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import TYPE_CHECKING, Any

from plurel_cli.intake.expressions import formula_of, parsed, plain
from plurel_cli.intake.literals import (
    compared,
    compared_with_now,
    length_of,
    of_length,
    of_position,
    regex_of_glob,
    regex_of_like,
    regex_of_similar,
    value_of,
)
from plurel_cli.intake.picture import (
    Absent,
    Among,
    Bounded,
    Calculated,
    Condition,
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
from plurel_cli.intake.truths import FLIPPED, columns_of, easiest, holds, is_truth, sides_of

if TYPE_CHECKING:
    from sqlglot import exp

_ANY_CASE = ("mysql", "sqlite", "tsql")
"""Dialects whose patterns take letters for the same, large or small."""


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
        elif kind in FLIPPED:
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
        sides = [[*self.read(side)] for side in sides_of(tree)]
        several = [c for side in sides for c in side]
        if all(len(side) == 1 and isinstance(side[0], Among) for side in sides):
            columns = {c.column for c in several if isinstance(c, Among)}
            if len(columns) == 1:
                values = [v for c in several if isinstance(c, Among) for v in c.values]
                yield Among(columns.pop(), tuple(dict.fromkeys(values)))
                return
        nulls = {s[0].column for s in sides if len(s) == 1 and isinstance(s[0], Absent)}
        rest = [s for s in sides if not (len(s) == 1 and isinstance(s[0], Absent))]
        if len(rest) == 1 and nulls <= {n for c in rest[0] for n in columns_of(c)}:
            yield from rest[0]  # a null keeps any other condition anyway
            return
        yield from easiest(sides)

    def _not(self, tree: exp.Expression) -> Iterator[Condition]:
        yield from self._turned(tree.this, tree)

    def _turned(self, of: exp.Expression, tree: exp.Expression) -> Iterator[Condition]:
        """What the opposite of a tree says."""
        kind = type(of).__name__
        if kind == "Not":
            yield from self.read(of.this)
            return
        if kind in ("And", "Or"):
            both = [[*self._turned(side, tree)] for side in (of.this, of.expression)]
            yield from easiest(both) if kind == "And" else (c for side in both for c in side)
            return
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
            case Pattern(column, expression):
                is_any_case = self._dialect in _ANY_CASE and not expression.startswith("(?i)")
                yield Unmatched(column, f"(?i){expression}" if is_any_case else expression)
            case Unmatched(column, expression):
                yield Pattern(column, expression)
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
        name, values = self._folded(tree.this), [value_of(v) for v in tree.expressions]
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

    def _like(self, tree: exp.Expression, escape: str = "") -> Iterator[Condition]:
        has_classes = self._dialect == "tsql"
        yield from self._pattern(
            tree, lambda text: regex_of_like(text, has_classes=has_classes, escape=escape)
        )

    def _ilike(self, tree: exp.Expression) -> Iterator[Condition]:
        yield from self._pattern(tree, lambda text: "(?i)" + regex_of_like(text, has_classes=False))

    def _escape(self, tree: exp.Expression) -> Iterator[Condition]:
        sign = value_of(tree.expression)
        if type(tree.this).__name__ == "Like" and isinstance(sign, str):
            yield from self._like(tree.this, sign)
        else:
            yield from self._opaque(tree)

    def _glob(self, tree: exp.Expression) -> Iterator[Condition]:
        yield from self._pattern(tree, regex_of_glob)

    def _similarto(self, tree: exp.Expression) -> Iterator[Condition]:
        yield from self._pattern(tree, regex_of_similar)

    def _regexplike(self, tree: exp.Expression) -> Iterator[Condition]:
        flag = value_of(tree.args.get("flag") or tree.args.get("flags"))
        start = "(?i)" if flag == "i" else ""
        if flag in (None, "i", "c"):
            yield from self._pattern(tree, lambda text: start + text)
        else:
            yield from self._opaque(tree)

    def _regexpilike(self, tree: exp.Expression) -> Iterator[Condition]:
        yield from self._pattern(tree, lambda text: "(?i)" + text)

    def _pattern(self, tree: exp.Expression, regex_of: Callable[[str], str]) -> Iterator[Condition]:
        name, pattern = self._folded(tree.this), value_of(tree.expression)
        if name is None or not isinstance(pattern, str):
            yield from self._opaque(tree)
        else:
            is_folded = type(tree.this).__name__ in ("Lower", "Upper")
            regex = regex_of(pattern).removeprefix("(?i)")
            is_any = is_folded or regex_of(pattern).startswith("(?i)")
            yield Pattern(name, f"(?i){regex}" if is_any else regex)

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
        counted, n = self._counted(left), value_of(right)
        if counted and isinstance(n, int) and kind in ("EQ", "GTE", "GT", "LTE", "LT"):
            yield from self._count(kind, counted, n)
            return
        if kind in ("EQ", "NEQ") and is_truth(left) and is_truth(right):
            yield from self._alike(kind, left, right)
            return
        ours, theirs = self._name(left), self._name(right)
        if ours is not None and theirs is not None:
            yield from self._of_columns(kind, ours, theirs, left)
            return
        if ours is None and theirs is not None:
            left, right, ours, kind = right, left, theirs, FLIPPED[kind]
        value = value_of(right)
        if ours is None and value is not None:
            ours = self._folded(left)
        if ours is not None and value is not None:
            yield from compared(kind, ours, value)
            return
        if ours is not None and (days := [*compared_with_now(kind, ours, right)]):
            yield from days
            return
        if "Coalesce" in (type(left).__name__, type(right).__name__):
            yield from self._filled(kind, left, right)
            return
        if ours is not None and kind == "EQ":
            formula = formula_of(right, self._names, self._text)
            if formula.is_known and "/" not in formula.of:  # which whole numbers do differently
                yield Calculated(ours, formula)
                return
        if type(left).__name__ == "Anonymous" and kind == "EQ" and value == 1:
            yield from self._others(left)
            return
        if type(left).__name__ == "Mod" and kind == "EQ" and value == 0:
            whole, by = self._name(left.this), value_of(left.expression)
            if whole is not None and isinstance(by, int) and by > 0:
                yield Multiple(whole, by)
                return
        if type(left).__name__ == "StrPosition" and isinstance(value, int):
            place, text = self._folded(left.this), value_of(left.args.get("substr"))
            if place is not None and isinstance(text, str):
                yield from of_position(kind, place, text, value)
                return
        inner = length_of(left)
        if inner is not None and (name := self._name(inner)) and isinstance(value, float | int):
            yield from of_length(kind, name, int(value))
            return
        if ours is not None and kind == "EQ" and self._folded(right) == ours:
            letters = {"Upper": "^[^a-z]*$", "Lower": "^[^A-Z]*$"}.get(type(right).__name__, ".*")
            yield Pattern(ours, letters)
            return
        yield Opaque(self._text)

    def _any(self, left: exp.Expression, right: exp.Expression) -> Iterator[Condition]:
        inner = plain(right.this)
        values = [value_of(v) for v in getattr(inner, "expressions", ())]
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

    def _alike(self, kind: str, left: exp.Expression, right: exp.Expression) -> Iterator[Condition]:
        """Two truths that are the same, or are not: both hold, or one does, or none."""
        ours, theirs = [*self.read(left)], [*self.read(right)]
        not_ours, not_theirs = [*self._turned(left, left)], [*self._turned(right, right)]
        if kind == "EQ":
            sides = [ours + theirs, not_ours + not_theirs]
        else:
            sides = [not_ours + theirs, ours + not_theirs]
        yield from easiest(sides)

    def _counted(self, tree: Any) -> list[Any]:
        """Truths that are counted, as by `num_nonnulls`, or as a sum of ones."""
        name, kind = str(getattr(tree, "name", "")).lower(), type(tree).__name__
        if kind == "Anonymous" and name in ("num_nonnulls", "num_nulls"):
            return [(column, name == "num_nonnulls") for column in tree.expressions]
        if kind == "Add":
            left, right = self._counted(tree.this), self._counted(tree.expression)
            return left + right if left and right else []
        if kind == "Case" and len(tree.args["ifs"]) == 1 and not tree.args.get("this"):
            (branch,) = tree.args["ifs"]
            rest = value_of(tree.args.get("default"))
            one = value_of(branch.args["true"])
            if {one, rest} == {0, 1}:
                return [(branch.this, one == 1)]
        return [(tree, True)] if is_truth(tree) else []

    def _count(self, kind: str, counted: list[Any], n: int) -> Iterator[Condition]:
        """So many truths hold as are demanded: the easiest of them."""
        most = len(counted)
        least = {"EQ": n, "GTE": n, "GT": n + 1}.get(kind, 0)
        last = {"EQ": n, "LTE": n, "LT": n - 1}.get(kind, most)
        sides = []
        for number in range(max(least, 0), min(last, most) + 1):
            for chosen in combinations(range(most), number):
                side: list[Condition] = []
                for k, (tree, is_said) in enumerate(counted):
                    holds = (k in chosen) == is_said
                    side += self._presence(tree, holds)
                sides.append(side)
        yield from easiest(sides) if sides else [Opaque(self._text)]

    def _presence(self, tree: Any, holds: bool) -> list[Condition]:
        name = self._name(tree)
        if name is not None:
            return [Present(name) if holds else Absent(name)]
        return [*self.read(tree)] if holds else [*self._turned(tree, tree)]

    def _filled(self, kind: str, left: Any, right: Any) -> Iterator[Condition]:
        """A comparison in which a null stands for a value: both of them fulfil it."""
        several: list[list[Any]] = []
        for side in (left, right):
            is_filled = type(side).__name__ == "Coalesce" and len(side.expressions) == 1
            several.append([side.this, side.expressions[0]] if is_filled else [side])
        for ours in several[0]:
            for theirs in several[1]:
                one, other = value_of(ours), value_of(theirs)
                if one is None or other is None:
                    yield from self._comparison(kind, ours, theirs)
                elif not holds(kind, one, other):
                    names = [self._name(side.this) for side in (left, right)]
                    yield from (Present(name) for name in names if name is not None)

    def _folded(self, tree: Any) -> str | None:
        """The column that is compared, whether or not in other letters."""
        is_folded = type(tree).__name__ in ("Upper", "Lower", "Trim")
        return self._name(tree.this if is_folded else tree)

    def _name(self, tree: Any) -> str | None:
        if type(tree).__name__ not in ("Column", "Identifier"):
            return None
        return self._names.get(str(tree.name).lower())
