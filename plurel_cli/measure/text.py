"""A comparison as text for a terminal."""

from __future__ import annotations

from rich.table import Table

from plurel_cli.measure.corpus import REFERENCE, Comparison, Judged
from plurel_cli.report.grid import WIDTH, add_names, add_numbers, add_words, grid, printed

_WIDE = 100
"""Width from which on there is room to say what a statistic is."""

_SHOWN = ("q25", "median", "q75")
_MISSING = "–"


def render(comparison: Comparison, width: int = WIDTH) -> str:
    """A line, a table of all statistics, and how many are inside.

    Parameters
    ----------
    comparison
        What to print.
    width
        Characters of a line.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    table = _table(comparison, is_wide=width >= _WIDE)
    return printed([_head(comparison), table, *_foot(comparison)], width)


def _head(comparison: Comparison) -> str:
    first, last = comparison.databases[0], comparison.databases[-1]
    if len(comparison.databases) == 1:
        return first.folder if first.seed is None else f"{first.folder}: seed {first.seed}"
    return f"{len(comparison.databases)} databases, {first.folder} to {last.folder}"


def _table(comparison: Comparison, *, is_wide: bool) -> Table:
    is_corpus = len(comparison.databases) > 1
    shown = grid()
    add_names(shown, "statistic")
    theirs = "real" if comparison.against == REFERENCE else "other"
    ours = ("n", *_SHOWN) if is_corpus else ("value",)
    add_numbers(shown, *ours, *(f"{theirs}\n{name}" for name in _SHOWN))
    add_words(shown, "inside")
    if is_corpus or is_wide:
        add_words(shown, "spread" if is_corpus else "what it is")
    for judged in (*comparison.judged, *comparison.more):
        shown.add_row(*_row(judged, is_corpus)[: len(shown.columns)])
    return shown


def _row(judged: Judged, is_corpus: bool) -> list[str]:
    ours = _SHOWN if is_corpus else ("median",)
    entries = [judged.name, *([str(judged.n)] if is_corpus else [])]
    entries += [_number(getattr(judged.ours, name, None)) for name in ours]
    entries += [_number(getattr(judged.theirs, name, None)) for name in _SHOWN]
    return [
        *entries,
        _verdict(judged.is_inside),
        _verdict(judged.is_spread) if is_corpus else judged.what,
    ]


def _number(value: float | None) -> str:
    return _MISSING if value is None else f"{value:.3g}" if abs(value) < 1e3 else f"{value:.0f}"


def _verdict(value: bool | None) -> str:
    return {None: _MISSING, True: "yes", False: "no"}[value]


def _foot(comparison: Comparison) -> list[str]:
    of = len(comparison.judged)
    lines = [f"inside {comparison.n_inside} of {of}"]
    if len(comparison.databases) > 1:
        lines.append(f"spread {comparison.n_spread} of {of}")
    return lines
