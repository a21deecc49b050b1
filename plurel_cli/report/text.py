"""A description as text for a terminal."""

from __future__ import annotations

import io
import math

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from plurel_cli.report.describe import Blocks, Description

WIDTH = 120
"""Columns of text where there is no terminal to fit."""


def render(description: Description, width: int = WIDTH) -> str:
    """Two tables under a few lines, plain enough to be piped."""
    console = Console(file=io.StringIO(), width=width, highlight=False, color_system=None)
    for line in _head(description):
        console.print(line, soft_wrap=True, markup=False)
    console.print(_tables(description))
    if description.foreign_keys:
        console.print(_keys(description))
    for note in description.notes:
        console.print(f"note: {note}", soft_wrap=True, markup=False)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _head(its: Description) -> list[str]:
    graph = its.graph
    rows = f"{its.rows:,} rows, {its.bytes / 1e6:,.1f} MB"
    lines = [
        f"{its.folder}: seed {its.seed}, stages done: {', '.join(its.stages)}",
        f"  size    {graph.tables} tables, {graph.foreign_keys} foreign keys, {rows}",
        f"  graph   {graph.layout}: {graph.sources} sources, {graph.sinks} sinks, longest path "
        f"{graph.longest_path}, {graph.multipath_pairs} pairs with several paths",
    ]
    if its.window:
        start, end = its.window["start"], its.window["end"]
        val, test = its.window["val_timestamp"], its.window["test_timestamp"]
        lines.append(f"  window  {start} to {end}, validation from {val}, test from {test}")
    return lines


def _tables(its: Description) -> Table:
    grid = Table("table", "kind", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("rows", "keys", "numerical", "categorical"):
        grid.add_column(name, justify="right")
    grid.add_column("time")
    for table in its.tables:
        counts = table.foreign_keys, table.numerical, table.categorical
        time = table.time_column or ""
        grid.add_row(table.name, table.kind, f"{table.rows:,}", *map(str, counts), time)
    return grid


def _keys(its: Description) -> Table:
    grid = Table("foreign key", "parent", box=SIMPLE_HEAD, pad_edge=False)
    for name in ("mean", "median", "max", "childless", "clusters"):
        grid.add_column(name, justify="right")
    grid.add_column("by level")
    for key in its.foreign_keys:
        fan_out = key.fan_out
        numbers = ["", "", "", ""]
        if fan_out is not None:
            numbers = [
                f"{fan_out.mean:.2f}",
                f"{fan_out.median:g}",
                f"{fan_out.max:,}",
                f"{fan_out.childless_share:.1%}",
            ]
        grid.add_row(f"{key.child}.{key.column}", key.parent, *numbers, *_clusters(key.blocks))
    return grid


def _clusters(blocks: Blocks | None) -> tuple[str, str]:
    if blocks is None:
        return "", ""
    parents, children = blocks.parent_clusters, blocks.child_clusters
    levels = ", ".join(f"{a}×{b}" for a, b in zip(parents, children, strict=True))
    return f"{math.prod(parents)} × {math.prod(children)}", levels
