"""Columns that tables of any trade may have besides those that their theme has words for.

What they are called hangs on what the table is: documents have pages, machines running hours. They
are drawn by the mix of their database, with the numbers of categories and distinct values of real
columns, whose logarithms are about uniform.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.elementary import exp, log
from plurel_cli.numerics.stream import Draws
from plurel_cli.themes.mix import Mix
from plurel_cli.themes.model import read_raw
from plurel_cli.themes.names import ROOT
from plurel_cli.words.lists import word_list

Statement = Mapping[str, Any]

T = TypeVar("T")

TIME = "time"
"""What stands for the time of the row in a statement."""


@cache
def _extra() -> Mapping[str, Mapping[str, tuple[frozenset[str], Statement]]]:
    """By kind and name, on what tables a column may be, and what is stated of it."""
    raw = read_raw(ROOT / "extra" / "columns.yaml")
    groups: Mapping[str, list[str]] = raw["groups"]

    def entry(stated: Mapping[str, Any]) -> tuple[frozenset[str], Statement]:
        roles = frozenset(role for named in stated["for"] for role in groups.get(named, [named]))
        return roles, {key: value for key, value in stated.items() if key != "for"}

    return {
        kind: {name: entry(stated) for name, stated in several.items()}
        for kind, several in raw["columns"].items()
    }


@dataclass(frozen=True)
class TableSite:
    """What a table is, to a column that it may have: its role in the theme, its rows."""

    role: str
    rows: int
    is_timed: bool


_WEIGHTS: Mapping[str, float] = {
    "integer": 5.0,
    "number": 0.5,
    "flag": 1.1,
    "category": 3.5,
    "date": 0.4,
    "money": 0.5,
    "percentage": 0.3,
    "code": 0.8,
}
"""How often each lens is drawn, where the mix of the database offers all alike."""

_FEWEST, _MOST = 3.0, 400.0
"""Categories of a column."""

_ROWS_A_CATEGORY = 5
"""Rows that each has on average, at the least."""

_ROWS_A_CODE = 40
"""The same of a code that is a whole number."""

_CODED = 0.4
"""Share of whole numbers that are codes, about equally frequent."""

_SINGLE = 0.6
"""Share of labels that are one word."""

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"


_FEW = 6
"""Labels of a category that have names in plain words of their own."""

_LOOSE = frozenset({*("is", "has", "was", "needs", "by", "open", "last", "first", "valid")})
"""First words that several columns of a table may have."""


def plain_lens(mix: Mix, draws: Draws) -> str:
    """Draw the lens of a further column.

    Parameters
    ----------
    mix
        What the columns of the database are made of.
    draws
        Randomness of the table's columns alone.

    Returns
    -------
    str
    """
    return [*_WEIGHTS][draws.weighted([n * mix.share(lens) for lens, n in _WEIGHTS.items()])]


def plain_column(
    lens: str, mix: Mix, on: TableSite, taken: Collection[str], draws: Draws
) -> tuple[str, Statement]:
    """Draw a column that the theme has no word for.

    Parameters
    ----------
    lens
        Its lens.
    mix
        What the columns of the database are made of.
    on
        The table.
    taken
        Names that it cannot have.
    draws
        Randomness of the table's columns alone.

    Returns
    -------
    tuple
        Its name in words, and what a config would state of it.
    """
    kind, stated = lens, dict[str, Any]()
    if lens == "category":
        most = min(max(on.rows / _ROWS_A_CATEGORY, _FEWEST + 1.0), _MOST)
        number = int(log_between(draws, _FEWEST, most))
        style = [*mix.labels][draws.weighted([*mix.labels.values()])]
        kind = "coded" if style != "words" else "few" if number <= _FEW else "many"
        if kind != "few":
            stated["values"] = _LABELS[style](number, draws)
        stated["zipf"] = log_between(draws, 0.9, 2.3)
    if lens == "integer" and draws.chance(_CODED):
        kind = "coded_integer"
        number = int(log_between(draws, 10.0, min(max(on.rows / _ROWS_A_CODE, 14.0), 300.0)))
        falls = draws.between(0.0, 0.5)
        codes = _digits(number, draws)
        stated["numbers"] = {code: exp(-falls * log(k + 1.0)) for k, code in enumerate(codes)}
    certain = [one for one in _WEIGHTS if one not in ("category", "integer", lens)]
    if not _free(kind, on, taken) and (others := [o for o in certain if _free(o, on, taken)]):
        return plain_column(draws.item(others), mix, on, taken, draws)
    name = _name(kind, on, taken, draws)
    statement = {"lens": lens, **_extra()[kind].get(name, (None, {}))[1], **stated}
    if kind == "few" and "values" not in statement:
        statement["values"] = _words(3, draws)
    return name, statement


def _name(kind: str, on: TableSite, taken: Collection[str], draws: Draws) -> str:
    """A name that suits the table, and begins with no word that another does."""
    first = {_first(name) for name in taken} - _LOOSE
    free = _free(kind, on, taken)
    apart = [name for name in free if _first(name) not in first]
    if apart or free:
        return draws.item(apart or free)
    k = 1
    while f"extra_{kind}_{k}" in taken:  # of more columns than there are words for
        k += 1
    return f"extra_{kind}_{k}"


def _free(kind: str, on: TableSite, taken: Collection[str]) -> list[str]:
    """Names that suit the table and are not taken."""
    return [
        name
        for name, (roles, statement) in _extra()[kind].items()
        if name not in taken and (on.is_timed or statement.get("after") != TIME)
        if on.role in roles
    ]


def _first(name: str) -> str:
    return name.partition("_")[0]


def _words(number: int, draws: Draws) -> list[str]:
    """Labels of one word or two, each once."""
    several = [*word_list("labels")]
    draws.shuffle(several)
    pairs = [f"{one} {other}" for one in several for other in several if one != other]
    is_single = [draws.chance(_SINGLE) for _ in range(number)]
    singles = several[: min(is_single.count(True), len(several) // 2)]
    labels = [*singles, *pairs[: number - len(singles)]]
    draws.shuffle(labels)
    return labels


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
