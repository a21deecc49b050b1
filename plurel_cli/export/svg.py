"""A drawing of a schema, in SVG: a box a table, parents to the left of those that refer to them.

Boxes stand in columns by how far a table is from those that refer to no other. A line goes from the
head of the parent to the foreign key.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from plurel_cli.export import formats, links, parents_first
from plurel_cli.export.sql_types import diagram_type

if TYPE_CHECKING:
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

_LINE, _LETTER, _PAD, _GAP, _ALLEY = 16, 7, 8, 24, 72
"""In pixels: height of a line, width of a letter, space in boxes, below and beside them."""

_STYLE = (
    "text{font:12px ui-monospace,monospace;fill:#222}.n{font-weight:bold;fill:#fff}"
    ".k{fill:#666}.b{fill:#fff;stroke:#456}.h{fill:#456}.e{fill:none;stroke:#89a}"
)


@dataclass(frozen=True)
class _Box:
    """A table on the page."""

    table: Table
    lines: tuple[str, ...]
    x: int
    y: int
    width: int

    @property
    def height(self) -> int:
        return _LINE * (len(self.lines) + 1) + 2 * _PAD

    def line_y(self, number: int) -> int:
        """Where a line of the box is written, the head at 0."""
        return self.y + _PAD + _LINE * (number + 1) - 4

    def parts(self) -> list[str]:
        head = _LINE + _PAD
        size = f'x="{self.x}" y="{self.y}" width="{self.width}"'
        parts = [
            f'<rect class="b" {size} height="{self.height}"/>',
            f'<rect class="h" {size} height="{head}"/>',
            self._text("n", 0, f"{self.table.name}  {self.table.rows:,}"),
        ]
        keys = {self.table.primary_key, *(key.name for key in self.table.foreign_keys)}
        for number, line in enumerate(self.lines, 1):
            parts.append(self._text("" if line.split(" ")[0] in keys else "k", number, line))
        return parts

    def _text(self, style: str, number: int, text: str) -> str:
        place = f'x="{self.x + _PAD}" y="{self.line_y(number)}"'
        return f'<text class="{style}" xml:space="preserve" {place}>{escape(text)}</text>'


@formats()
def svg(schema: Schema) -> str:
    """A drawing: a box a table, a line from each parent to the foreign key that refers to it."""
    boxes = _boxes(schema)
    width = max(box.x + box.width for box in boxes.values()) + _GAP
    height = max(box.y + box.height for box in boxes.values()) + _GAP
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}">',
        f"<style>{_STYLE}</style>",
        f'<rect width="{width}" height="{height}" fill="#f7f8fa"/>',
    ]
    for table in schema.tables:
        circles = [(column.name, parent) for column, parent in links(table)]
        keys = [(key.name, key.references) for key in table.foreign_keys] + circles
        lines += [_curve(boxes[parent], boxes[table.name], name) for name, parent in keys]
    for box in boxes.values():
        lines += box.parts()
    return "\n".join([*lines, "</svg>"]) + "\n"


def _boxes(schema: Schema) -> dict[str, _Box]:
    depth: dict[str, int] = {}
    for table in parents_first(schema):
        parents = {key.references for key in table.foreign_keys} - {table.name}
        depth[table.name] = max((depth[parent] + 1 for parent in parents), default=0)
    boxes: dict[str, _Box] = {}
    x = _GAP
    for layer in range(max(depth.values()) + 1):
        y, widest = _GAP, 0
        for table in schema.tables:
            if depth[table.name] == layer:
                rows = tuple(f"{c.name} {diagram_type(c)}" for c in table.columns)
                longest = max(map(len, [f"{table.name}  {table.rows:,}", *rows]))
                box = _Box(table, rows, x, y, _LETTER * longest + 2 * _PAD + _LETTER)
                boxes[table.name] = box
                y += box.height + _GAP
                widest = max(widest, box.width)
        x += widest + _ALLEY
    return boxes


def _curve(parent: _Box, child: _Box, name: str) -> str:
    """A line from the head of a parent to a column of a child."""
    number = [column.name for column in child.table.columns].index(name) + 1
    x0, y0 = parent.x + parent.width, parent.line_y(0) - 4
    x1, y1 = child.x, child.line_y(number) - 4
    reach = _ALLEY // 2
    path = f"M{x0},{y0} C{x0 + reach},{y0} {x1 - reach},{y1} {x1},{y1}"
    return f'<path class="e" d="{path}"/>'
