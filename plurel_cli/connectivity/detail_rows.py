"""The rows of a table of details: which parent made each, and when.

Details that come with their parent, or have no times, lie in the order of their parents. Details
that come later are sorted by time: the window is cut where pieces of parents begin, and the details
of one such interval are made together, from the pieces that have some in it. So a block of rows
needs a few pieces; details that come many intervals late are counted once and kept.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.connectivity.detail_counts import Numbers
from plurel_cli.connectivity.ranks import ranks
from plurel_cli.numerics.permutation import Permutation
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream, uniforms

Integers = NDArray[np.int64]
Doubles = NDArray[np.float64]

HOUR_NS = 3600 * 10**9

NEAR = 8
"""Intervals after which a detail is late, and kept in memory."""

_KEPT_BYTES = 1 << 26


class InOrder:
    """Keys of details in the order of their parents.

    Parameters
    ----------
    numbers
        How many each parent has.
    n_parents, n_rows
        Rows of the two tables.
    """

    def __init__(self, numbers: Numbers, n_parents: int, n_rows: int) -> None:
        self._numbers, self._n_parents, self._n_rows = numbers, n_parents, n_rows

    def block(self, index: int) -> Integers:
        """Keys of one block of rows, int64, rising."""
        start, stop = block_rows(index, self._n_rows)
        edges = self._numbers.edges
        first, last = (edges[1:].searchsorted([start, stop - 1], side="right")).tolist()
        several = []
        for block in range(first, last + 1):
            begin = int(edges[block])
            low, high = max(start - begin, 0), min(stop - begin, int(edges[block + 1]) - begin)
            if low < high:
                several.append(
                    block * BLOCK_ROWS + _repeated(self._numbers.block(block), low, high)
                )
        return several[0] if len(several) == 1 else np.concatenate(several)


def _repeated(numbers: Integers, low: int, high: int) -> Integers:
    """Details low … high − 1 of some parents, each as the number of its parent among them."""
    ends = np.cumsum(numbers)
    first, last = ends.searchsorted([low, high - 1], side="right").tolist()
    part = numbers[first : last + 1].copy()
    part[-1] -= ends[last] - high
    part[0] -= low - (ends[first] - numbers[first])
    return np.repeat(np.arange(first, last + 1), part)


class Scattered:
    """Keys of details whose rows lie in another order than those of their parents.

    Parameters
    ----------
    numbers
        How many each parent has.
    n_rows
        How many there are.
    stream
        Randomness of the order alone.

    Notes
    -----
    Keeps eight bytes a parent.
    """

    def __init__(self, numbers: Numbers, n_rows: int, stream: Stream) -> None:
        self._numbers, self._n_rows = numbers, n_rows
        self._permutation = Permutation(n_rows, stream)

    @cached_property
    def _ends(self) -> Integers:
        n_blocks = len(self._numbers.edges) - 1
        return np.cumsum(np.concatenate([self._numbers.block(k) for k in range(n_blocks)]))

    def block(self, index: int) -> Integers:
        """Keys of one block of rows, int64."""
        places = self._permutation.of(np.arange(*block_rows(index, self._n_rows)))
        return ranks(self._ends, places)


class TimesOfParents:
    """Times of details that come with their parents.

    Parameters
    ----------
    keys
        Their keys, rising.
    times
        Times of the parents.
    """

    def __init__(self, keys: BlockColumn, times: BlockColumn) -> None:
        self._keys, self._times = keys, times

    def block(self, index: int) -> Integers:
        """Nanoseconds since 1970 of one block of rows, rising."""
        keys = self._keys.block(index)
        blocks = range(int(keys[0]) // BLOCK_ROWS, int(keys[-1]) // BLOCK_ROWS + 1)
        edges = keys.searchsorted([block * BLOCK_ROWS for block in (*blocks, blocks.stop)])
        several = [
            self._times.block(block)[keys[begin:end] - block * BLOCK_ROWS]
            for block, begin, end in zip(blocks, edges[:-1], edges[1:], strict=True)
            if begin < end
        ]
        return several[0] if len(several) == 1 else np.concatenate(several)


@dataclass(frozen=True)
class DetailLags:
    """How long after their parents details come.

    Attributes
    ----------
    hours
        Gives the hours by a uniform share for each detail, and one for its parent.
    end
        Nanoseconds since 1970 at which the window ends.
    unit
        Nanoseconds of which lags are multiples.
    stream
        Randomness of the lags alone.
    """

    hours: Callable[[Doubles, Doubles], Doubles]
    end: int
    unit: int
    stream: Stream

    def drawn(self, piece: int, of_parents: Doubles, times: Integers) -> Integers:
        """Times of the details of some parents.

        Parameters
        ----------
        piece
            Which piece of parents it is.
        of_parents
            The parent's uniform share, for each detail.
        times
            The parent's time, for each detail.

        Returns
        -------
        ndarray
            Nanoseconds since 1970.
        """
        n = len(times)
        hours = self.hours(_open_uniforms(self.stream.child("share"), piece, n), of_parents)
        room = self.end - times
        left = room / HOUR_NS
        late = hours > left
        if late.any():
            hours = np.where(
                late, _open_uniforms(self.stream.child("late"), piece, n) * left, hours
            )
        lag = np.minimum((hours * HOUR_NS).astype(np.int64), room)
        if piece == 0:
            lag[0] = 0  # something is there as soon as the parent is
        lag -= lag % self.unit
        lag += times
        return lag


def _open_uniforms(stream: Stream, piece: int, n: int) -> Doubles:
    values = uniforms(stream.bits(piece), n)
    values += 2.0**-54
    return values


class Later:
    """Keys and times of details that come some time after their parents.

    Parameters
    ----------
    numbers
        How many each parent has.
    n_parents, n_rows
        Rows of the two tables.
    times
        Times of the parents, rising.
    lag
        How long after them details come.
    most
        About how many details a piece of parents has at most.

    Notes
    -----
    O(rows) time once; then a block takes the pieces of parents that have details in it, and 16
    bytes stay in memory for each detail that comes late.
    """

    def __init__(
        self,
        numbers: Numbers,
        n_parents: int,
        n_rows: int,
        times: BlockColumn,
        lag: DetailLags,
        most: int = BLOCK_ROWS,
    ) -> None:
        self._numbers, self._times, self._lag = numbers, times, lag
        self._n_parents, self._n_rows = n_parents, n_rows
        per_parent = max(1, n_rows // n_parents)
        self._size = (
            min(BLOCK_ROWS, 1 << (most // per_parent).bit_length() - 1)
            if (per_parent < most)
            else 1
        )
        self._n_pieces = -(-n_parents // self._size)
        self._kept = KeptBlocks(_KEPT_BYTES)

    def _piece(self, piece: int) -> Integers:
        """Times and keys of the details of a piece of parents, in the order of these: (2, n)."""
        return self._kept.get((self, piece), lambda: self._made(piece))

    def _made(self, piece: int) -> Integers:
        first = piece * self._size
        last = min(first + self._size, self._n_parents)
        block, begin = divmod(first, BLOCK_ROWS)
        numbers = self._numbers.block(block)[begin : begin + last - first]
        which = np.repeat(np.arange(last - first), numbers)
        times = self._times.block(block)[begin : begin + last - first]
        shares = _open_uniforms(self._lag.stream.child("parent"), piece, last - first)
        if not len(which):
            return np.empty((2, 0), np.int64)
        return np.stack([self._lag.drawn(piece, shares[which], times[which]), which + first])

    @cached_property
    def _starts(self) -> Integers:
        """Time of the first parent of each piece."""
        several = []
        for piece in range(self._n_pieces):
            block, place = divmod(piece * self._size, BLOCK_ROWS)
            several.append(self._times.block(block)[place])
        return np.array(several, np.int64)

    @cached_property
    def _same(self) -> Integers:
        """The last interval that begins when a piece does."""
        return self._starts.searchsorted(self._starts, side="right") - 1

    @cached_property
    def _counted(self) -> tuple[Integers, Integers, Integers, Integers]:
        """Details before each interval; the first piece that has some in each; and the late ones,
        and how many of them there are before each.
        """
        n = self._n_pieces
        totals, reach = np.zeros(n + 1, np.int64), np.arange(n)
        kept, places = [], []
        for piece in range(n):
            details = self._piece(piece)
            interval = self._starts.searchsorted(details[0], side="right") - 1
            low = piece
            late = interval - self._same[piece] > NEAR
            amounts = np.bincount(interval - low, minlength=1)
            totals[low + 1 : low + 1 + len(amounts)] += amounts
            near = np.flatnonzero(np.bincount(interval[~late] - low, minlength=1)) + low
            reach[near] = np.minimum(reach[near], piece)
            if late.any():
                kept.append(details[:, late])
                places.append(interval[late])
        late_details, ends = np.empty((2, 0), np.int64), np.zeros(n + 1, np.int64)
        if kept:
            place = np.concatenate(places)
            late_details = np.concatenate(kept, axis=1)[:, np.argsort(place, kind="stable")]
            ends[1:] = np.cumsum(np.bincount(place, minlength=n))
        return np.cumsum(totals), reach, late_details, ends

    def _interval(self, index: int) -> Integers:
        return self._kept.get((self, -1 - index), lambda: self._sorted(index))

    def _sorted(self, index: int) -> Integers:
        """Times and keys of the details of an interval, by time, then by parent: (2, n)."""
        _, reach, late, ends = self._counted
        several = [late[:, ends[index] : ends[index + 1]]]
        for piece in range(int(reach[index]), index + 1):
            if index - self._same[piece] > NEAR:
                continue
            details = self._piece(piece)
            is_here = details[0] >= self._starts[index]
            if index + 1 < self._n_pieces:
                is_here &= details[0] < self._starts[index + 1]
            several.append(details[:, is_here])
        together = np.concatenate(several, axis=1)
        return together[:, np.argsort(together[0], kind="stable")]

    def rows(self, index: int) -> Integers:
        """Times and keys of one block of rows: int64, shape (2, rows)."""
        start, stop = block_rows(index, self._n_rows)
        before = self._counted[0]
        first, last = (before[1:].searchsorted([start, stop - 1], side="right")).tolist()
        several = [self._interval(interval) for interval in range(first, last + 1)]
        begin = start - int(before[first])
        rows: Integers = np.concatenate(several, axis=1)[:, begin : begin + stop - start]
        return rows


class RowOf:
    """Times, or keys, of details that come later.

    Parameters
    ----------
    later
        The details.
    which
        0 for times, 1 for keys.
    """

    def __init__(self, later: Later, which: int) -> None:
        self._later, self._which = later, which

    def block(self, index: int) -> Integers:
        """Values of one block of rows."""
        values: Integers = self._later.rows(index)[self._which]
        return values
