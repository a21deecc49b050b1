"""Columns of texts: a guess, within what patterns, lengths and uniqueness leave."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from plurel_cli.intake.demands import Demand
from plurel_cli.intake.guesses import Statement, code_pattern
from plurel_cli.intake.patterns import capacity, example_of, matches, pattern_of
from plurel_cli.intake.picture import SourceColumn, Value

EXAMPLES = {
    "email": ("diogo.araujo225851@postbox.example", "a.b@mail.co.example.net"),
    "url": ("https://www.mendes-engineering.example.net/news/10460", "https://a.example"),
    "phone": ("+55 555 3655 5769", "+1 212 555 0147"),
    "uuid": ("0b52ff0a-83b8-4d6f-9c4e-0d3f1f6e2a4c",),
    "country_code": ("DE", "US"),
    "username": ("diogoa225851", "mary.smith"),
    "person_name": ("Andrés Martín", "Mary O'Neil-Smith"),
    "ip": ("117.108.229.125",),
    "postcode": ("88271-133", "1010", "SW1A 1AA"),
}
"""What lenses write, for patterns to be tried on."""

_LONGEST_EMAIL = 70
"""Characters below which addresses of mail have to be told how long they may be."""

UNIQUE = {"email", "url", "phone", "uuid", "username", "code", "title", "serial"}
"""Lenses that can be unique."""


@dataclass(frozen=True)
class FittedText:
    """What is stated of a column of texts.

    Attributes
    ----------
    statement
        A lens and its settings.
    problems
        What is demanded of it that it does not keep.
    most_rows
        As many as there are texts, where no two are to be the same.
    """

    statement: dict[str, Any]
    problems: tuple[str, ...] = ()
    most_rows: int | None = None


def text_of(
    column: SourceColumn, guessed: Statement, demand: Demand, *, is_unique: bool
) -> FittedText:
    """What is stated of a column of texts.

    Parameters
    ----------
    column
        The column.
    guessed
        What it is by its name.
    demand
        What is demanded of it.
    is_unique
        Whether no two are to be the same.

    Returns
    -------
    FittedText
    """
    problems: list[str] = []
    length = demand.most
    statement = dict(guessed)
    if statement["lens"] == "email" and length is not None and length < _LONGEST_EMAIL:
        statement["longest"] = length
    examples = EXAMPLES.get(str(statement["lens"]), ())
    fits = bool(examples) and all(matches(p, e) for p in demand.patterns for e in examples)
    patterns = [] if fits else demand.patterns
    shortest = min(map(len, examples), default=9)
    if patterns:
        several = [made for p in patterns if (made := pattern_of(p, length)) is not None]
        kept = [made for made in several if all(matches(p, example_of(made)) for p in patterns)]
        if not kept:
            problems.append(f"a pattern of {column.name} is not held: {' and '.join(patterns)}")
        statement = {"lens": "code", "pattern": kept[0] if kept else "@@-####"}
    elif demand.least > 3 and (demand.least > shortest or demand.least == length):
        statement = {
            "lens": "code",
            "pattern": code_pattern(max(demand.least, 1), is_fixed=True),
        }
    elif demand.unmatched and str(statement["lens"]) != "category":
        statement = _without(column, demand)
        if not statement:
            signs = " and ".join(demand.unmatched)
            problems.append(f"texts of {column.name} may have what they must not: {signs}")
            statement = {"lens": "code", "pattern": "@@-######"}
    if statement["lens"] == "category":
        statement = _with_default(column, statement)
        values = statement.get("values")
        if values:
            kept = [value for value in values if demand.allows(value)]
            if not kept:
                problems.append(f"no label of {column.name} is known that its conditions allow")
            statement = {**statement, "values": kept or values}
    elif demand.unlike and _may_be(statement, demand.unlike):
        problems.append(f"{column.name} may be what it must not: {demand.unlike}")
    if is_unique:
        unique = unique_text(statement, length, is_given=bool(patterns))
        return replace(unique, problems=tuple(problems))
    return FittedText(statement, tuple(problems))


def _without(column: SourceColumn, demand: Demand) -> dict[str, Any]:
    """Codes in which nothing can be what a text must not have; nothing where there are none."""
    length = column.length or 30
    for pattern in (code_pattern(length, is_fixed=column.is_fixed), "#" * min(length, 9)):
        if all(_never(expression, pattern) for expression in demand.unmatched):
            return {"lens": "code", "pattern": pattern}
    return {}


def _never(expression: str, pattern: str) -> bool:
    """Whether no code of a pattern has what an expression says, as it asks for another sign."""
    is_any_case = expression.startswith("(?i)")
    body = expression.removeprefix("(?i)").replace(".*", "")
    if set(body) & set("|?*+{[(\\"):
        return False
    signs = set(body.replace(".", "").strip("^$"))
    made = {c for c in "ABCDEFGHIJKLMNOPQRSTUVWXYZ" if "@" in pattern}
    made |= set("0123456789") if "#" in pattern else set()
    made |= set(re.sub(r"[#@*]", "", pattern))
    if is_any_case:
        made |= {c.lower() for c in made}
    return not signs <= made


def _may_be(statement: dict[str, Any], values: Sequence[Value]) -> bool:
    """Whether a lens may write one of some values."""
    texts = [str(value) for value in values if str(value).strip()]
    if statement["lens"] == "code":
        n = len(example_of(str(statement["pattern"])))
        return any(len(text) == n for text in texts)
    if statement["lens"] == "text":
        return any(text in statement.get("templates", ()) for text in texts)
    return statement["lens"] == "title" and any(" " in text for text in texts)


def _with_default(column: SourceColumn, statement: dict[str, Any]) -> dict[str, Any]:
    """Labels with the default, if it is a text, before the others."""
    match = re.match(r"[Nn]?'([^']+)'", column.default or "")
    values = statement.get("values")
    if match is None or not isinstance(values, list) or match[1] in values:
        return statement
    return {**statement, "values": [match[1], *values]}


def unique_text(statement: dict[str, Any], length: int | None, *, is_given: bool) -> FittedText:
    """A lens on texts no two of which are the same.

    Parameters
    ----------
    statement
        What is stated of the column.
    length
        Most characters.
    is_given
        Whether it has to be that lens.

    Returns
    -------
    FittedText
    """
    lens = str(statement["lens"])
    if lens == "code" and not is_given:
        n = len(str(statement["pattern"]))
        statement = {"lens": "code", "pattern": "@" * n if n <= 5 else statement["pattern"]}
    elif lens not in UNIQUE:
        if length is None or length >= 36:
            statement = {"lens": "title", "words": ["adjectives", "product_nouns"]}
        else:
            n = min(length, 9)
            statement = {"lens": "code", "pattern": "@" * n if n <= 5 else code_pattern(n)}
    most_rows = None
    if statement["lens"] == "code":
        most_rows = max(1, capacity(str(statement["pattern"])) // 2)
    return FittedText({**statement, "unique": True}, (), most_rows)
