"""Random positions of a table's rows by intervals, any of which can be made alone.

The positions [0, 1) are split into 2ᵏ equal intervals of some 2¹⁴ to 2¹⁵ rows. How many of the N
rows fall into each is drawn by halving, exactly; the rows of an interval are drawn from a stream of
its own. So a block of rows needs the counts and the intervals that it lies in, no more.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import block_rows
from plurel_cli.numerics.stream import Stream

ONE_INTERVAL = 1 << 16
"""Tables of so many rows have one interval."""

INTERVAL_ROWS = 1 << 15
"""Most rows that an interval of a larger table has on average."""

_WORDS = 1 << 14  # drawn at a time

Fill = Callable[[int, np.random.SFC64], NDArray[np.float64]]
"""Gives n sorted positions within an interval, in [0, 1)."""


def sort(values: NDArray[np.float64]) -> None:
    """Sort reals of [0, 1) in place.

    Notes
    -----
    By their first 16 bits, which numpy sorts by radix; the rest is nearly sorted, which its merge
    sort makes use of. A third of the time of sorting at once.
    """
    order = np.argsort((values * 65536.0).astype(np.uint16), kind="stable")
    values[:] = values[order]
    values.sort(kind="stable")


def halved(n: int, bits: np.random.SFC64) -> int:
    """A Binomial(n, ½) number: how many of n random bits are set.

    Parameters
    ----------
    n
        How many bits, at least 0.
    bits
        Where they come from; one word for each 64 is used up.

    Returns
    -------
    int
        From 0 to n.

    Examples
    --------
    >>> halved(0, Stream(1).bits())
    0
    """
    total = 0
    words, rest = divmod(n, 64)
    for begin in range(0, words, _WORDS):
        drawn = bits.random_raw(min(_WORDS, words - begin))
        total += int(np.bitwise_count(drawn).sum(dtype=np.int64))
    if rest:
        total += (int(bits.random_raw()) >> (64 - rest)).bit_count()
    return total


def interval_count(n_rows: int) -> int:
    """Intervals of a table, 2ᵏ.

    Examples
    --------
    >>> [interval_count(n) for n in (1, 65536, 65537, 1_000_000)]
    [1, 1, 4, 32]
    """
    intervals = 1
    while n_rows > ONE_INTERVAL and n_rows > intervals * INTERVAL_ROWS:
        intervals *= 2
    return intervals


def interval_rows(n_rows: int, stream: Stream) -> NDArray[np.int64]:
    """Rows of each interval: multinomial with equal probabilities.

    Parameters
    ----------
    n_rows
        Rows of the table.
    stream
        Randomness of these counts alone.

    Returns
    -------
    NDArray[np.int64]
        Shape (intervals,), of sum `n_rows`.

    Notes
    -----
    Each half of an interval gets Binomial(n, ½) of its n rows, down to the intervals: O(n_rows
    log(intervals) / 64) time.
    """
    counts = [n_rows]
    for level in range(interval_count(n_rows).bit_length() - 1):
        halves = []
        for index, count in enumerate(counts):
            left = halved(count, stream.child(level).bits(index))
            halves += [left, count - left]
        counts = halves
    return np.array(counts, dtype=np.int64)


class IntervalPositions:
    """Rising positions in [0, 1) of the rows of a table.

    Parameters
    ----------
    n_rows
        Rows of the table.
    fill
        What draws the positions within an interval.
    stream
        Randomness of these positions alone.
    """

    def __init__(self, n_rows: int, fill: Fill, stream: Stream) -> None:
        self._n_rows = n_rows
        self._fill = fill
        self._stream = stream.child("cell")
        counts = interval_rows(n_rows, stream.child("counts"))
        self._ends = np.cumsum(counts)
        self._last: tuple[int, NDArray[np.float64]] = -1, np.empty(0)

    def interval(self, index: int) -> NDArray[np.float64]:
        """Positions of the rows of one interval."""
        known, positions = self._last
        if known != index:
            begin = int(self._ends[index - 1]) if index else 0
            n = int(self._ends[index]) - begin
            positions = self._fill(n, self._stream.bits(index)) if n else np.empty(0)
            if len(self._ends) > 1:
                positions += index
                positions /= len(self._ends)
            positions.flags.writeable = False
            self._last = index, positions  # blocks are mostly asked for in turn
        return positions

    def block(self, index: int) -> NDArray[np.float64]:
        """Positions of one block of rows."""
        start, stop = block_rows(index, self._n_rows)
        first, last = np.searchsorted(self._ends, (start, stop - 1), side="right").tolist()
        several = [self.interval(number) for number in range(first, last + 1)]
        begin = start - (int(self._ends[first - 1]) if first else 0)
        return np.concatenate(several)[begin : begin + stop - start]
