"""Tables and lines as text, of a width that cuts nothing which tells one thing from another.

Where a line is too narrow for the names and numbers of a table, each row is a paragraph instead:
the name, and below it a line for each cell. Widths are those of a terminal, where a letter of
Chinese is as wide as two of Latin.
"""

from __future__ import annotations

import io
import re
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
        Lines, which are wrapped where a terminal is narrow, and grids.
    width
        Characters of a line of a grid, where the names in it are no longer.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    file = io.StringIO()
    for part in parts:
        if isinstance(part, str):
            file.write(f"{_line(one_line(part), width)}\n")
        elif isinstance(part, Table) and _needed(part) > width:
            file.write(f"\n{stacked(part, width)}\n")
        else:
            _console(file, width).print(part)
    text = file.getvalue()
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _line(line: str, width: int) -> str:
    """A line, on a terminal that is narrower than a page as several; words below the first ones."""
    if width >= WIDTH or cell_len(line) <= width:
        return line
    text = line.lstrip(" ")
    indent = len(line) - len(text)
    title = re.match(r"\S+ {2,}", text)
    other = indent + (len(title[0]) if title else 2)
    return "\n".join(wrapped(text, width, " " * indent, " " * other))


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


def stacked(shown: Table, width: int) -> str:
    """A grid with a paragraph a row: the name, and below it each cell with its title.

    Parameters
    ----------
    shown
        The grid, the first column of which has the names.
    width
        Characters of a line, where no word is longer.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    titles = [" ".join(str(column.header).split()) for column in shown.columns]
    indent = 1 + max((cell_len(title) for title in titles[1:]), default=0)
    lines = []
    for name, *cells in zip(*(column.cells for column in shown.columns), strict=True):
        lines.append(one_line(str(name)))
        for title, cell in zip(titles[1:], cells, strict=True):
            if str(cell):
                lines += wrapped(f"{title:{indent}}{cell}", width, "  ", " " * (2 + indent))
    return "".join(f"{line}\n" for line in lines)


def wrapped(text: str, width: int, first: str = "", other: str = "") -> list[str]:
    """Lines of a text, which no word is cut for.

    Parameters
    ----------
    text
        The text, on one line; several spaces stay where they are within a line.
    width
        Characters of a line, at least 30, where no word is longer.
    first, other
        What the first line begins with, and each other.

    Returns
    -------
    list of str

    Examples
    --------
    >>> wrapped("five words of four each, and 東京東京東京東京東京 in wide letters", 30, "", "  ")
    ['five words of four each, and', '  東京東京東京東京東京 in wide', '  letters']
    """
    lines = [first]
    is_empty = True
    for space, word in re.findall(r"( *)([^ ]+)", one_line(text)):
        if not is_empty and cell_len(f"{lines[-1]}{space}{word}") > max(width, 30):
            lines.append(other)
            is_empty = True
        lines[-1] += word if is_empty else f"{space}{word}"
        is_empty = False
    return lines


def names_width(table: Table) -> int:
    """Characters of a line that the names and numbers of a grid take, and the space between."""
    gaps = _GAP * len(table.columns)
    return gaps + sum(
        max(cell_len(str(text)) for text in (column.header, *column.cells))
        for column in table.columns
        if column.no_wrap
    )
