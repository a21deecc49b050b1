"""Encodings of one cause, for many rows at once.

A category has one encoding, a referenced row has one, and the encoder of a number is a function
of one number, so it is tabulated over a grid and read by linear interpolation where a table has
more rows than the grid has points. An encoder holds its encodings with the weight of its edge and
the clip applied.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.aggregations import Lift
from plurel_cli.features.aggregations.folds import SUM, Fold, fold_all, fold_grid, fold_rows
from plurel_cli.features.grids import Grid, Positions
from plurel_cli.features.mechanisms import Mechanism, evaluated
from plurel_cli.kernel import twin

Floats = NDArray[np.float32]

MOST_ENCODING = 1e4
"""Encodings are held between minus and plus this."""

_ENDS = np.array(-MOST_ENCODING, np.float32), np.array(MOST_ENCODING, np.float32)


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
        self.cause, self.mechanism, self.weight = cause, mechanism, weight

    def __call__(self, values: NDArray[Any], positions: Positions | None) -> Floats:
        n = len(values)
        if n > 1 and values[0] == values[-1] and (values == values[0]).all():
            return self(values[:1], None).repeat(n, axis=0)
        inputs = [self.cause.standardised(values)]
        (encodings,) = encodings_of([self.mechanism], inputs, [self.weight])
        return encodings

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

    def __call__(self, values: NDArray[Any], positions: Positions | None) -> Floats:
        return self.onto(SUM, None, values, positions)

    def onto(
        self, fold: Fold, total: Floats | None, values: NDArray[Any], positions: Positions | None, /
    ) -> Floats:
        """Join encodings of some rows to what there is."""
        assert positions is not None  # noqa: S101 (made with the grid)
        cell, share = positions
        return fold_grid(fold, total, self.table, self._steps, cell, share)

    @cached_property
    def _steps(self) -> Floats:
        """From each point to the next."""
        steps: Floats = self.table[1:] - self.table[:-1]
        return steps

    def reading(self, table: Floats) -> GridEncoder:
        """The same, reading from another table."""
        return GridEncoder(table)


@twin("encodings")
def encodings_of(
    mechanisms: Sequence[Mechanism], inputs: Sequence[Floats], weights: Sequence[float]
) -> list[Floats]:
    """What mechanisms make of an input each, times the weight of their edge, within bounds.

    Parameters
    ----------
    mechanisms, weights
        The mechanisms, and a factor for each.
    inputs
        One for each, shape (n, inputs).

    Returns
    -------
    list of ndarray
        Shape (n, width) each.
    """
    several = evaluated(mechanisms, inputs)
    for encodings, weight in zip(several, weights, strict=True):
        if weight != 1.0:
            encodings *= np.float32(weight)
        encodings.clip(*_ENDS, out=encodings)
    return several


@dataclass(frozen=True)
class Cause:
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
    packed
        What compiled code has made of it.
    """

    categories: int | None = None
    is_embedded: bool = False
    grid: Grid | None = None
    held: float | None = None
    mean: float = 0.0
    sd: float = 1.0
    packed: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    def standardised(self, numbers: Floats) -> Floats:
        """Numbers as they act, shape (n, 1)."""
        if self.mean != 0.0 or self.sd != 1.0:
            numbers = (numbers - np.float32(self.mean)) * np.float32(1.0 / self.sd)
        return numbers[:, None]

    @cached_property
    def kind(self) -> Literal["constant", "rows", "grid", "number"]:
        """What its encodings are read from: a single row, a row for each category, or between
        those of a grid; or they are made of a number, row by row.
        """
        if self.held is not None:
            return "constant"
        if self.categories is not None:
            return "rows"
        return "number" if self.grid is None else "grid"

    @cached_property
    def at_points(self) -> Floats | None:
        """What a mechanism is given at the points of its grid, if it has one; shape (points, 1)."""
        return None if self.grid is None else self.standardised(self.grid.points)

    def tabulated(self, embeddings: Floats | None) -> Floats | None:
        """All that a mechanism is given, where these are few enough for a table.

        Parameters
        ----------
        embeddings
            Of its categories, where these are embedded; shape (categories, width).

        Returns
        -------
        ndarray or None
            Shape (rows of the table, inputs).
        """
        if self.categories is not None:
            if embeddings is None:
                embeddings = np.arange(self.categories, dtype=np.float32)[:, None]
            return embeddings if self.held is None else embeddings[int(self.held)][None]
        if self.held is not None:
            return self.standardised(np.full(1, self.held, dtype=np.float32))
        return self.at_points


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
    inputs = [cause.tabulated(of_cause) for cause, of_cause in zip(causes, embeddings, strict=True)]
    indices = [index for index, x in enumerate(inputs) if x is not None]
    made = encodings_of(
        [mechanisms[index] for index in indices],
        [x for x in inputs if x is not None],
        [weights[index] for index in indices],
    )
    tables = dict(zip(indices, made, strict=True))
    encoders: list[Encoder] = []
    for index, (cause, mechanism, weight) in enumerate(
        zip(causes, mechanisms, weights, strict=True)
    ):
        if index not in tables:
            encoders.append(NumberEncoder(cause, mechanism, weight))
            continue
        table = tables[index]
        if cause.kind == "constant":
            encoders.append(ConstantEncoder(table))
        elif cause.kind == "rows":
            encoders.append(CategoryEncoder(table))
        else:
            encoders.append(GridEncoder(table))
    return encoders


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
