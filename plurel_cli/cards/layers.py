"""Where the boxes of a drawing stand: in columns, parents to the left of what refers to them.

A table stands one column to the right of the rightmost table that it refers to. A line that passes
a column has a place there, too, so that it crosses no box. Within columns, boxes and lines are
ordered by the middle of their neighbours, so that few lines cross.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_SWEEPS = 8
_LANE = 10
_GAP = 22
"""In pixels: height of a line that passes, and space between boxes."""


@dataclass
class Slot:
    """A place in a column: a table's, or a line's that passes.

    Attributes
    ----------
    name
        Of the table; None for a line.
    height
        In pixels.
    before, after
        Slots of the columns to the left and to the right that lines lead to.
    y
        Where it begins.
    """

    name: str | None
    height: int
    before: list[Slot] = field(default_factory=list)
    after: list[Slot] = field(default_factory=list)
    y: float = 0.0

    @property
    def middle(self) -> float:
        """Its middle."""
        return self.y + self.height / 2


@dataclass(frozen=True)
class Arrangement:
    """Where all stands.

    Attributes
    ----------
    columns
        Slots from left to right, each column from above.
    passing
        For each line, the slots that it passes, from left to right.
    """

    columns: tuple[tuple[Slot, ...], ...]
    passing: tuple[tuple[Slot, ...], ...]


def placed(heights: Mapping[str, int], lines: Sequence[tuple[str, str]]) -> Arrangement:
    """Place boxes, and the lines between them.

    Parameters
    ----------
    heights
        Height of each box by its name, parents first.
    lines
        The two ends of each line, the parent first; those of one box to itself are drawn beside
        it, and have no place.

    Returns
    -------
    Arrangement
    """
    depth: dict[str, int] = {}
    for name in heights:
        parents = [parent for parent, child in lines if child == name and parent in depth]
        depth[name] = max((depth[parent] + 1 for parent in parents), default=0)
    slots = {name: Slot(name, height) for name, height in heights.items()}
    columns: list[list[Slot]] = [[] for _ in range(max(depth.values()) + 1)]
    for name, slot in slots.items():
        columns[depth[name]].append(slot)
    passing = []
    for parent, child in lines:
        way = [Slot(None, _LANE) for _ in range(depth[parent] + 1, depth[child])]
        for i, slot in enumerate(way):
            columns[depth[parent] + 1 + i].append(slot)
        if parent != child:
            whole = [slots[parent], *way, slots[child]]
            for left, right in pairwise(whole):
                left.after.append(right)
                right.before.append(left)
        passing.append(tuple(way))
    for sweep in range(_SWEEPS):
        _stack(columns)
        for column in columns if sweep % 2 == 0 else reversed(columns):
            column.sort(key=lambda slot: _wish(slot, to_left=sweep % 2 == 0))
            _stack([column])
    _stack(columns)
    return Arrangement(tuple(map(tuple, columns)), tuple(passing))


def _wish(slot: Slot, *, to_left: bool) -> float:
    """Where a slot would best be: at the mean of its neighbours on one side."""
    others = slot.before if to_left else slot.after
    if not others:
        return slot.middle
    return float(sorted(other.middle for other in others)[len(others) // 2])


def _stack(columns: Sequence[Sequence[Slot]]) -> None:
    """Put slots one below the other, columns about one middle."""
    for column in columns:
        height = sum(slot.height + _GAP for slot in column) - _GAP
        y = -height / 2
        for slot in column:
            slot.y = y
            y += slot.height + _GAP
