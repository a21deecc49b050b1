"""Lenses, distributions and the functions of formulas, from their registries.

What a config writes otherwise than a record has it is said here; all else comes from the records.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from docs.reference.markdown import NOTICE, code, table
from plurel_cli.formulas.functions import AGGREGATES, FUNCTIONS
from plurel_cli.formulas.parse import OPERATORS
from plurel_cli.lenses import Lens, lenses
from plurel_cli.lenses.numbers import NumberLens
from plurel_cli.lenses.rows import GroupLens
from plurel_cli.lenses.times import TimeLens
from plurel_cli.marginals import Marginal, marginals
from plurel_cli.words.lists import word_lists

INTRO = """\
# Lenses

What each lens writes, and its settings, which stand beside its name: `{lens: integer, min: 0}`.
[Columns](columns.md) says how columns are stated, with examples. `unique: true` is allowed where it
is listed; a null is a property of any lens.
"""

SECTIONS = {
    "Numbers": "They show a number. All of these have a distribution (see "
    "[Distributions](#distributions)) and its bounds; where it is left out, one is drawn. The rank "
    "of the variable decides which value a row has, so that dependence on other columns is kept.",
    "Times": "They show a number as well: its rank decides where between two days a time lies, or "
    "how long after or before another time it comes.",
    "Categories": "They show a category. Where neither weights nor a law of them are given, shares "
    "are drawn by `features.scm.cut`.",
    "Names, places and codes": "They show which row it is, and depend on nothing else. Those with "
    "`of` or `group` agree with each other: a person has one name, its e-mail address is made of "
    "that name, and its city lies in its country. Without either, columns of a table have no more "
    "in common than the rows of any other.",
    "Texts, objects and formulas": "They show other columns, as these are written.",
}

SPELLED: dict[tuple[str, str], tuple[str, str] | None] = {
    ("category", "labels"): (
        "values",
        "Labels, as a list, or as a map with the weight of each; all texts, or all whole numbers.",
    ),
    ("category", "weights"): None,
    ("numbers", "numbers"): ("each number", "Its weight, as in `numbers: {1: 6, 2: 3, 10: 1}`."),
    ("numbers", "weights"): None,
    ("subcategory", "allowed"): (
        "values",
        "For each label of that column the labels that it allows, as a list or as a map with "
        "their weights; those of `*` are for labels that are not named, and for null.",
    ),
    ("title_of", "labels"): ("words_by", "A list of words for each label, as a map."),
    ("title_of", "lists"): None,
}
"""What a config writes for fields of records."""

WRITTEN_AS = {
    "subcategory": "category",
    "title_of": "title",
}
"""Lenses that a config writes by another name."""

ABOUT: dict[str, str] = {
    "modulo": "remainder, which is never negative where the divisor is not",
    "divide": "quotient; null where the divisor is 0",
    "abs": "the number without its sign",
    "floor": "the next whole number below",
    "ceil": "the next whole number above",
    "round": "the nearest whole number, or multiple of 0.1, 0.01, … for 1, 2, … digits; halves "
    "away from zero",
    "sqrt": "square root; null below 0",
    "min": "the least of two or more",
    "max": "the largest of two or more",
    "if": "the second where the first is true, else the third",
    "coalesce": "the first that is not null",
    "is_null": "whether it is null",
    "not": "whether it is not true",
    "and": "whether both are true",
    "or": "whether one is true",
    "days": "a number of seconds in days, as the difference of two times is",
    "hours": "the same in hours",
    "year": "year of a time",
    "month": "month of a time, from 1",
    "weekday": "day of the week of a time, from Monday, 0",
    "hour": "hour of a time",
    "negative": "the number with its sign changed",
    "add": "sum",
    "subtract": "difference",
    "multiply": "product",
    "eq": "equal; also a category and a label in quotes, as in `status = 'paid'`",
    "ne": "not equal",
    "lt": "less",
    "le": "less or equal",
    "gt": "more",
    "ge": "more or equal",
}

OF_CHILDREN: dict[str, str] = {
    "count": "number of rows that refer to this one: `count(order)`",
    "sum": "sum; null where there are none: `sum(order_line.amount)`",
    "mean": "mean",
    "min": "least",
    "max": "largest",
    "any": "whether it is true in one of them",
}


def _section(record: type[Lens]) -> str:
    if issubclass(record, TimeLens):
        return "Times"
    by_variable = {
        "number": "Numbers",
        "category": "Categories",
        "row": "Names, places and codes",
        "others": "Texts, objects and formulas",
        "formula": "Texts, objects and formulas",
    }
    return by_variable[record.shows]


def _about(record: type[BaseModel]) -> str:
    return (inspect.getdoc(record) or "").partition("\n\n")[0]


def _default(field: FieldInfo) -> str:
    if field.is_required() or field.default in (None, "", ()):
        return ""
    value = field.default
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f" (default {code(text.lower() if isinstance(value, bool) else text)})"


def _settings(record: type[Lens]) -> Iterator[str]:
    kind = str(record.model_fields["kind"].default)
    common = {
        "kind",
        *(GroupLens.model_fields if issubclass(record, GroupLens) else ()),
        *(TimeLens.model_fields if issubclass(record, TimeLens) else ()),
    }
    for name, field in record.model_fields.items():
        is_bound = issubclass(record, NumberLens) and name in NumberLens.model_fields
        if name in common or name == "unique":
            continue
        if is_bound and field.default is None:
            continue  # as with all numbers, and told of them together
        written = SPELLED.get((kind, name), (name, field.description or ""))
        if written is not None:
            yield f"{code(written[0])}: {written[1].rstrip('.')}{_default(field)}."
    if getattr(record, "can_be_unique", False):
        yield "`unique`."
    if issubclass(record, GroupLens):
        yield "`of`, `group`."


_TYPES = {
    "category": "string or int64",
    "formula": "float64, int64 or boolean",
    "link": "int64",
}
"""Types of lenses where they hang on what is stated."""


def _type(record: type[Lens], kind: str) -> str:
    if kind in _TYPES:
        return _TYPES[kind]
    if any(field.is_required() for field in record.model_fields.values()):
        return "string"  # of words and templates
    return record(kind=kind).type


def _row(kind: str) -> tuple[str, str, str, str]:
    record = lenses.record(kind)
    name = WRITTEN_AS.get(kind, kind)
    return code(name), _about(record), " ".join(_settings(record)), _type(record, kind)


def _common(title: str) -> str:
    """Settings that all lenses of a section have."""
    base: type[Lens] | None = {"Numbers": NumberLens, "Times": TimeLens}.get(title)
    if base is None:
        return ""
    rows = []
    for name, field in base.model_fields.items():
        if name in ("kind", "unique"):
            continue
        if name == "marginal":
            rows.append(("a distribution, by its name", "As in `normal: {mean: 41, sd: 14}`."))
        else:
            rows.append((code(name), field.description or ""))
    return table(("all of them have", "what"), rows)


def _distributions() -> str:
    def row(kind: str) -> tuple[str, str, str]:
        record: type[Marginal] = marginals.record(kind)
        fields = (
            (SPELLED.get((kind, name), (name, field.description or "")), _default(field))
            for name, field in record.model_fields.items()
            if name != "kind"
        )
        settings = [
            f"{written[0] if ' ' in written[0] else code(written[0])}: "
            f"{written[1].rstrip('.')}{default}."
            for written, default in fields
            if written is not None
        ]
        return code(kind), _about(record), " ".join(settings)

    return table(("distribution", "what", "parameters"), map(row, marginals.names()))


def _functions() -> str:
    signs: dict[str, list[str]] = {}
    for sign, name in OPERATORS.items():
        signs.setdefault(name, []).append(code(sign))
    operators = [(", ".join(signs[name]), ABOUT[name]) for name in FUNCTIONS if name in signs] + [
        (code("-"), ABOUT["negative"]),
        (code("and"), ABOUT["and"]),
        (code("or"), ABOUT["or"]),
    ]
    operators.append((code("not"), ABOUT["not"]))
    words = {"negative", "and", "or", "not"}
    functions = [
        (code(f"{name}({_arguments(*function.arguments)})"), ABOUT[name])
        for name, function in FUNCTIONS.items()
        if name not in signs and name not in words
    ]
    aggregates = [(code(name), OF_CHILDREN[name]) for name in AGGREGATES]
    return "\n".join(
        (
            table(("operator", "what"), operators),
            table(("function", "what"), functions),
            table(("aggregate of rows that refer to this one", "what"), aggregates),
        )
    )


def _arguments(least: int, most: int) -> str:
    names = ", ".join("abc"[:least])
    return names if most == least else f"{names}, …"


def page() -> str:
    """The page."""
    parts = [NOTICE.format(source="the records of lenses and docs/reference/lenses.py"), INTRO]
    for title, about in SECTIONS.items():
        kinds = [kind for kind in lenses.names() if _section(lenses.record(kind)) == title]
        rows = table(("lens", "what", "settings", "type"), map(_row, kinds))
        parts += [f"## {title}\n\n{about}\n", _common(title), rows]
    parts += [
        "## Distributions\n\nA distribution stands beside the lens, by its name. Values outside of "
        "`min` and `max` do not occur: it is cut at them, not clipped.\n",
        _distributions(),
        "## Functions of formulas\n\nAn operator or a function of a null is null, unless the table "
        "says otherwise; so is what has no value, such as a division by 0.\n",
        _functions(),
        "## Lists of words\n\nWhat `words` of a title may name. Each was written for plurel from "
        "general knowledge, and is under its licence.\n",
        ", ".join(code(name) for name in word_lists()) + ".\n",
    ]
    return "\n".join(part for part in parts if part)
