"""Encodings of one cause, for many rows at once.

A category has one encoding, a referenced row has one, and the encoder of a number is a function
of one number, so it is tabulated over a grid and read by linear interpolation where a table has
more rows than the grid has points. An encoder holds its encodings with the weight of its edge and
the clip applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.aggregations import Lift
from plurel_cli.features.aggregations.folds import SUM, Fold, fold_all, fold_grid, fold_rows
from plurel_cli.features.mechanisms import Mechanism, evaluated
from plurel_cli.features.rows import Rows
from plurel_cli.kernel import twin

Floats = NDArray[np.float32]

GRID_POINTS = 96
"""Points of a grid: half at even steps of the sorted values, half at even steps of the number."""

_COUNT = np.arange(GRID_POINTS // 2)

EXACT_ROWS = 2 * GRID_POINTS
"""Tables of up to so many rows are encoded row by row, without a grid."""

MOST_ENCODING = 1e4
"""Encodings are held between minus and plus this."""

_ENDS = np.array(-MOST_ENCODING, np.float32), np.array(MOST_ENCODING, np.float32)


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

    def slices(self, rows: Rows) -> list[Positions]:
        """Those of each slice of the rows."""
        return [
            Positions(self.cell[piece.begin : piece.end], self.share[piece.begin : piece.end])
            for piece in rows
        ]


class Encoder(Protocol):
    """Encodings of one cause.

    Attributes
    ----------
    table
        The encodings that it reads from, if it does.
    """

    table: Floats | None

    def __call__(self, values: NDArray[Any], positions: Positions | None, /) -> Floats:
        """Encodings of some rows, shape (n, width), for the caller to overwrite.

        `values` are the cause's values, shape (n,); `positions` theirs on its grid, if it has one.
        """
        ...

    def reading(self, table: Floats, /) -> Encoder:
        """The same, reading from another table."""
        ...

    def onto(
        self, fold: Fold, total: Floats | None, values: NDArray[Any], positions: Positions | None, /
    ) -> Floats:
        """Join encodings of some rows to what there is.

        Parameters
        ----------
        fold, total
            How, and to what, shape (n, width); it is overwritten.
        values, positions
            The cause's values, and where they are on its grid, if it has one.

        Returns
        -------
        ndarray
            Shape (n, width).
        """
        return fold_all(fold, total, self(values, positions))


class CategoryEncoder(Encoder):
    """An encoding a category.

    Parameters
    ----------
    encodings
        Shape (categories, width).
    """

    def __init__(self, encodings: Floats) -> None:
        self.table: Floats = encodings

    def __call__(self, values: NDArray[Any], positions: Positions | None) -> Floats:
        return self.table.take(values, axis=0)

    def onto(
        self, fold: Fold, total: Floats | None, values: NDArray[Any], positions: Positions | None, /
    ) -> Floats:
        """Join encodings of some rows to what there is."""
        return fold_rows(fold, total, self.table, values)

    def reading(self, table: Floats) -> CategoryEncoder:
        """The same, reading from another table."""
        return CategoryEncoder(table)


class ConstantEncoder(Encoder):
    """The same encoding for every row: a cause that is held at a value.

    Parameters
    ----------
    encoding
        Shape (1, width).
    """

    def __init__(self, encoding: Floats) -> None:
        self.table: Floats = encoding

    def __call__(self, values: NDArray[Any], positions: Positions | None) -> Floats:
        return self.table.repeat(len(values), axis=0)

    def reading(self, table: Floats) -> ConstantEncoder:
        """The same, reading from another table."""
        return ConstantEncoder(table)


class NumberEncoder(Encoder):
    """A mechanism on a number, row by row.

    Parameters
    ----------
    cause
        The number.
    mechanism
        From one number.
    weight
        Factor of its output.
    """

    table = None

    def __init__(self, cause: Cause, mechanism: Mechanism, weight: float) -> None:
        self._cause = cause
        self._mechanism = mechanism
        self._weight = weight

    def __call__(self, values: NDArray[Any], positions: Positions | None) -> Floats:
        n = len(values)
        if n > 1 and values[0] == values[-1] and (values == values[0]).all():
            return self(values[:1], None).repeat(n, axis=0)
        return weighted(self._mechanism(self._cause.standardised(values)), self._weight)

    def reading(self, table: Floats) -> NumberEncoder:
        """Itself: it reads from none."""
        return self


class GridEncoder(Encoder):
    """A mechanism on a number, by linear interpolation between its values on a grid.

    Parameters
    ----------
    at_points
        Encodings at the grid's points, shape (points, width).
    """

    def __init__(self, at_points: Floats) -> None:
        self.table: Floats = at_points
        self._steps = at_points[1:] - at_points[:-1]

    def __call__(self, values: NDArray[Any], positions: Positions | None) -> Floats:
        return self.onto(SUM, None, values, positions)

    def onto(
        self, fold: Fold, total: Floats | None, values: NDArray[Any], positions: Positions | None, /
    ) -> Floats:
        """Join encodings of some rows to what there is."""
        assert positions is not None  # noqa: S101 (made with the grid)
        cell, share = positions
        return fold_grid(fold, total, self.table, self._steps, cell, share)

    def reading(self, table: Floats) -> GridEncoder:
        """The same, reading from another table."""
        return GridEncoder(table)


@twin("weighted")
def weighted(encodings: Floats, weight: float) -> Floats:
    """Encodings times the weight of their edge, within bounds; overwrites its argument.

    Parameters
    ----------
    encodings
        Shape (n, width).
    weight
        Of the edge.

    Returns
    -------
    ndarray
        Of the same shape.
    """
    if weight != 1.0:
        encodings *= np.float32(weight)
    return encodings.clip(*_ENDS, out=encodings)


class Cause(NamedTuple):
    """What an encoder must know of its cause.

    Attributes
    ----------
    categories
        Number of categories it has, if any.
    is_embedded
        Whether its categories enter through embeddings, and not as numbers.
    grid
        Grid of a number, in tables that have more rows than it has points.
    held
        The value it is held at, if it is.
    mean, sd
        Of a number that is standardised before it acts; 0 and 1 where it is not.
    """

    categories: int | None = None
    is_embedded: bool = False
    grid: Grid | None = None
    held: float | None = None
    mean: float = 0.0
    sd: float = 1.0

    def standardised(self, numbers: Floats) -> Floats:
        """Numbers as they act, shape (n, 1)."""
        if self.mean != 0.0 or self.sd != 1.0:
            numbers = (numbers - np.float32(self.mean)) * np.float32(1.0 / self.sd)
        return numbers[:, None]


def make_encoders(
    causes: Sequence[Cause],
    mechanisms: Sequence[Mechanism],
    weights: Sequence[float],
    embeddings: Sequence[Floats | None],
) -> list[Encoder]:
    """Put several encoders together.

    Parameters
    ----------
    causes
        The cause of each.
    mechanisms
        From its cause, or the embedding of its cause, to the encoding.
    weights
        Factors of the encodings.
    embeddings
        Of its cause, where that is embedded; shape (categories, width).

    Returns
    -------
    list of Encoder
    """
    inputs = [_tabulated(*pair) for pair in zip(causes, embeddings, strict=True)]
    indices = [index for index, x in enumerate(inputs) if x is not None]
    made = evaluated([mechanisms[index] for index in indices], [x for x in inputs if x is not None])
    tables = dict(zip(indices, made, strict=True))
    encoders: list[Encoder] = []
    for index, (cause, mechanism, weight) in enumerate(
        zip(causes, mechanisms, weights, strict=True)
    ):
        if index not in tables:
            encoders.append(NumberEncoder(cause, mechanism, weight))
            continue
        table = weighted(tables[index], weight)
        if cause.held is not None:
            encoders.append(ConstantEncoder(table))
        elif cause.categories is not None:
            encoders.append(CategoryEncoder(table))
        else:
            encoders.append(GridEncoder(table))
    return encoders


def _tabulated(cause: Cause, embeddings: Floats | None) -> Floats | None:
    """All that a mechanism is given, where these are few enough for a table."""
    if cause.categories is not None:
        if embeddings is None:
            embeddings = np.arange(cause.categories, dtype=np.float32)[:, None]
        return embeddings if cause.held is None else embeddings[int(cause.held)][None]
    if cause.held is not None:
        return cause.standardised(np.full(1, cause.held, dtype=np.float32))
    return None if cause.grid is None else cause.standardised(cause.grid.points)


def lifted_encoders(
    encoders: Sequence[Encoder], lift: Lift
) -> tuple[Sequence[Encoder], Floats | None]:
    """Encoders that read from lifted tables, where all do and their encodings lie close enough.

    Parameters
    ----------
    encoders
        Those of one node.
    lift
        How its aggregation is lifted.

    Returns
    -------
    encoders : sequence of Encoder
        The same where they cannot be lifted.
    largest : ndarray or None
        The largest encodings, shape (width,); none where they cannot be lifted.
    """
    tables = [encoder.table for encoder in encoders]
    if not tables or any(table is None for table in tables):
        return encoders, None
    present = [table for table in tables if table is not None]
    largest = np.maximum.reduce([table.max(axis=0) for table in present])
    least = np.maximum.reduce([table.min(axis=0) for table in present])
    if not (largest - least).max() <= lift.reach:
        return encoders, None
    lifted = [
        encoder.reading(lift.up(table.copy(), largest))
        for encoder, table in zip(encoders, present, strict=True)
    ]
    return lifted, largest
