"""Permutations of row numbers that know the image of any row by itself.

Few numbers are shuffled, and their order kept. Of many, a Feistel network of keyed hashes permutes
those below a power of two; what it sends out of range goes through it again until it is in range,
which makes a permutation of the range. Nothing of that is stored, so that a code can be unique over
any number of rows, and any block be made alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.stream import Stream

Words = NDArray[np.uint64]

ROUNDS = 8
"""Rounds of the network; four hide the order already."""

SHUFFLED = 1 << 16
"""Up to so many numbers are shuffled, where halves of a few bits would have too few hashes."""

_MULTIPLIERS = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)


class Permutation:
    """A permutation of 0 … n − 1.

    Parameters
    ----------
    n
        How many numbers, 1 to 2⁶².
    stream
        Randomness of this permutation alone.

    Notes
    -----
    Up to 2¹⁶ numbers, all orders are equally likely. The network is over fewer than 2 n numbers, so
    that one goes through it fewer than twice on average, whatever n.

    Examples
    --------
    >>> permutation = Permutation(5, Stream(1))
    >>> sorted(permutation.of(np.arange(5)).tolist())
    [0, 1, 2, 3, 4]
    """

    def __init__(self, n: int, stream: Stream) -> None:
        if not 0 < n <= 1 << 62:
            raise ValueError(f"a permutation is of 1 to 2**62 numbers, got {n}")
        self.n = n
        self._shuffled: NDArray[np.int64] | None = None
        if n <= SHUFFLED:
            self._shuffled = stream.generator().permutation(n).astype(np.int64)
            return
        bits = (n - 1).bit_length()
        self._low, self._high = np.uint64(bits // 2), np.uint64(bits - bits // 2)
        self._keys: Words = stream.bits().random_raw(ROUNDS)

    def of(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Images of some numbers, int64."""
        if self._shuffled is not None:
            return self._shuffled.take(numbers)
        image = self._once(numbers.astype(np.uint64))
        while (outside := np.flatnonzero(image >= np.uint64(self.n))).size:
            image[outside] = self._once(image[outside])
        return image.view(np.int64)

    def _once(self, numbers: Words) -> Words:
        """The network, on numbers below its power of two."""
        low_bits, high_bits = self._low, self._high
        left, right = numbers >> low_bits, numbers & _ones(low_bits)
        for key in self._keys:
            # The halves change places, and with them their widths.
            left, right = right, (left ^ _hashed(right, key)) & _ones(high_bits)
            low_bits, high_bits = high_bits, low_bits
        return (left << low_bits) | right


def permuted_within(
    edges: Sequence[int], numbers: NDArray[np.int64], stream: Stream
) -> NDArray[np.int64]:
    """Images of numbers that are permuted between edges, each range by itself.

    Parameters
    ----------
    edges
        Where each range begins, and the end of the last; the first is permuted as if it were alone.
    numbers
        Numbers below the last edge.
    stream
        Randomness of these permutations.

    Returns
    -------
    ndarray
        int64.

    Examples
    --------
    >>> sorted(permuted_within([0, 3, 5], np.array([3, 4]), Stream(1)).tolist())
    [3, 4]
    """
    if len(edges) == 2:
        return Permutation(edges[1], stream).of(numbers)
    images = np.empty(len(numbers), dtype=np.int64)
    for k, (first, last) in enumerate(pairwise(edges)):
        is_in = (numbers >= first) & (numbers < last)
        if is_in.any():
            order = stream if k == 0 else stream.child("era", k)
            images[is_in] = first + Permutation(last - first, order).of(numbers[is_in] - first)
    return images


def _ones(bits: np.uint64) -> np.uint64:
    return np.uint64((1 << int(bits)) - 1)


def _hashed(numbers: Words, key: np.uint64) -> Words:
    """Words that differ in every bit from those of numbers next to them."""
    words = numbers + key
    words ^= words >> np.uint64(30)
    words *= _MULTIPLIERS[0]
    words ^= words >> np.uint64(27)
    words *= _MULTIPLIERS[1]
    words ^= words >> np.uint64(31)
    return words
