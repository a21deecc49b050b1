"""Which causes of a node act on it, as its fit sees it.

A cause acts if what the node takes up from all its causes changes with it in some row of a sample.
Where an activation is dead, or another cause always prevails, it does not, and the graph says so.
What the node then reads may still be the same, as where a cut is saturated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.encoders import Cause, Floats
from plurel_cli.features.grids import Grid, Positions
from plurel_cli.features.mechanised import Mechanised
from plurel_cli.features.nodes import Values
from plurel_cli.features.rows import REFERENCE_ROWS
from plurel_cli.kernel import twin

N_LEVELS = 5
"""Values at which a cause is held."""

N_ROWS = 16
"""Rows that are looked at."""


@dataclass(frozen=True)
class Probe:
    """Values of a node at which it is seen on what it acts.

    Attributes
    ----------
    values
        Those of the first reference rows, and then those at which it is held, rising.
    grid
        Gives its grid, if it has one.
    packed
        What compiled code has made of it.
    """

    values: Values
    grid: Callable[[], Grid | None]
    packed: dict[Any, Any] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def positions(self) -> Positions | None:
        """Where the values lie on its grid, if it has one."""
        grid = self.grid()
        return None if grid is None else grid.positions(self.values)

    @property
    def levels(self) -> Values:
        """The values at which it is held."""
        return self.values[-N_LEVELS:]

    @classmethod
    def of_number(cls, seen: Floats, ordered: Floats, grid: Callable[[], Grid | None]) -> Probe:
        """Of a number, which is held at its lowest and highest and at quartiles.

        Parameters
        ----------
        seen, ordered
            Its values at the reference rows, as they come and rising.
        grid
            Gives its grid, if it has one.

        Returns
        -------
        Probe
        """
        return cls(np.concatenate([seen[:N_ROWS], _levels(ordered)]), grid)

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
        return cls(np.concatenate([seen[:N_ROWS], _labels(categories)]), _no_grid)


def _no_grid() -> None:
    """None: a category has none."""


@twin("acting")
def acting(model: Mechanised, n: int, probes: Sequence[Probe]) -> tuple[bool, ...]:
    """Which causes of a node act on it.

    Parameters
    ----------
    model
        What computes the node.
    n
        How many of its reference rows are looked at.
    probes
        Values of its causes.

    Returns
    -------
    tuple of bool
        Of each cause.

    Notes
    -----
    A cause acts if its encodings differ among `N_LEVELS` of its values, and either the largest of
    them or its own changes what all causes give together in one of the rows. O(causes) encodings
    of so many rows and values, and three aggregates.
    """
    encodings = np.array(
        [
            encoder(probe.values, probe.positions if cause.kind == "grid" else None)
            for encoder, cause, probe in zip(model.encoders, model.causes, probes, strict=True)
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
    each = _filled(together, shape).reshape(-1, width)
    alone = np.ascontiguousarray(encodings[:, :n]).reshape(-1, width)
    largest = encodings[:, n:].max(axis=1, keepdims=True)
    most = _filled(largest, shape).reshape(-1, width)
    moved = alone == each
    for more in (most, alone):
        moved |= model.join([each.copy(), more]) != each
    return np.asarray(moved.reshape(len(encodings), -1).any(axis=1))


def _filled(numbers: Floats, shape: tuple[int, ...]) -> Floats:
    """Numbers again and again, to fill a shape; sooner than by `np.broadcast_to`."""
    filled = np.empty(shape, dtype=np.float32)
    filled[...] = numbers
    return filled


def levels_of(cause: Cause, values: Values, levels: Values | None) -> Values:
    """Five values of a column at which it is seen whether its encodings differ.

    Parameters
    ----------
    cause
        What it is to those that it acts on.
    values
        Its values.
    levels
        The lowest of them, the highest, and quartiles, where they are there.

    Returns
    -------
    Values
        Those of a number; of a category some labels, evenly apart, whether they occur or not.
    """
    if cause.categories is not None:
        return _labels(cause.categories)
    return _levels(np.sort(values[:REFERENCE_ROWS])) if levels is None else levels


@lru_cache(1 << 10)
def _labels(categories: int) -> NDArray[np.int32]:
    """Some categories, evenly apart, the first and the last among them."""
    return _evenly(categories).astype(np.int32)


def _levels(ordered: Values) -> Values:
    """The lowest of some rising values, the highest, and quartiles."""
    return np.asarray(ordered.take(_evenly(len(ordered))))


@lru_cache(1 << 10)
def _evenly(n: int) -> NDArray[np.int64]:
    """Of n places some evenly apart, the first and the last among them."""
    return np.arange(N_LEVELS) * (n - 1) // (N_LEVELS - 1)
