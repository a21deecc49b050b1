"""Columns that no theme has a word for: what they are called, and what they hold.

They are drawn by the mix of their database, with the numbers of categories and distinct values of
real columns, whose logarithms are about uniform.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.elementary import exp, log
from plurel_cli.numerics.stream import Draws
from plurel_cli.themes.mix import Mix
from plurel_cli.words.lists import word_list

Statement = Mapping[str, Any]

T = TypeVar("T")

_NAMES: Mapping[str, tuple[str, ...]] = {
    "integer": (
        *("points", "units", "level", "size", "weight", "visits", "attempts", "capacity"),
        *("pages", "minutes", "days_open", "limit", "distance", "items", "balance", "volume"),
    ),
    "number": ("ratio", "factor", "index", "rate", "length", "width", "height", "coefficient"),
    "money": ("amount", "fee", "surcharge", "cost", "deposit", "allowance"),
    "percentage": ("share", "margin", "completion", "tolerance", "utilisation"),
    "flag": (
        *("is_valid", "is_primary", "is_shared", "is_manual", "has_notes", "is_locked"),
        *("is_external", "is_checked", "needs_review", "is_public", "is_complete", "is_new"),
    ),
    "category": (
        *("class", "grade", "channel", "origin", "segment", "zone", "tier", "source"),
        *("method", "phase", "series", "reason_code", "group_code", "area_code", "profile"),
    ),
    "date": ("effective_on", "checked_on", "due_on", "valid_until", "reported_on"),
    "code": ("reference", "short_code", "external_number", "lot_number", "document_number"),
}
"""Names by lens, in words."""

_WEIGHTS: Mapping[str, float] = {
    "integer": 5.0,
    "number": 0.5,
    "flag": 1.6,
    "category": 3.5,
    "date": 0.4,
    "money": 0.5,
    "percentage": 0.3,
    "code": 0.8,
}
"""How often each lens is drawn, where the mix of the database offers all alike."""

_FEWEST, _MOST = 2.0, 400.0
"""Categories of a column."""

_ROWS_A_CATEGORY = 5
"""Rows that each has on average, at the least."""

_ROWS_A_CODE = 40
"""The same of a code that is a whole number."""

_CODED = 0.4
"""Share of whole numbers that are codes, about equally frequent."""

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


def plain_column(mix: Mix, rows: int, draws: Draws) -> tuple[str, Statement]:
    """Draw a column that no theme has a word for.

    Parameters
    ----------
    mix
        What the columns of the database are made of.
    rows
        Rows of the table.
    draws
        Randomness of the table's columns alone.

    Returns
    -------
    tuple
        Its name in words, and what a config would state of it.
    """
    names = [*_WEIGHTS]
    lens = names[draws.weighted([_WEIGHTS[name] * mix.share(name) for name in names])]
    statement: dict[str, Any] = {"lens": lens}
    if lens == "category":
        most = min(max(rows / _ROWS_A_CATEGORY, _FEWEST + 1.0), _MOST)
        number = int(log_between(draws, _FEWEST, most))
        style = [*mix.labels][draws.weighted([*mix.labels.values()])]
        statement["values"] = _LABELS[style](number, draws)
        statement["zipf"] = log_between(draws, 0.9, 2.3)
    if lens == "integer" and draws.chance(_CODED):
        number = int(log_between(draws, 10.0, min(max(rows / _ROWS_A_CODE, 14.0), 300.0)))
        falls = draws.between(0.0, 0.5)
        codes = _digits(number, draws)
        statement["numbers"] = {code: exp(-falls * log(k + 1.0)) for k, code in enumerate(codes)}
    if lens == "code":
        statement["pattern"] = draws.item(("@@-####", "######", "@#####", "@@@", "####-##"))
    return draws.item(_NAMES[lens]), statement


def _words(number: int, draws: Draws) -> list[str]:
    """Words, or two of them where there are too few."""
    several = [*word_list("labels")]
    draws.shuffle(several)
    pairs = [f"{one} {other}" for one in several for other in several if one != other]
    return (several if number <= len(several) else pairs)[:number]


def _letters(number: int, draws: Draws) -> list[str]:
    """Codes of one to three letters, each once."""
    n = 1 if number <= 12 else 2 if number <= 120 else 3
    return _each_once(number, lambda: "".join(draws.item(_LETTERS) for _ in range(n)))


def _digits(number: int, draws: Draws) -> list[int]:
    """Whole numbers with gaps, each once; few of them count on from 1."""
    if number <= 8:
        return list(range(1, number + 1))
    most = int(number * log_between(draws, 1.0, 20.0)) + 1
    return sorted(_each_once(number, lambda: draws.below(most) + 1))


def _each_once(number: int, draw: Callable[[], T]) -> list[T]:
    several: dict[T, None] = {}
    while len(several) < number:
        several[draw()] = None
    return list(several)


_LABELS: Mapping[str, Callable[[int, Draws], list[Any]]] = {
    "words": _words,
    "letters": _letters,
    "digits": _digits,
}
