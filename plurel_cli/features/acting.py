"""Which causes of a node act on it, as its fit sees it.

A cause acts if what the node takes up from all its causes changes with it in some row of a sample.
Where an activation is dead, or another cause always prevails, it does not, and the graph says so.
What the node then reads may still be the same, as where a cut is saturated.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.encoders import Cause, Encoder, Floats, Grid, Positions
from plurel_cli.features.nodes import Computed, Mechanised, Values
from plurel_cli.features.rows import REFERENCE_ROWS

N_LEVELS = 5
"""Values at which a cause is held."""

N_ROWS = 16
"""Rows that are looked at."""


class Probe(NamedTuple):
    """Values of a node at which it is seen on what it acts.

    Attributes
    ----------
    values
        Those of the first reference rows, and then those at which it is held, rising.
    positions
        Theirs on its grid, if it has one.
    """

    values: Values
    positions: Positions | None

    @classmethod
    def of_number(cls, seen: Floats, ordered: Floats, grid: Grid | None) -> Probe:
        """Of a number, which is held at its lowest and highest and at quartiles.

        Parameters
        ----------
        seen, ordered
            Its values at the reference rows, as they come and rising.
        grid
            Its grid, if it has one.

        Returns
        -------
        Probe
        """
        values = np.concatenate([seen[:N_ROWS], _levels(ordered)])
        return cls(values, None if grid is None else grid.positions(values))

    @classmethod
    def of_category(cls, seen: Values, categories: int) -> Probe:
        """Of a category, which is held at some evenly apart.

        Parameters
        ----------
        seen
            Its values at the reference rows.
        categories
            How many there are.

        Returns
        -------
        Probe
        """
        return cls(np.concatenate([seen[:N_ROWS], _labels(categories)]), None)


def acting(
    model: Mechanised, computed: Computed, probe: Callable[[int], Probe]
) -> tuple[bool, ...]:
    """Which causes of a node act on it.

    Parameters
    ----------
    model
        What computes the node.
    computed
        Its reference rows, of which the first are looked at.
    probe
        Gives the values of a cause.

    Returns
    -------
    tuple of bool
        Of each cause.

    Notes
    -----
    A cause acts if its encodings differ among `N_LEVELS` of its values, and either the largest of
    them or its own changes what all causes give together in one of `N_ROWS` rows. O(causes)
    encodings of so many rows and values, and three aggregates.
    """
    n = min(N_ROWS, computed.rows.n)
    encodings = np.array(
        [
            encoder(*probe(cause))
            for cause, encoder in zip(model.causes, model.encoders, strict=True)
        ]
    )
    acts = (encodings != encodings[:, :1]).reshape(len(encodings), -1).any(axis=1)
    if len(encodings) == 1 or not acts.any():
        return tuple(acts.tolist())
    first, *others = encodings[:, :n]
    together = model.join([first.copy(), *others])
    acts[acts] = _moved(model, together, encodings[acts])
    return tuple(acts.tolist())


def _moved(model: Mechanised, together: Floats, encodings: Floats) -> NDArray[np.bool_]:
    """Whether what all causes give changes with each of some.

    Parameters
    ----------
    model
        What computes the node.
    together
        What they give, shape (n, width).
    encodings
        Of each cause, of n rows and then of the levels.
    """
    n, width = together.shape
    shape = len(encodings), n, width
    each = np.array(np.broadcast_to(together, shape)).reshape(-1, width)
    alone = np.ascontiguousarray(encodings[:, :n]).reshape(-1, width)
    largest = encodings[:, n:].max(axis=1, keepdims=True)
    most = np.array(np.broadcast_to(largest, shape)).reshape(-1, width)
    moved = alone == each
    for more in (most, alone):
        moved |= model.join([each.copy(), more]) != each
    return np.asarray(moved.reshape(len(encodings), -1).any(axis=1))


def varies(encoder: Encoder, cause: Cause, values: Values) -> bool:
    """Whether the encodings of a number or category differ among five of its values.

    Parameters
    ----------
    encoder
        What encodes it.
    cause
        What it is to those that it acts on.
    values
        Its values, of which the lowest, the highest, and quartiles are looked at; of a category
        some labels, evenly apart, whether they occur or not.

    Returns
    -------
    bool
    """
    levels: Values = _levels(np.sort(values[:REFERENCE_ROWS]))
    if cause.categories is not None:
        levels = _labels(cause.categories)
    is_by_grid = cause.grid is not None and cause.held is None
    encoded = encoder(levels, cause.grid.positions(levels) if is_by_grid and cause.grid else None)
    return bool((encoded != encoded[0]).any())


def _labels(categories: int) -> NDArray[np.int32]:
    """Some categories, evenly apart, the first and the last among them."""
    return (np.arange(N_LEVELS) * (categories - 1) // (N_LEVELS - 1)).astype(np.int32)


def _levels(ordered: Values) -> Values:
    """The lowest of some rising values, the highest, and quartiles."""
    return np.asarray(ordered.take(np.arange(N_LEVELS) * (len(ordered) - 1) // (N_LEVELS - 1)))
