"""Verdicts of the classifier as text for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plurel_cli.measure.apart.judge import Tell, Verdict
from plurel_cli.report.grid import WIDTH, add_names, add_numbers, grid, printed

if TYPE_CHECKING:
    from rich.table import Table

_MOST_TELLS = 8
_QUARTILES = ("q25", "median", "q75")

_WORDS = {"columns": "columns", "keys": "foreign keys", "tables": "tables"}


def render(verdicts: Sequence[Verdict], theirs: str, width: int = WIDTH) -> str:
    """A line and a table for each level: its AUC, and what tells most.

    Parameters
    ----------
    verdicts
        Of the levels.
    theirs
        What the other side is called, in one word.
    width
        Characters of a line.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    parts: list[str | Table] = []
    for verdict in verdicts:
        parts.append(_line(verdict, theirs))
        if verdict.tells:
            parts.append(_table(verdict.tells[:_MOST_TELLS], theirs))
    return printed(parts, width)


def _line(verdict: Verdict, theirs: str) -> str:
    sizes = f"{verdict.n_ours} of ours, {verdict.n_theirs} {theirs}"
    if verdict.auc is None or verdict.error is None:
        return f"{_WORDS[verdict.level]}: too few databases with such ({sizes})"
    return f"{_WORDS[verdict.level]}: AUC {verdict.auc:.3f} ± {verdict.error:.3f} ({sizes})"


def _table(tells: Sequence[Tell], theirs: str) -> Table:
    table = grid()
    add_names(table, "statistic")
    add_numbers(table, "AUC\nalone", "gain", *_QUARTILES)
    add_numbers(table, *(f"{theirs}\n{name}" for name in _QUARTILES))
    for tell in tells:
        numbers = (f"{value:.3g}" for value in (*tell.ours, *tell.theirs))
        table.add_row(tell.name, f"{tell.auc:.2f}", f"{tell.gain:.0%}", *numbers)
    return table
