"""Texts that tell of a mood, where a rating stands beside them: the mood is that of the rating."""

from __future__ import annotations

import re
from collections.abc import Mapping

from plurel_cli.intake.columns import StatedColumn, StatedTable
from plurel_cli.intake.guesses import snake
from plurel_cli.lenses.templates import TONE

_RATING = re.compile(r"(?:^|_)(?:rating|stars|score|grade)$")
_MOOD = re.compile(rf"\{{{TONE}:([^{{}}]*)\}}")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def tell_by_rating(stated: Mapping[str, StatedTable]) -> None:
    """State texts that tell of a mood by the only rating of the row.

    Parameters
    ----------
    stated
        What is stated of the columns of each table, which is changed.
    """
    for table in stated.values():
        ratings = [name for name, column in table.columns.items() if _is_rating(name, column)]
        if len(ratings) != 1:
            continue
        for column in table.columns.values():
            templates = column.statement.get("templates", ())
            if templates and column.statement["lens"] == "text":
                column.statement["templates"] = [_by(ratings[0], one) for one in templates]


def _is_rating(name: str, column: StatedColumn) -> bool:
    return (
        column.statement.get("lens") in ("integer", "number")
        and _RATING.search(snake(name)) is not None
        and _NAME.fullmatch(name) is not None
    )


def _by(rating: str, template: str) -> str:
    """A template by a number that is low in the mood that comes last."""

    def by_number(match: re.Match[str]) -> str:
        words = [part.strip(" ") for part in match[1].split("|")]
        return f"{{{rating}: {' | '.join(reversed(words))}}}"

    return _MOOD.sub(by_number, template)
