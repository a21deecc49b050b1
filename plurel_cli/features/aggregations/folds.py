"""Aggregations that take up one cause after another, from where the encodings are read.

An encoding is read from a table and joined to what there is already, in one pass where it is
compiled: of a grid between two rows of the table, of a category from one.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.aggregations import Aggregation, aggregations
from plurel_cli.kernel import twin

Floats = NDArray[np.float32]


class Fold(NamedTuple):
    """An aggregation of two.

    Attributes
    ----------
    name
        By which compiled code knows it.
    join
        The aggregate of two, written into the first.
    settle
        What is done to the aggregate of several before others are joined, in place.
    """

    name: str
    join: Callable[[Floats, Floats], Floats]
    settle: Callable[[Floats], Floats] | None = None


_FOLDS: dict[Aggregation, Fold] = {}


def folded(fold: Fold) -> Callable[[Aggregation], Aggregation]:
    """Decorator of an aggregation that takes up one after another."""

    def register(aggregation: Aggregation) -> Aggregation:
        _FOLDS[aggregation] = fold
        return aggregation

    return register


@cache
def fold_of(name: str) -> Fold | None:
    """How an aggregation takes up one after another, if it does."""
    return _FOLDS.get(aggregations[name].function)


def _added(total: Floats, other: Floats) -> Floats:
    total += other
    return total


SUM = Fold("sum", _added)


@twin("fold_grid")
def fold_grid(
    fold: Fold,
    total: Floats | None,
    table: Floats,
    steps: Floats,
    cell: NDArray[np.int64],
    share: Floats,
) -> Floats:
    """Join what is read from a grid.

    Parameters
    ----------
    fold, total
        How, and to what, shape (n, width); it is overwritten.
    table, steps
        Encodings at the points of the grid, and the differences from each to the next.
    cell, share
        Where on the grid, shape (n,).

    Returns
    -------
    ndarray
        Shape (n, width).
    """
    encodings: Floats = steps.take(cell, axis=0)
    shares = share.repeat(encodings.shape[1])  # faster than of shape (n, 1)
    encodings *= shares.reshape(encodings.shape)
    encodings += table.take(cell, axis=0)
    return encodings if total is None else fold.join(total, encodings)


@twin("fold_rows")
def fold_rows(fold: Fold, total: Floats | None, table: Floats, index: NDArray[Any]) -> Floats:
    """Join rows of a table.

    Parameters
    ----------
    fold, total
        How, and to what, shape (n, width); it is overwritten.
    table
        Encodings.
    index
        Which, shape (n,).

    Returns
    -------
    ndarray
        Shape (n, width).
    """
    encodings: Floats = table.take(index, axis=0)
    return encodings if total is None else fold.join(total, encodings)


@twin("fold_all")
def fold_all(fold: Fold, total: Floats | None, encodings: Floats) -> Floats:
    """Join encodings that are there.

    Parameters
    ----------
    fold, total
        How, and to what, shape (n, width); it is overwritten.
    encodings
        Of the same shape; they are overwritten.

    Returns
    -------
    ndarray
        Shape (n, width).
    """
    return encodings if total is None else fold.join(total, encodings)
