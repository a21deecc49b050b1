"""A drawing of a schema, in SVG: a box a table, and a line a foreign key, with crow's feet.

What a table is shows in the colour of its head and in words. The ends of a line say how many rows
there are: one or many, and whether there may be none.
"""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from plurel_cli.cards.layers import Slot, placed
from plurel_cli.schema.column import PrimaryKey, TimeColumn
from plurel_cli.schema.declared import diagram_type, links, parents_first
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.schema.column import Column
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

_LINE, _LETTER, _PAD, _EDGE, _ALLEY, _HEAD = 16, 7.3, 9, 24, 84, 40
"""In pixels: height of a line, width of a letter, space in boxes, around and beside them, head."""

_MOST = 16
"""Columns that a box lists; keys and time come first."""

_STYLE = (
    "text{font:12px ui-monospace,Menlo,Consolas,monospace;fill:#222}"
    ".n{font:600 13px system-ui,sans-serif;fill:#fff}.r{font:11px system-ui,sans-serif;fill:#fff}"
    ".k{fill:#59636e}.p{fill:#f6f7f9}.b{fill:#fff;stroke:#c5ccd3}"
    ".entity{fill:#0065a3}.event{fill:#a84300}.detail{fill:#00704f}.junction{fill:#7d4373}"
    ".e{fill:none;stroke:#6b7785;stroke-width:1.3}.o{fill:#f6f7f9;stroke:#6b7785;stroke-width:1.3}"
    "@media(prefers-color-scheme:dark){text{fill:#e8ebee}.k{fill:#a8b2bd}.p{fill:#1d2127}"
    ".b{fill:#14171b;stroke:#3a424c}.o{fill:#1d2127}}"
)


@dataclass(frozen=True)
class _Box:
    """A table on the page."""

    table: Table
    columns: tuple[Column, ...]
    width: float
    x: float = 0.0
    y: float = 0.0

    @property
    def height(self) -> int:
        is_cut = len(self.columns) < len(self.table.columns)
        return _HEAD + _LINE * (len(self.columns) + is_cut) + _PAD

    def line_y(self, name: str) -> float:
        """The middle of a column's line; of one that is not listed, of the last line."""
        names = [column.name for column in self.columns]
        number = names.index(name) if name in names else len(names)
        return self.y + _HEAD + _LINE * number + _LINE / 2

    def parts(self) -> list[str]:
        x, y, table = self.x, self.y, self.table
        size = f'x="{x:g}" y="{y:g}" width="{self.width:g}" rx="5"'
        parts = [
            f'<rect class="b" {size} height="{self.height}"/>',
            f'<path class="{table.sort}" d="M{x:g},{y + _HEAD - 3:g}v{5 - _HEAD + 3}q0,-5 5,-5'
            f'h{self.width - 10:g}q5,0 5,5v{_HEAD - 8}z"/>',
            _text("n", x + _PAD, y + 17, table.name),
            _text("r", x + _PAD, y + 31, f"{table.sort} · {table.rows:,} rows"),
        ]
        for column in self.columns:
            base = self.line_y(column.name) + 4
            parts.append(_text("k", x + _PAD, base, _mark(column)))
            parts.append(_text("", x + _PAD + 24, base, column.name))
            end = x + self.width - _PAD
            parts.append(_text("k", end, base, _type(column), ' text-anchor="end"'))
        if more := len(table.columns) - len(self.columns):
            parts.append(_text("k", x + _PAD + 24, self.line_y("") + 4, f"{more} more"))
        return [part for part in parts if part]


def _text(style: str, x: float, y: float, words: str, more: str = "") -> str:
    if not words:
        return ""
    return f'<text class="{style}" x="{x:g}" y="{y:g}"{more}>{escape(words, quote=False)}</text>'


def _mark(column: Column) -> str:
    if isinstance(column, PrimaryKey):
        return "PK"
    return "FK" if isinstance(column, ForeignKey) else "T" if isinstance(column, TimeColumn) else ""


def _type(column: Column) -> str:
    return diagram_type(column) + "?" * column.nullable


