"""Draw foreign keys from a block model with habits: weights, soft blocks, time, company, runs.

A row's uniform *point* picks its parent by inversion: among the parents it may refer to, in row
order, the one at that share of their cumulated weight × score. A row that may refer only to
parents that exist by its time inverts the same sum cut off after the last of them, so no draw is
thrown away. Two keys of a row that share a point go together, each with its own distribution.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.connectivity.ranks import ranks
from plurel_cli.connectivity.reach import Reach
from plurel_cli.connectivity.uniforms import block_uniforms
from plurel_cli.connectivity.weights import RowWeights
from plurel_cli.errors import ConfigError, Problem
from plurel_cli.kernel import twin
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.block_model import BlockModel
from plurel_cli.schema.habits import Habits

Doubles = NDArray[np.float64]
Integers = NDArray[np.int64]

NO_PARENT = -1
"""Stands for null in blocks of keys."""

MOST_PAIRS = 1 << 22
"""Most pairs of clusters: each takes two numbers."""

_PIECES = 256  # of the unit interval, which `scrambled` puts in random order
_LAG_MEDIAN = math.sqrt(2.0) - 1.0  # of 1/√U − 1


def check_shape(
    model: BlockModel, habits: Habits, n_parents: int, n_children: int, place: str
) -> None:
    """Refuse a model of too many clusters, or in which a row may find no parent in time.

    Parameters
    ----------
    model
        The block model.
    habits
        What else the keys are drawn by.
    n_parents, n_children
        Rows of both tables.
    place
        The key, for messages.

    Raises
    ------
    ConfigError
        Naming `place`.
    """
    n_pairs = min(n_parents, math.prod(model.parent_radices)) * min(
        n_children, math.prod(model.child_radices)
    )
    if n_pairs > MOST_PAIRS:
        rule = f"gives {n_pairs} pairs of clusters, but habits allow {MOST_PAIRS}"
        raise ConfigError([Problem(place, rule, remedy="lower levels or clusters")])
    if habits.time_order and min(min(level.p[0]) for level in model.levels) == 0:
        rule = "leaves early rows no parent: the first cluster of parents must be in reach of all"
        raise ConfigError([Problem(place, rule, remedy="raise p_off_diagonal above 0")])


class ShapedKeys:
    """Keys of one foreign key to many.

    Parameters
    ----------
    habits
        What they are drawn from besides blocks.
    n_parents, n_children
        Row counts.
    reach
        Gives what rows may refer to.
    stream
        Randomness of this foreign key's rows alone.
    shared
        Randomness of the points that the foreign keys of the table share.
    times
        Times of the children, and what gives those of all parents, where references keep to them.
    trait
        Hidden trait of the children, which may tell nulls.

    Notes
    -----
    O(log parents) a row, and O(pairs of clusters) once.
    """

    def __init__(
        self,
        habits: Habits,
        n_parents: int,
        n_children: int,
        reach: Callable[[], Reach],
        stream: Stream,
        shared: Stream,
        times: tuple[BlockColumn, Callable[[], Integers]] | None,
        trait: BlockColumn,
    ) -> None:
        self._habits = habits
        self._n_parents, self._n_children = n_parents, n_children
        self._draw_reach = reach
        self._stream, self._shared = stream, shared
        self._times, self._trait = times, trait

    @property
    def leaves_blocks(self) -> bool:
        """Whether a row may refer to any parent, whatever its block."""
        habits = self._habits
        return habits.softness + habits.returning + habits.following > 0

    @property
    def keeps_to_time(self) -> bool:
        """Whether rows refer only to parents that exist by their time."""
        return self._times is not None

    @cached_property
    def reach(self) -> Reach:
        """What rows may refer to."""
        reach = self._draw_reach()
        assert reach.reaches.all()  # noqa: S101 (checked when it was planned)
        return reach

    @property
    def _weights(self) -> RowWeights:
        return self.reach.weights

    @cached_property
    def _parent_times(self) -> Integers:
        assert self._times is not None  # noqa: S101 (asked only then)
        return self._times[1]()

    def present(self, index: int) -> Integers | None:
        """How many parents exist by the time of each row of a block; None where all do."""
        if self._times is None:
            return None
        return self._parent_times.searchsorted(self._times[0].block(index), side="right")

    def block(self, index: int) -> Integers:
        """Keys of one block of rows, int64; `NO_PARENT` for null."""
        habits = self._habits
        start, stop = block_rows(index, self._n_children)
        n = stop - start
        points = block_uniforms(self._stream.child("points"), index, n)
        if habits.coupling > 0:
            self._share(points, index)
        keys = self._at(np.arange(start, stop), points, self.present(index), self._stream, index)
        if habits.run > 0:
            is_head = block_uniforms(self._stream.child("run"), index, n) >= habits.run
            is_head[0] = True
            keys = keys[np.maximum.accumulate(np.where(is_head, np.arange(n), 0))]
        if habits.null_rate > 0:
            keys[self._nulls(index, n)] = NO_PARENT
        return keys

    def again(self, rows: Integers, present: Integers | None, attempt: int) -> Integers:
        """Other keys of some rows, as a junction asks for; nobody's point is shared.

        Parameters
        ----------
        rows
            Rows of the child table.
        present
            Parent rows that are there at each row's time; None without time.
        attempt
            How often keys of these rows have been asked for before.

        Returns
        -------
        Integers
            Shape (rows,).
        """
        stream = self._stream.child("again", attempt)
        points = block_uniforms(stream.child("points"), 0, len(rows))
        return self._at(rows, points, present, stream, 0)

    def _share(self, points: Doubles, index: int) -> None:
        """Put the points that all keys of a row share in the place of some."""
        n = len(points)
        is_shared = (
            block_uniforms(self._shared.child("is_shared"), index, n) < self._habits.coupling
        )
        common = block_uniforms(self._shared.child("points"), index, n)
        if self._habits.pairing is not None:
            order = np.arange(_PIECES).tolist()
            self._stream.child("pairing").draws().shuffle(order)
            common *= _PIECES
            piece = common.astype(np.int64)
            common -= piece
            common += np.array(order).take(piece)
            common *= 1.0 / _PIECES
        np.copyto(points, common, where=is_shared)

    def _nulls(self, index: int, n: int) -> NDArray[np.bool_]:
        habits = self._habits
        is_null = block_uniforms(self._stream.child("null"), index, n) < habits.null_rate
        if habits.null_latent > 0:
            is_told = block_uniforms(self._stream.child("null_told"), index, n) < habits.null_latent
            np.copyto(is_null, self._trait.block(index) < habits.null_rate, where=is_told)
        return is_null

    def _at(
        self,
        rows: Integers,
        points: Doubles,
        present: Integers | None,
        stream: Stream,
        index: int,
    ) -> Integers:
        """Keys at some points; `present` parents exist by then, or all."""
        habits, n = self._habits, len(rows)
        keys = self._among_blocks(rows, points, present, stream, index)
        if habits.returning + habits.following == 0:
            return keys
        mode = block_uniforms(stream.child("mode"), index, n)
        is_returning = np.flatnonzero(mode < habits.returning)
        sums = self._weights.returning
        there = self._joined(rows) if present is None else present
        most = None if there is None else there[is_returning]
        keys[is_returning] = inverted(
            sums, points[is_returning] * (sums[-1] if most is None else sums[most]), most
        )
        if habits.following > 0 and present is not None:
            # Of the rest, so that both shares are of all rows.
            share = min(1.0, habits.returning + habits.following)
            is_following = np.flatnonzero((mode >= habits.returning) & (mode < share))
            most = present[is_following]
            keys[is_following] = self._newest(points[is_following], most)
        return keys

    def _joined(self, rows: Integers) -> Integers | None:
        """How many parents have joined by each of some rows; None where all are founders."""
        founders, n = self._habits.founders, self._n_parents
        if founders == 1.0:
            return None
        shares = founders + (1.0 - founders) / self._n_children * (rows + 1.0)
        joined: Integers = np.ceil(shares * n).astype(np.int64)
        np.minimum(joined, n, out=joined)
        return joined

    def _newest(self, points: Doubles, most: Integers) -> Integers:
        """Parents a heavy-tailed lag before the newest, in units of the mean weight."""
        sums, habits = self._weights.cohort, self._habits
        lag = 1.0 / np.sqrt(1.0 - points) - 1.0
        lag *= (habits.lag or 1.0) / _LAG_MEDIAN * (sums[-1] / self._n_parents)
        total = sums[most]
        return inverted(sums, total - np.fmod(lag, total), most)

    def _among_blocks(
        self,
        rows: Integers,
        points: Doubles,
        present: Integers | None,
        stream: Stream,
        index: int,
    ) -> Integers:
        reach = self.reach
        return among_blocks(
            *(reach.children.edges, reach.parents.edges, reach.scores, reach.before),
            *(self._weights.cohort, self._moved(rows, stream, index), points, present),
        )

    def _moved(self, rows: Integers, stream: Stream, index: int) -> Integers:
        """Places among the blocks: the rows themselves, or a heavy-tailed way off, on a circle.

        The distance is `softness` × Student's t with two degrees of freedom, whose quantile
        (2u − 1) / √(2u(1 − u)) takes no more than a root.
        """
        softness, n = self._habits.softness, self._n_children
        if softness == 0:
            return rows
        u = block_uniforms(stream.child("moves"), index, len(rows))
        away = (2.0 * u - 1.0) / np.sqrt(2.0 * u * (1.0 - u))
        place = (rows + 0.5) / n + softness * away
        place -= np.floor(place)
        return np.minimum((place * n).astype(np.int64), n - 1)


@twin("inverted")
def inverted(sums: Doubles, target: Doubles, most: Integers | None) -> Integers:
    """Rows at some sums of weights.

    Parameters
    ----------
    sums
        Weights of the rows before each one, and of all.
    target
        Where in them the rows are.
    most
        The row before which each of them is; None where that is all.

    Returns
    -------
    Integers
        Of the shape of `target`.
    """
    limit = sums[-1] if most is None else sums.take(most)
    below = np.minimum(target, np.nextafter(limit, 0.0))
    return ranks(sums, below) - 1


@twin("among_blocks")
def among_blocks(
    child_edges: Integers,
    parent_edges: Integers,
    scores: Doubles,
    before: Doubles,
    sums: Doubles,
    places: Integers,
    points: Doubles,
    present: Integers | None,
) -> Integers:
    """Keys of rows by their points.

    Parameters
    ----------
    child_edges, parent_edges
        Of the clusters of both sides.
    scores, before
        Of the parent clusters, and weight × score of those before each one, by child cluster.
    sums
        Weights of the parents before each one, and of all.
    places, points
        Of each row: its place among the children, and what picks its parent.
    present
        How many parents exist by then; None where all do.

    Returns
    -------
    Integers
        Of the shape of `places`.
    """
    which = ranks(child_edges, places) - 1
    n = len(parent_edges) - 1
    if present is None:
        last = None
        target = points * before[:, -1].take(which)
    else:
        last = parent_edges.searchsorted(present, side="left") - 1  # holds the newest parent
        partly = sums.take(present) - sums.take(parent_edges.take(last))
        target = before.ravel().take(which * (n + 1) + last)
        target += scores.ravel().take(which * n + last) * partly
        target *= points
    picked = _last_at_most(before, which, target)
    if last is not None:
        np.minimum(picked, last, out=picked)
    target -= before.ravel().take(which * (n + 1) + picked)
    target /= scores.ravel().take(which * n + picked)
    target += sums.take(parent_edges.take(picked))
    ends = parent_edges.take(picked + 1)
    return inverted(sums, target, ends if present is None else np.minimum(ends, present))


@twin("last_at_most")
def _last_at_most(before: Doubles, which: Integers, target: Doubles) -> Integers:
    """Last column but one of a row of rising sums that is at most a target, for each target."""
    n = before.shape[1] - 1
    flat, start = before.ravel(), which * (n + 1)
    low = np.zeros(len(target), dtype=np.int64)
    step = 1 << (n - 1).bit_length()
    while step := step >> 1:
        ahead = np.minimum(low + step, n - 1)
        low = np.where(flat.take(start + ahead) <= target, ahead, low)
    return low
