"""Ranks of a column's values, relative to its reference sample.

A table of at most 2¹⁶ rows is its own reference and one block: its ranks are 1..N, each once,
ties in random order. Elsewhere (larger tables, and columns that an intervention has changed) a
value's rank is where it lies among the reference's values, linearly between two of them, and a
value that occurs there several times is drawn uniformly from the ranks it has there.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

_LARGEST = 1 << 16
_SIGN, _ALL = np.uint32(1 << 31), np.uint32((1 << 32) - 1)
_TAIL = 16
_CLOSEST = 1.0 / 128.0


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

    A block costs one sort of its rows, and beside its own reference one search in that.
    """

    def __init__(self, reference: NDArray[np.float32]) -> None:
        self.reference = reference
        self._n = len(reference)
        self._has_ties = bool((reference[1:] == reference[:-1]).any())
        tail = min(_TAIL, self._n - 1)
        self._below = _scale(reference[0], reference[tail])
        self._above = _scale(reference[-1], reference[-1 - tail])

    def shares(self, raw: NDArray[np.float32], generator: Generator) -> NDArray[np.float64]:
        """Ranks of one block of rows as shares, float64 in (0, 1), in the order of the rows."""
        n = len(raw)
        if n > _LARGEST:
            raise ValueError(f"a block has at most {_LARGEST} rows, got {n}")
        is_own = n == self._n
        shuffled = generator.permutation(n).astype(np.uint16) if is_own and self._has_ties else None
        order = _order(raw, shuffled)
        ordered = raw.take(order)
        if is_own and np.array_equal(ordered, self.reference):
            positions = np.arange(1.0, n + 1.0)
        else:
            positions = self._positions(ordered, generator)
        positions *= 1.0 / (self._n + 1)
        shares = np.empty(n)
        shares[order] = positions
        return shares

    def _positions(self, ordered: NDArray[np.float32], generator: Generator) -> NDArray[np.float64]:
        """Ranks between 0 and m + 1 of rising values."""
        reference, n = self.reference, self._n
        low = reference.searchsorted(ordered, "left")
        high = reference.searchsorted(ordered, "right") if self._has_ties else None
        before = reference.take(low - 1, mode="clip").astype(np.float64)
        after = reference.take(low, mode="clip").astype(np.float64)
        gap = after - before
        gap[gap == 0.0] = 1.0  # at either end, which is overwritten, or before == after == value
        positions = low + (ordered - before) / gap
        if high is not None:
            tied = np.flatnonzero(high - low > 1)
            width = (high - low)[tied] - 1
            positions[tied] = low[tied] + 1 + width * generator.random(tied.size)
        n_below = int(ordered.searchsorted(reference[0], "left"))
        n_above = len(ordered) - int(ordered.searchsorted(reference[-1], "right"))
        if n == 1 or reference[0] < reference[1]:
            at_first = int(ordered.searchsorted(reference[0], "right"))
            positions[n_below:at_first] = 1.0
        if n_below:
            away = float(reference[0]) - ordered[:n_below].astype(np.float64)
            positions[:n_below] = np.maximum(self._below / (self._below + away), _CLOSEST)
        if n_above:
            away = ordered[-n_above:].astype(np.float64) - float(reference[-1])
            nearness = np.maximum(self._above / (self._above + away), _CLOSEST)
            positions[-n_above:] = n + 1.0 - nearness
        return positions

    def value(self, share: float) -> float:
        """The value whose rank is this share, or as near to it as there is."""
        n = self._n
        position = min(max(share * (n + 1), _CLOSEST), n + 1 - _CLOSEST)
        if position < 1.0:
            return float(self.reference[0]) - self._below * (1.0 / position - 1.0)
        if position > n:
            nearness = n + 1 - position
            return float(self.reference[-1]) + self._above * (1.0 / nearness - 1.0)
        left = min(int(position), n) - 1
        right = min(left + 1, n - 1)
        low, high = float(self.reference[left]), float(self.reference[right])
        return low + (position - left - 1) * (high - low)


def _scale(end: np.float32, inner: np.float32) -> float:
    """Distance of a tail's end from a value within, or something above 0 where there is none."""
    distance = math.fabs(float(end) - float(inner))
    return distance or math.fabs(float(end)) or 1.0


def _order(raw: NDArray[np.float32], shuffled: NDArray[np.uint16] | None) -> NDArray[np.uint16]:
    """Rows in the order of their values; equal ones as they come in `shuffled`, or by row.

    One sort of 64-bit words, value before row, whose result no CPU's sorting network changes.
    """
    values = raw if shuffled is None else raw.take(shuffled)
    bits = (values + np.float32(0.0)).view(np.uint32)  # −0 becomes 0
    bits = bits ^ np.where(bits & _SIGN, _ALL, _SIGN)  # now they rise as the numbers do
    words = bits.astype(np.uint64)
    words <<= np.uint64(16)
    words |= np.arange(len(raw), dtype=np.uint64)
    words.sort()
    order = words.astype(np.uint16)
    return order if shuffled is None else shuffled.take(order)
