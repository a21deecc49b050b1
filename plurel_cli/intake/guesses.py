"""What a column is, guessed from its name and kind: one table of rules, the first that fits counts.

A rule looks at the words of a column's name, at what it holds, and at times at the table. It
gives a lens as a config states it, and how long its texts can be, so that a shorter column gets
another. `plurel init --explain` lists the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from plurel_cli.intake.picture import ColumnKind, SourceColumn, SourceTable
from plurel_cli.intake.things import rules_of_things

Statement = Mapping[str, Any]
"""What a config states of a column, as plain data."""


@dataclass(frozen=True)
class GuessRule:
    """A rule.

    Attributes
    ----------
    name
        Words that the name of a column has, as a regular expression.
    kinds
        What the column holds.
    lens
        What is then stated of it.
    longest
        Most characters that its texts have; none for numbers and the like.
    table
        What the name of the table has, as a regular expression; empty for any.
    shown
        What it is about in words, where these say more than the expressions.
    """

    name: str
    kinds: tuple[ColumnKind, ...]
    lens: Statement
    longest: int | None = None
    table: str = ""
    shown: str = ""

    def fits(self, column: SourceColumn, table: SourceTable) -> bool:
        """Whether a column is what it is about.

        Parameters
        ----------
        column, table
            The column.

        Returns
        -------
        bool
        """
        return (
            column.kind in self.kinds
            and re.search(rf"(?:^|_)(?:{self.name})(?:_|$|\d)", snake(column.name)) is not None
            and (not self.table or re.search(self.table, snake(table.name)) is not None)
        )


@lru_cache(1)
def rules() -> tuple[GuessRule, ...]:
    """All rules, the more telling ones first."""
    text = (Path(__file__).parent / "rules.yaml").read_text(encoding="utf-8")
    return tuple(
        GuessRule(
            name=raw["name"],
            kinds=tuple(raw.get("kinds", ("text",))),
            lens=raw["lens"],
            longest=raw.get("longest"),
            table=raw.get("table", ""),
            shown=raw.get("shown", ""),
        )
        for raw in (*rules_of_things(), *yaml.safe_load(text))
    )


def snake(name: str) -> str:
    """A name in small letters, its words apart.

    Examples
    --------
    >>> snake("CustomerID"), snake("Ship Via"), snake("c_acctbal")
    ('customer_id', 'ship_via', 'c_acctbal')
    """
    words = re.sub(r"([a-z0-9])([A-Z])|([A-Z]+)([A-Z][a-z])", r"\1\3_\2\4", name)
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def guess(column: SourceColumn, table: SourceTable) -> tuple[Statement, GuessRule | None]:
    """What a column is, by its name and kind alone.

    Parameters
    ----------
    column, table
        The column.

    Returns
    -------
    tuple
        What is stated of it, and the rule that says so; none where only the kind does.
    """
    for rule in rules():
        if rule.fits(column, table) and _is_long_enough(column, rule):
            return rule.lens, rule
    return _by_kind(column), None


def _is_long_enough(column: SourceColumn, rule: GuessRule) -> bool:
    if column.kind != "text" or rule.longest is None:
        return True
    if column.is_fixed and rule.longest != column.length:
        return (column.length or 1) > 3 and rule.longest <= (column.length or 1)
    return column.length is None or rule.longest <= column.length


def _by_kind(column: SourceColumn) -> Statement:
    match column.kind:
        case "boolean":
            return {"lens": "flag"}
        case "integer":
            return {"lens": "integer"}
        case "decimal" | "float":
            return {"lens": "number", "lognormal": {"median": 20, "sigma": 1}}
        case "date":
            return {"lens": "date"}
        case "timestamp":
            return {"lens": "timestamp"}
        case "time":
            return {"lens": "time_of_day"}
        case "uuid":
            return {"lens": "uuid"}
        case "ip":
            return {"lens": "ip"}
        case _:
            return _by_length(column)


def _by_length(column: SourceColumn) -> Statement:
    """A text of which only the length is known."""
    if column.length is not None and column.length < 36:
        return {"lens": "code", "pattern": code_pattern(column.length, is_fixed=column.is_fixed)}
    return {"lens": "title", "words": ["adjectives", "product_nouns"]}


def code_pattern(length: int, *, is_fixed: bool = False) -> str:
    """A pattern of codes for columns of a length.

    Parameters
    ----------
    length
        Most characters.
    is_fixed
        Whether all have as many.

    Returns
    -------
    str

    Examples
    --------
    >>> code_pattern(2), code_pattern(6), code_pattern(30)
    ('@@', '@@@###', '@@-######')
    """
    if length >= 9 and not is_fixed:
        return "@@-######"
    n = min(length, 40)
    letters = n if n <= 3 else n // 2
    return "@" * letters + "#" * (n - letters)


def explained() -> str:
    """The table of rules, a line each."""
    lines = []
    for rule in rules():
        stated = ", ".join(
            f"{k}: {v}" for k, v in rule.lens.items() if k not in ("templates", "values", "words")
        )
        where = rule.shown or rule.name + (f" in {rule.table}" if rule.table else "")
        short = f", {rule.longest} characters" if rule.longest is not None else ""
        lines.append(f"{stated:44} {'|'.join(rule.kinds)}{short}: {where}")
    return "\n".join(lines) + "\n"
