"""Ranks of a column's values, relative to its reference sample.

A table of at most 2¹⁶ rows is its own reference and one block: its ranks are 1..N, each once,
ties in random order. Elsewhere (larger tables, and columns that an intervention has changed) a
value's rank is where it lies among the reference's values, linearly between two of them, and a
value that occurs there several times is drawn uniformly from the ranks it has there.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.kernel import twin
from plurel_cli.numerics.generator import Generator
from plurel_cli.numerics.ordering import rising

Doubles = NDArray[np.float64]

_TAIL = 16
_CLOSEST = 1.0 / 128.0


@dataclass(frozen=True)
class _Ties:
    """Values that occur more than once in a rising sample.

    Attributes
    ----------
    positions
        Of all those values, rising.
    runs
        uint16: number of the value among them, at each of the positions.
    further
        At the first position of each such value how often it occurs after that, 0 elsewhere.
    """

    positions: NDArray[np.intp]
    runs: NDArray[np.uint16]
    further: NDArray[np.intp]

    @staticmethod
    def of(ordered: NDArray[np.float32]) -> _Ties | None:
        is_repeat = np.empty(len(ordered) + 1, dtype=np.bool_)
        is_repeat[0] = is_repeat[-1] = False
        np.equal(ordered[1:], ordered[:-1], out=is_repeat[1:-1])
        if not is_repeat.any():
            return None
        is_first = is_repeat[1:] & ~is_repeat[:-1]
        positions = np.flatnonzero(is_repeat[1:] | is_repeat[:-1])
        runs = is_first.take(positions).cumsum() - 1
        further = np.zeros(len(ordered), dtype=np.intp)
        further[is_first] = np.bincount(runs) - 1
        return _Ties(positions, runs.astype(np.uint16), further)

    def shuffle(self, order: NDArray[np.intp], generator: Generator) -> None:
        """Put the rows at tied positions into random order, in place."""
        shuffled = generator.permutation(len(self.positions))
        by_run = self.runs.take(shuffled).argsort(kind="stable")
        order[self.positions] = order.take(self.positions.take(shuffled.take(by_run)))


class Ranking:
    """Ranks among a reference sample, as shares of one: rank / (number of values + 1).

    Parameters
    ----------
    reference
        float32, rising, finite, at least one value.

    Notes
    -----
    Beyond the reference's ends the rank approaches 0, or m + 1, as the tail of a Pareto
    distribution with α = 1 does whose scale is the distance from the outermost value to the 16th
    from it, and stops 2⁻⁷ short of it, so that a share is never 0 or 1.

    A block costs a radix sort of its rows, O(rows), and unless it is its own reference a search
    for its sorted values in that.
    """

    def __init__(self, reference: NDArray[np.float32]) -> None:
        self.reference = reference
        self._n = len(reference)
        self._ties = _Ties.of(reference)
        tail = min(_TAIL, self._n - 1)
        self._below = _scale(reference[0], reference[tail])
        self._above = _scale(reference[-1], reference[-1 - tail])

    def mapped(
        self,
        raw: NDArray[np.float32],
        quantile: Callable[[Doubles], Doubles],
        generator: Generator,
        kind: type[np.floating] = np.float32,
    ) -> NDArray[Any]:
        """Quantiles of the ranks of one block of rows.

        Parameters
        ----------
        raw
            float32, finite, one a row.
        quantile
            Gets the ranks as shares in (0, 1), rising, and may overwrite them.
        generator
            Randomness of ties.
        kind
            Type of what is written.

        Returns
        -------
        ndarray
            Of that type, in the order of the rows.
        """
        n = len(raw)
        order = rising(raw)
        ordered = raw.take(order)
        if n == self._n and np.array_equal(ordered, self.reference):
            if self._ties is not None:
                self._ties.shuffle(order, generator)
            shares = np.arange(1.0, n + 1.0)
        else:
            shares = self._positions(ordered, generator)
        shares /= self._n + 1
        written = np.empty(n, dtype=kind)
        written[order] = quantile(shares)
        return written

    def _positions(self, ordered: NDArray[np.float32], generator: Generator) -> Doubles:
        """Ranks between 0 and m + 1 of rising values."""
        reference, n = self.reference, self._n
        n_below, n_above_not = (
            int(ordered.searchsorted(reference[0], "left")),
            int(ordered.searchsorted(reference[-1], "right")),
        )
        inside = ordered[n_below:n_above_not]
        positions = np.empty(len(ordered))
        positions[n_below:n_above_not] = self._inside(inside, generator)
        away = float(reference[0]) - ordered[:n_below].astype(np.float64)
        positions[:n_below] = np.maximum(self._below / (self._below + away), _CLOSEST)
        away = ordered[n_above_not:].astype(np.float64) - float(reference[-1])
        nearness = np.maximum(self._above / (self._above + away), _CLOSEST)
        positions[n_above_not:] = n + 1.0 - nearness
        return positions

    def _inside(self, ordered: NDArray[np.float32], generator: Generator) -> Doubles:
        """Ranks from 1 to m of rising values that are within the reference."""
        further = None if self._ties is None else self._ties.further
        positions, tied, width = _within(self.reference, ordered, further)
        if len(tied):
            positions[tied] += width * generator.random(tied.size)
        return positions

    def value(self, share: float) -> float:
        """The value whose rank is this share, or as near to it as there is."""
        n = self._n
        position = min(max(share * (n + 1), _CLOSEST), n + 1 - _CLOSEST)
        if position < 1.0:
            return float(self.reference[0]) - self._below * (1.0 / position - 1.0)
        if position > n:
            return float(self.reference[-1]) + self._above * (1.0 / (n + 1 - position) - 1.0)
        left = int(position) - 1
        low, high = self.reference[[left, min(left + 1, n - 1)]].tolist()
        return float(low + (position - left - 1) * (high - low))


@twin("ranks_within")
def _within(
    reference: NDArray[np.float32],
    ordered: NDArray[np.float32],
    further: NDArray[np.intp] | None,
) -> tuple[Doubles, NDArray[np.intp], NDArray[np.intp]]:
    """Ranks from 1 on of some rising values that are within a reference, linearly between two of
    it; which of them occur there more than once, and how often after the first.
    """
    low = reference.searchsorted(ordered, "left")  # below n, as no value is above the last
    after = reference.take(low)
    before = reference.take(low - 1, mode="clip")
    gap = after.astype(np.float64) - before
    gap[low == 0] = 1.0  # at the first value exactly
    positions: Doubles = low + (low > 0) * ((ordered.astype(np.float64) - before) / gap)
    positions[low == 0] = 1.0
    if further is None:
        nothing = np.empty(0, dtype=np.intp)
        return positions, nothing, nothing
    width = further.take(low)
    tied = np.flatnonzero((width > 0) & (after == ordered))
    return positions, tied, width[tied]


def _scale(end: np.float32, inner: np.float32) -> float:
    """Distance of a tail's end from a value within, or something above 0 where there is none."""
    return math.fabs(float(end) - float(inner)) or math.fabs(float(end)) or 1.0
