"""A description as text for a terminal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from plurel_cli.errors import one_line
from plurel_cli.prose import counted
from plurel_cli.report.column_text import render as render_columns
from plurel_cli.report.description import ClusterCounts, Description
from plurel_cli.report.grid import WIDTH, add_names, add_numbers, add_words, grid, printed
from plurel_cli.report.tasks import render as render_lines
from plurel_cli.report.training import in_words
from plurel_cli.schema.forms import forms

_SORTS = ("flags", "dates", "texts")
"""Counts of columns that are shown where there are any."""


def render(description: Description, width: int = WIDTH) -> str:
    """A few lines, two tables, and one for the columns of each table, plain enough to be piped.

    Parameters
    ----------
    description
        What to print.
    width
        Characters of a line.

    Returns
    -------
    str
        Lines, the last one ended.
    """
    parts: list[RenderableType] = [*_head(description), _tables(description)]
    if description.foreign_keys:
        parts.append(_keys(description))
    scores = render_lines(description.tasks).splitlines() if description.tasks else []
    sections = {
        "tasks that were scored": scores,
        "habits": _habits(description),
        "arrivals": _arrivals(description),
        "hidden variables": [
            f"{t.name}: {', '.join(t.hidden)}" for t in description.tables if t.hidden
        ],
        "tell the future of their row": [
            f"{t.name}: {', '.join(t.tells_future)}" for t in description.tables if t.tells_future
        ],
    }
    for title, lines in sections.items():
        if lines:
            parts += [f" {title}", *(f"  {line}" for line in lines), ""]
    parts += [f"note: {note}" for note in description.notes]
    text = printed(parts, width)
    for table in description.tables:
        if table.columns:
            rows = f"{table.rows:,} row{'s' * (table.rows != 1)}"
            text += f"\n{one_line(table.name)}: {rows}\n"
            text += render_columns(table.columns, width, has_details=False)
    return text


def _head(description: Description) -> list[str]:
    graph = description.graph
    rows = f"{counted(description.rows, 'row')}, {description.bytes / 1e6:,.1f} MB"
    size = f"{counted(graph.tables, 'table')}, {counted(graph.foreign_keys, 'foreign key')}"
    ends = f"{counted(graph.sources, 'source')}, {counted(graph.sinks, 'sink')}"
    pairs = counted(graph.multipath_pairs, "pair")
    stages = ", ".join(description.stages)
    lines = [
        f"{description.folder}: seed {description.seed}, stages done: {stages}",
        f"  size    {size}, {rows}",
        f"  graph   {graph.layout}: {ends}, longest path {graph.longest_path}, "
        f"{pairs} with several paths",
    ]
    if description.window:
        start, end = description.window["start"], description.window["end"]
        val, test = description.window["val_timestamp"], description.window["test_timestamp"]
        profile = description.window.get("profile", "")
        if profile:
            article = "an" if profile[0] in "aeiou" else "a"
            profile = f", profile of {article} {profile}"
        lines.append(
            f"  window  {start} to {end}, validation from {val}, test from {test}{profile}"
        )
    if description.training:
        first, *others = in_words(description.training)
        lines += [f"  tasks   {first}", *(f"          {line}" for line in others)]
    return lines


def _tables(description: Description) -> Table:
    shown = grid()
    add_names(shown, "table", "kind")
    titles = [title for title in _SORTS if any(getattr(t, title) for t in description.tables)]
    titles = ["numerical", "categorical", *titles]
    add_numbers(shown, "rows", "keys", *titles)
    add_names(shown, "time")
    for table in description.tables:
        counts = (table.foreign_keys, *(getattr(table, title) for title in titles))
        time = table.time_column or ""
        shown.add_row(table.name, table.kind, f"{table.rows:,}", *map(str, counts), time)
    return shown


def _keys(description: Description) -> Table:
    shown = grid()
    add_names(shown, "foreign key", "parent")
    has_nulls = any(key.fan_out and key.fan_out.null_share for key in description.foreign_keys)
    columns = ["mean", "median", "max", "childless", *["null"] * has_nulls, "clusters"]
    add_numbers(shown, *columns)
    add_words(shown, "by level")
    for key in description.foreign_keys:
        fan_out = key.fan_out
        numbers = [""] * (len(columns) - 1)
        if fan_out is not None:
            numbers = [
                f"{fan_out.mean:.2f}",
                f"{fan_out.median:g}",
                f"{fan_out.max:,}",
                f"{fan_out.childless_share:.1%}",
                *[f"{fan_out.null_share:.1%}"] * has_nulls,
            ]
        shown.add_row(f"{key.child}.{key.column}", key.parent, *numbers, *_clusters(key.blocks))
    return shown


def _clusters(blocks: ClusterCounts | None) -> tuple[str, str]:
    if blocks is None:
        return "", ""
    parents, children = blocks.parent_clusters, blocks.child_clusters
    levels = ", ".join(f"{a}×{b}" for a, b in zip(parents, children, strict=True))
    return f"{math.prod(parents)} × {math.prod(children)}", levels


def _habits(description: Description) -> list[str]:
    """What shapes each foreign key besides its blocks, one line for each key that has any of it."""
    unique = {
        t.name: f"{' and '.join(t.unique)} unique together" for t in description.tables if t.unique
    }
    lines = []
    for key in description.foreign_keys:
        words = [*forms[key.form].function.words, *_words(key.habits)]
        if words:
            lines.append(f"{key.child}.{key.column}: {', '.join(words)}")
    return [*lines, *(f"{table}: {what}" for table, what in unique.items())]


def _arrivals(description: Description) -> list[str]:
    """What shapes the times of each table, one line for each that does not come evenly."""
    return [f"{t.name}: {', '.join(_words(t.arrivals))}" for t in description.tables if t.arrivals]


def _words(settings: Mapping[str, Any]) -> list[str]:
    words = []
    for name, value in settings.items():
        if isinstance(value, Mapping):
            words += _words(value)
        elif isinstance(value, bool):
            words.append(name.replace("_", " "))
        elif isinstance(value, list):
            words.append(f"{len(value)} {name.replace('_', ' ')}")
        else:
            number = f"{value:.3g}" if isinstance(value, float) else str(value)
            words.append(f"{name.replace('_', ' ')} {number}")
    return words
