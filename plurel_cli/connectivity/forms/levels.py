"""References of a table to the level of its rows above, as employees have them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.config import Config
from plurel_cli.connectivity.forms import Sampler, samplers
from plurel_cli.connectivity.growing import GrowingSite
from plurel_cli.connectivity.shaped import NO_PARENT
from plurel_cli.connectivity.site import Site
from plurel_cli.connectivity.uniforms import block_uniforms
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms.levels import LevelsHabits, LevelsKey
from plurel_cli.temporal.clock import Clock


@samplers.named("levels")
class LevelsSampler(Sampler):
    """Draws keys to a row of the level above."""

    @staticmethod
    def planned(site: Site, config: Config) -> ForeignKey:
        """The key with its habits."""
        settings = site.settings(config)
        stream = site.alike(site.stream.child("habits"), settings.alike)
        habits = LevelsHabits(
            depth=settings.hierarchy.depth.draw(stream.child("depth").draws()),
            branching=settings.hierarchy.branching.draw(stream.child("branching").draws()),
        )
        return site.key.but(habits=habits)

    @staticmethod
    def keys(site: Site, clock: Clock) -> BlockColumn:
        """The keys of all rows."""
        key = site.key
        assert isinstance(key, LevelsKey)  # noqa: S101 (each form has a sampler of its own)
        assert key.habits is not None  # noqa: S101 (planned before)
        stream = site.stream.child("keys")
        return LevelKeys(site.table.rows, key.habits.depth, key.habits.branching, stream)

    @staticmethod
    def grown(growing: GrowingSite) -> BlockColumn:
        """The keys of the new rows, which are all of the lowest level that there is."""
        site, key = growing.site, growing.site.key
        assert isinstance(key, LevelsKey)  # noqa: S101 (each form has a sampler of its own)
        assert key.habits is not None  # noqa: S101 (planned before)
        edges = level_edges(growing.n_former, key.habits.depth, key.habits.branching)
        above = edges[-3:-1] if len(edges) > 2 else edges[-2:]
        return _OfOneLevel(above, site.table.rows, site.stream.child("keys"))


class LevelKeys:
    """Rows fall into levels, each some times as large as the one above it.

    Parameters
    ----------
    n_rows
        Rows of the table.
    depth
        Levels below the first.
    branching
        Size of a level, divided by that of the level above.
    stream
        Randomness of this foreign key's rows alone.

    Notes
    -----
    Every row below the first level refers to a row of the level above, each equally likely. A
    level has one row at least; a table of fewer rows than levels has fewer levels.
    """

    def __init__(self, n_rows: int, depth: int, branching: float, stream: Stream) -> None:
        self._n_rows = n_rows
        self._stream = stream
        self.edges = level_edges(n_rows, depth, branching)

    def block(self, index: int) -> NDArray[np.int64]:
        """Keys of one block of rows, int64; `NO_PARENT` in the first level."""
        start, stop = block_rows(index, self._n_rows)
        rows = np.arange(start, stop)
        level = self.edges.searchsorted(rows, side="right") - 1
        above = np.maximum(level - 1, 0)
        first, size = self.edges[above], self.edges[above + 1] - self.edges[above]
        place = block_uniforms(self._stream.child("place"), index, stop - start)
        keys: NDArray[np.int64] = first + np.minimum((place * size).astype(np.int64), size - 1)
        keys[level == 0] = NO_PARENT
        return keys
        return keys


@dataclass(frozen=True)
class _OfOneLevel:
    """Rows that all refer to rows between two edges."""

    above: NDArray[np.int64]
    n_rows: int
    stream: Stream

    def block(self, index: int) -> NDArray[np.int64]:
        start, stop = block_rows(index, self.n_rows)
        place = block_uniforms(self.stream.child("place"), index, stop - start)
        first, last = self.above.tolist()
        keys: NDArray[np.int64] = first + np.minimum(
            (place * (last - first)).astype(np.int64), last - first - 1
        )
        return keys


def level_edges(n_rows: int, depth: int, branching: float) -> NDArray[np.int64]:
    """First row of each level, and the number of rows.

    Parameters
    ----------
    n_rows
        Rows of the table, at least 1.
    depth
        Levels below the first.
    branching
        How many times as many rows a level has as the one above, at least 1.

    Returns
    -------
    ndarray
        Shape (levels + 1,), rising; no level is empty.

    Examples
    --------
    >>> level_edges(111, 2, 10.0).tolist()
    [0, 1, 11, 111]
    """
    n_levels = min(depth + 1, n_rows)
    sizes = [1.0]
    for _ in range(n_levels - 1):
        sizes.append(sizes[-1] * branching)
    unit = n_rows / math.fsum(sizes)  # `sum` rounds otherwise from Python 3.12 on
    edges = [0]
    for level in range(1, n_levels):
        ideal = int(math.fsum(sizes[:level]) * unit)
        edges.append(min(max(ideal, edges[-1] + 1), n_rows - (n_levels - level)))
    return np.array([*edges, n_rows], dtype=np.int64)
