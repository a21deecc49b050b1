"""Tables and lines as text, of a width that cuts nothing which tells one thing from another.

Where a terminal is too narrow for names and numbers, the lines are longer than it, and it wraps
them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.table import Table

from plurel_cli.errors import one_line

WIDTH = 120
"""Columns of text where there is no terminal to fit."""

_GAP = 3


def grid() -> Table:
    """A table without columns; see `name_column` and others."""
    return Table(box=SIMPLE_HEAD, pad_edge=False)


def add_names(table: Table, *titles: str) -> None:
    """Add columns of names, which stay whole.

    Parameters
    ----------
    table
        A grid.
    titles
        Of the columns.
    """
    for title in titles:
        table.add_column(title, no_wrap=True, overflow="ignore")


def add_numbers(table: Table, *titles: str) -> None:
    """Add columns of numbers, which stay whole and are aligned to the right.

    Parameters
    ----------
    table
        A grid.
    titles
        Of the columns.
    """
    for title in titles:
        table.add_column(title, justify="right", no_wrap=True)  # what is ignored is not aligned


def add_words(table: Table, *titles: str) -> None:
    """Add columns of words, which take more lines where there is no room.

    Parameters
    ----------
    table
        A grid.
    titles
        Of the columns.
    """
    for title in titles:
        table.add_column(title, overflow="fold")


def printed(parts: Iterable[RenderableType], width: int) -> str:
    """Lines and grids as text.

    Parameters
    ----------
    parts
        Lines, which are never wrapped, and grids.
    width
        Characters of a line, where these are enough.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    file = io.StringIO()
    for part in parts:
        if isinstance(part, str):
            _console(file, width).print(one_line(part), soft_wrap=True)
        else:
            _console(file, max(width, _needed(part))).print(part)
    text = file.getvalue()
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _console(file: io.StringIO, width: int) -> Console:
    return Console(
        file=file, width=width, highlight=False, color_system=None, markup=False, emoji=False
    )


def _needed(part: RenderableType) -> int:
    """Characters of a line without which something would be cut."""
    if isinstance(part, Table):
        for column in part.columns:
            if column.no_wrap:
                texts = map(str, (column.header, *column.cells))
                column.min_width = max(cell_len(text) for text in texts)
    console = _console(io.StringIO(), 1 << 20)
    return console.measure(part).minimum


def names_width(table: Table) -> int:
    """Characters of a line that the names and numbers of a grid take, and the space between."""
    gaps = _GAP * len(table.columns)
    return gaps + sum(
        max(cell_len(str(text)) for text in (column.header, *column.cells))
        for column in table.columns
        if column.no_wrap
    )
