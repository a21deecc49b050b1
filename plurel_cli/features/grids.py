"""Grids over the values of a number, and where numbers lie on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.kernel import twin

Floats = NDArray[np.float32]

GRID_POINTS = 96
"""Points of a grid: half at even steps of the sorted values, half at even steps of the number."""

_COUNT = np.arange(GRID_POINTS // 2)

EXACT_ROWS = 2 * GRID_POINTS
"""Tables of up to so many rows are encoded row by row, without a grid."""


@dataclass(frozen=True)
class Grid:
    """Points at which the encoders of one number are evaluated.

    Attributes
    ----------
    points
        float32, rising, at least two.
    """

    points: Floats

    @classmethod
    def of(cls, ordered: Floats) -> Grid | None:
        """Grid for numbers like these, which are sorted; none where they are all the same."""
        n, half = len(ordered), GRID_POINTS // 2
        points = np.empty(2 * half, dtype=np.float32)
        points[:half] = ordered.take(_COUNT * (n - 1) // (half - 1))
        even = points[half:]
        even[:] = _COUNT
        even *= (ordered[-1] - ordered[0]) / np.float32(half - 1)
        even += ordered[0]
        even[-1] = ordered[-1]
        points.sort()
        is_new = np.ones(len(points), dtype=np.bool_)
        np.not_equal(points[1:], points[:-1], out=is_new[1:])
        points = points[is_new]
        return cls(points) if len(points) > 1 else None

    def positions(self, values: Floats) -> Positions:
        """Where numbers lie on the grid; those beyond its ends count as at them."""
        cell = np.empty(len(values), dtype=np.int64)
        return Positions(cell, _placed(self.points, values, cell))


@twin("placed")
def _placed(points: Floats, values: Floats, cell: NDArray[np.int64]) -> Floats:
    """How far numbers lie into the cells of a grid, and which these are, which is written."""
    cell[...] = points.searchsorted(values, side="right")
    cell -= 1
    cell.clip(0, len(points) - 2, out=cell)
    low = points.take(cell)
    share: Floats = values.clip(points[0], points[-1])
    share -= low
    share /= (points[1:] - points[:-1]).take(cell)
    return share


class Positions(NamedTuple):
    """Cells of a grid, and how far into them, of some rows.

    Attributes
    ----------
    cell
        Number of the cell, which is that of the point before it; int64, shape (n,).
    share
        float32 from 0 to 1, shape (n,).
    """

    cell: NDArray[np.int64]
    share: Floats

    def part(self, begin: int, end: int) -> Positions:
        """Those of some of the rows.

        Parameters
        ----------
        begin, end
            The first of them, and the first after them.

        Returns
        -------
        Positions
        """
        return Positions(self.cell[begin:end], self.share[begin:end])
