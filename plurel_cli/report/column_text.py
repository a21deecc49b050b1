"""Columns as text for a terminal: a line each, or where that is narrow, a few."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plurel_cli.errors import one_line
from plurel_cli.prose import percent
from plurel_cli.report.columns import ColumnSummary
from plurel_cli.report.grid import (
    WIDTH,
    add_names,
    add_numbers,
    add_words,
    grid,
    names_width,
    printed,
    stacked,
)
from plurel_cli.report.sparkline import sparkline, values_of
from plurel_cli.summary.columns import ColumnFigures

if TYPE_CHECKING:
    from rich.table import Table as Grid

_LEAST_WORDS = 24
_MOST_WORDS = 80


def render(
    columns: Sequence[ColumnSummary], width: int = WIDTH, *, has_details: bool = True
) -> str:
    """A table of columns, plain enough to be piped; on a narrow terminal, a few lines for each.

    Parameters
    ----------
    columns
        What to print.
    width
        Characters of a line.
    has_details
        Whether what is stated or drawn of each is printed where there is room.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    for n_words in (2, 1)[not has_details :]:
        shown = _grid(columns, has_details=n_words == 2)
        if names_width(shown) + n_words * _LEAST_WORDS <= width:
            return printed([shown], width)
    return stacked(_grid(columns, has_details=has_details), width)


def _grid(columns: Sequence[ColumnSummary], *, has_details: bool) -> Grid:
    """A row for each column."""
    has_figures = any(column.figures is not None for column in columns)
    shown = grid()
    add_names(shown, "column", "type", "what")
    if has_figures:
        add_numbers(shown, "nulls", "distinct")
        add_names(shown, "shape")
        add_words(shown, "values")
    if has_details or not has_figures:
        add_words(shown, "details")
    for column in columns:
        cells = [column.name, column.type or "", column.what]
        if has_figures:
            cells += _cells(column.figures)
            if not has_details:
                refers = column.details[:1] if column.what == "foreign key" else ()
                cells[-1] = "; ".join(filter(None, [cells[-1], *refers, *_marks(column)]))
        if len(cells) < len(shown.columns):
            cells.append("; ".join((*map(_shortened, column.details), *_marks(column))))
        shown.add_row(*map(one_line, cells))
    return shown


def _marks(column: ColumnSummary) -> tuple[str, ...]:
    return (*("unique",) * column.unique, *("tells the future",) * column.tells_future)


def _shortened(words: str) -> str:
    return words if len(words) <= _MOST_WORDS else words[: _MOST_WORDS - 1] + "…"


def _cells(figures: ColumnFigures | None) -> tuple[str, ...]:
    """Nulls, different values, shape and values."""
    if figures is None:
        return "", "", "", ""
    about = "" if figures.is_exact else "~"
    nulls = percent(figures.nulls / figures.rows) if figures.nulls else ""
    return nulls, f"{about}{figures.distinct:,}", sparkline(figures), values_of(figures)
