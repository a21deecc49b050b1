"""Statements of columns with what a theme leaves to be drawn: words, and room in a pattern."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.stream import Draws
from plurel_cli.themes.circumstances import Circumstances
from plurel_cli.themes.plain import TIME, Statement
from plurel_cli.words.customs import customs
from plurel_cli.words.lists import word_list

_NOWHERE = Circumstances()

FEW = 6
"""Words, at the least, of a category whose theme does not say how many."""


_ROWS_A_CLERK = 12
"""Rows that somebody entered, on average, at the least."""

_ROWS_A_BATCH = 25
"""Rows that came in with one batch, on average, at the least."""

_MOST_BATCHES = 400

_LARGEST_GAP = 9
"""Between the numbers of two batches: those between had no rows of this table."""


def drawn_statement(
    statement: Statement, rows: int, draws: Draws, around: Circumstances = _NOWHERE
) -> dict[str, Any]:
    """A statement without what only themes may write.

    Parameters
    ----------
    statement
        What a theme states of a column.
    rows
        Rows of its table.
    draws
        Randomness of the column's words alone.
    around
        Who works in the database, and in what countries it is.

    Returns
    -------
    dict
        As a config would state it.
    """
    result = dict(statement)
    if statement.get("lens") == "category" and "words" in statement:
        several = word_list(str(result.pop("words")))
        most = max(len(several), FEW + 1)
        number = int(result.pop("number", log_between(draws, FEW, most)))
        number = min(number, len(several))
        result["values"] = _some(several, number, draws)
        if "zipf" not in result:
            result["zipf"] = draws.between(0.3, 1.3)
    if result.pop("staff", False):
        most = min(len(around.staff), max(rows // _ROWS_A_CLERK, 3))
        number = int(log_between(draws, 2.0, most + 1.0))
        result["values"] = _some(dict.fromkeys(around.staff, 1.0), number, draws)
        result["zipf"] = draws.between(0.3, 1.4)
    if result.get("lens") in ("date", "timestamp"):
        result.pop("plan", None)
        if "lag" in result and not {"after", "before"} & {*result}:
            result["after"] = TIME
    if (first := result.pop("batches", None)) is not None:
        n_batches = min(max(rows / _ROWS_A_BATCH, 3.0), _MOST_BATCHES)
        gap = draws.below(_LARGEST_GAP) + 1
        numbers = range(int(log_between(draws, 3.0, n_batches + 1.0)))
        result["numbers"] = {int(first) + gap * k + draws.below(gap): 1.0 for k in numbers}
    if (custom := result.pop("home", None)) and (usual := customs(custom, around.home)):
        result["values"] = usual
        result.pop("zipf", None)
    if statement.get("lens") == "code" and statement.get("unique"):
        result["pattern"] = roomy(str(statement["pattern"]), rows)
    return result


def _some(several: Mapping[str, float], number: int, draws: Draws) -> list[str]:
    """Some words of a list, each once, those of more weight more often."""
    rest = dict(several)
    chosen = []
    for _ in range(number):
        names = [*rest]
        name = names[draws.weighted([*rest.values()])]
        chosen.append(name)
        del rest[name]
    return chosen


_SYMBOLS = {"#": 10, "@": 26, "*": 16}


def roomy(pattern: str, rows: int) -> str:
    """A pattern with as many more digits as the rows of a table need, twice over.

    Parameters
    ----------
    pattern
        Of a code: # a digit, @ a letter, * a hexadecimal digit.
    rows
        Rows that each need a code.

    Returns
    -------
    str
        The pattern, with # at its end where it needs more.
    """
    room = 1
    for symbol in pattern:
        room *= _SYMBOLS.get(symbol, 1)
    while room < 2 * rows:
        pattern += "#"
        room *= 10
    return pattern