def drawing(schema: Schema) -> str:
    """A drawing: a box a table, a line from each parent to the foreign key that refers to it."""
    boxes = {table.name: _box(table) for table in parents_first(schema)}
    keys = [
        (key.references, table.name, key) for table in schema.tables for key in table.foreign_keys
    ]
    others = [(to, table.name, c) for table in schema.tables for c, to in links(table)]
    forward = [(parent, child) for parent, child, _ in keys]
    places = placed({name: box.height for name, box in boxes.items()}, forward)
    top = min(slot.y for column in places.columns for slot in column) - _EDGE
    bottom = max(slot.y + slot.height for column in places.columns for slot in column) + _EDGE
    x = float(_EDGE)
    standing: dict[str, _Box] = {}
    spans: dict[int, tuple[float, float]] = {}
    for column in places.columns:
        width = max((boxes[slot.name].width for slot in column if slot.name), default=0.0)
        for slot in column:
            spans[id(slot)] = (x, x + width)
            if slot.name is not None:
                box = boxes[slot.name]
                left = x + (width - box.width) / 2
                standing[slot.name] = _Box(box.table, box.columns, box.width, left, slot.y - top)
        x += width + _ALLEY
    width, height = x - _ALLEY + _EDGE + _EDGE, bottom - top
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" '
        f'width="{width:g}" height="{height:g}">',
        f"<style>{_STYLE}</style>",
        f'<rect class="p" width="{width:g}" height="{height:g}"/>',
    ]
    for (parent, child, key), way in zip(keys, places.passing, strict=True):
        passed = [(*spans[id(slot)], _middle(slot, top)) for slot in way]
        lines += _key(standing[parent], standing[child], key, passed)
    for parent, child, link in others:
        lines.append(_link(standing[parent], standing[child], link))
    for box in standing.values():
        lines += box.parts()
    return "\n".join([*lines, "</svg>"]) + "\n"


def _middle(slot: Slot, top: float) -> float:
    return slot.middle - top


def _box(table: Table) -> _Box:
    first = [column for column in table.columns if _mark(column)]
    others = [column for column in table.columns if not _mark(column)]
    columns = tuple([*first, *others][: max(_MOST, len(first))])
    longest = max(
        len(table.name) + 1,
        len(f"{table.sort} · {table.rows:,} rows") - 3,
        *(len(column.name) + len(_type(column)) + 6 for column in columns),
    )
    return _Box(table, columns, _LETTER * longest + 2 * _PAD)


def _key(
    parent: _Box, child: _Box, key: ForeignKey, passed: list[tuple[float, float, float]]
) -> list[str]:
    """The line of a foreign key: from the parent's primary key to the child's column."""
    x0, y0 = parent.x + parent.width, parent.line_y(parent.table.primary_key)
    y1 = child.line_y(key.name)
    ends = _foot(x0, y0, 1, is_many=False, may_be_none=key.nullable)
    if parent.table.name == child.table.name:
        path = f"M{x0:g},{y0:g}C{x0 + 46:g},{y0:g} {x0 + 46:g},{y1:g} {x0:g},{y1:g}"
        ends += _foot(x0, y1, 1, is_many=not key.one_child, may_be_none=True)
        return [f'<path class="e" d="{path}"/>', *ends]
    x1 = child.x
    path, at = f"M{x0:g},{y0:g}h20", (x0 + 20, y0)
    for left, right, y in passed:
        path += f"{_bow(at, (left, y))}H{right:g}"
        at = (right, y)
    path += f"{_bow(at, (x1 - 20, y1))}h20"
    ends += _foot(x1, y1, -1, is_many=not key.one_child, may_be_none=True)
    return [f'<path class="e" d="{path}"/>', *ends]


def _bow(start: tuple[float, float], end: tuple[float, float]) -> str:
    (x0, y0), (x1, y1) = start, end
    middle = (x0 + x1) / 2
    return f"C{middle:g},{y0:g} {middle:g},{y1:g} {x1:g},{y1:g}"


def _link(parent: _Box, child: _Box, column: Column) -> str:
    """The line of a column that shows rows of another table, dashed, wherever that stands."""
    y1, x1 = child.line_y(column.name), child.x + child.width
    y0, x0 = parent.line_y(parent.table.primary_key), parent.x + parent.width
    path = f"M{x0:g},{y0:g}C{x0 + 40:g},{y0:g} {x1 + 40:g},{y1:g} {x1:g},{y1:g}"
    return f'<path class="e" stroke-dasharray="4 3" d="{path}"/>'


def _foot(x: float, y: float, side: int, *, is_many: bool, may_be_none: bool) -> list[str]:
    """An end of a line: a crow's foot for many, a bar for one, and a ring where there may be none.

    Parameters
    ----------
    x, y
        Where the line meets the box.
    side
        1 to the right of the box, −1 to the left.
    is_many, may_be_none
        What it says.
    """
    if is_many:
        far = x + 11 * side
        parts = [
            f'<path class="e" d="M{far:g},{y:g}L{x:g},{y - 6:g}M{far:g},{y:g}L{x:g},{y + 6:g}"/>'
        ]
    else:
        parts = [f'<path class="e" d="M{x + 6 * side:g},{y - 6:g}v12"/>']
    if may_be_none:
        parts.append(
            f'<circle class="o" cx="{x + (15 if is_many else 13) * side:g}" cy="{y:g}" r="4"/>'
        )
    else:
        parts.append(f'<path class="e" d="M{x + 10 * side:g},{y - 6:g}v12"/>')
    return parts
