"""Addressed randomness: the one way to get a random number.

An address names what is drawn, as (seed, stage, object, purpose, block of rows); its hash seeds
a generator of its own. Two addresses give independent streams, so nothing that is drawn depends
on what else was drawn, in which order, by how many workers, or in blocks of which size.
"""

from __future__ import annotations

import hashlib
from collections.abc import MutableSequence, Sequence
from functools import lru_cache
from typing import Any, TypeVar

import numpy as np
from numpy.random.bit_generator import ISeedSequence
from numpy.typing import NDArray

from plurel_cli.kernel import twin
from plurel_cli.numerics.bits import Bits
from plurel_cli.numerics.generator import Generator

T = TypeVar("T")

BLOCK_ROWS = 1 << 16
"""Rows that share one generator. Part of what a seed means: changing it changes every value."""

_FIRST = bytes(8)  # of the first block of rows

SEED_LIMIT = 1 << 64
"""Seeds lie below it."""


@lru_cache(1 << 14, typed=True)
def _word(part: str | int) -> bytes:
    """Fixed-size, type-tagged word of one part of an address; most come again and again."""
    if isinstance(part, bool) or not isinstance(part, str | int):
        raise TypeError(f"an address is made of str and int, got {type(part).__name__}")
    tag = b"s" if isinstance(part, str) else b"i"
    return hashlib.blake2b(tag + str(part).encode(), digest_size=32).digest()


_LARGEST = float(np.finfo(np.float64).max)

_LITTLE_ENDIAN: dict[Any, np.dtype[Any]] = {
    np.uint32: np.dtype("<u4"),
    np.uint64: np.dtype("<u8"),
}


class _HashedSeed(ISeedSequence):
    """Seeds a bit generator with the hash of an address, which needs no mixing."""

    def __init__(self, address: bytes) -> None:
        self._address = address

    def generate_state(self, n_words: int, dtype: Any = np.uint32) -> NDArray[Any]:
        kind = _LITTLE_ENDIAN[dtype]
        state = hashlib.blake2b(self._address, digest_size=n_words * kind.itemsize).digest()
        words = np.frombuffer(state, dtype=kind)
        return words if kind.isnative else words.astype(dtype)


@twin("opened")
def _opened(address: bytes) -> Bits:
    """The bit generator of an address."""
    return _numpys(address)


def _numpys(address: bytes) -> np.random.SFC64:
    seed: Any = _HashedSeed(address)  # which numpy's annotations do not know of
    return np.random.SFC64(seed)


def uniforms(bits: np.random.SFC64, n: int) -> NDArray[np.float64]:
    """n uniform reals on [0, 1), multiples of 2⁻⁵³, the same on any machine.

    Parameters
    ----------
    bits
        Source of random bits.
    n
        How many.

    Returns
    -------
    ndarray
        float64, shape (n,).

    Examples
    --------
    >>> bool((uniforms(Stream(1).bits(), 100) < 1).all())
    True
    """
    return (bits.random_raw(n) >> np.uint64(11)) * np.float64(2.0**-53)


class Stream:
    """A random stream named by its address.

    Parameters
    ----------
    seed
        Seed of the database, 0 to 2⁶⁴ − 1. Zero is a seed like any other.

    Raises
    ------
    ValueError
        If the seed is out of range.

    Notes
    -----
    A child's address is the BLAKE2b hash of its parent's and of the part, each part first hashed
    to 32 bytes together with its type, so that ``("1",)``, ``(1,)`` and ``("1", "")`` all differ.
    Opening a generator costs about 2 µs.

    Examples
    --------
    >>> dates = Stream(7).child("fk", "posts", "users")
    >>> dates.child("keys").draws().below(10) == dates.child("keys").draws().below(10)
    True
    """

    __slots__ = ("_address",)

    def __init__(self, seed: int) -> None:
        if not 0 <= seed < SEED_LIMIT:
            raise ValueError(f"seed must be from 0 to 2**64 - 1, got {seed}")
        self._address = hashlib.blake2b(b"plurel" + _word(seed), digest_size=32).digest()

    def child(self, *parts: str | int) -> Stream:
        """The stream of an object or purpose within this one's."""
        address = self._address
        for part in parts:
            address = hashlib.blake2b(address + _word(part), digest_size=32).digest()
        stream = object.__new__(Stream)
        stream._address = address
        return stream

    def bits(self, block: int = 0) -> np.random.SFC64:
        """Bit generator of one block of rows; every call starts it anew."""
        return _numpys(self._address + block.to_bytes(8, "little"))

    def seeds(self, blocks: Sequence[int]) -> NDArray[np.uint64]:
        """Seeds of the bit generators of several blocks of rows, shape (blocks, 3)."""
        digests = [
            hashlib.blake2b(self._address + block.to_bytes(8, "little"), digest_size=24).digest()
            for block in blocks
        ]
        return np.frombuffer(b"".join(digests), "<u8").astype(np.uint64).reshape(-1, 3)

    def generator(self, block: int = 0) -> Generator:
        """Arrays of random numbers of one block of rows."""
        return Generator(_opened(self._address + block.to_bytes(8, "little")))

    def numpy_generator(self) -> np.random.Generator:
        """Numpy's own generator, for measures, which need not be the same with every release."""
        return np.random.Generator(self.bits())

    def draws(self) -> Draws:
        """Scalar draws from the start of this stream."""
        return Draws(_opened(self._address + _FIRST))


class SharedStream(Stream):
    """The stream of an object some of whose purposes it shares with all of its kind.

    Parameters
    ----------
    alone
        The object's own stream.
    common
        The stream of its kind.
    share
        Probability that a purpose, the first part after this address, is drawn in common.

    Examples
    --------
    >>> common = Stream(1).child("common")
    >>> a, b = (SharedStream(Stream(1).child(name), common, 1.0) for name in "ab")
    >>> a.child("size").draws().word() == b.child("size").draws().word()
    True
    """

    __slots__ = ("_common", "_share")

    def __init__(self, alone: Stream, common: Stream, share: float) -> None:
        self._address = alone._address
        self._common, self._share = common, share

    def child(self, *parts: str | int) -> Stream:
        """The stream of a purpose: the object's own, or that of its kind."""
        alone = super().child
        if self._share > 0 and alone("in_common", *parts[:1]).draws().chance(self._share):
            return self._common.child(*parts)
        return alone(*parts)


class Draws:
    """Scalars drawn one after another from one bit generator, by integers, + − × ÷ alone.

    The same address gives the same values on any machine and with any release of numpy, whose
    bit generators are stable while its distributions are not.

    Parameters
    ----------
    bits
        The generator; `Draws` is its only user.
    """

    __slots__ = ("_raw",)

    def __init__(self, bits: Bits) -> None:
        self._raw = bits.random_raw

    def word(self) -> int:
        """Uniform integer on 0..2⁶⁴ − 1."""
        return int(self._raw())

    def uniform(self) -> float:
        """Uniform real on [0, 1), a multiple of 2⁻⁵³."""
        return (self.word() >> 11) * 2.0**-53

    def between(self, low: float, high: float) -> float:
        """Uniform real on [low, high); `low` where the two are equal.

        Parameters
        ----------
        low, high
            The bounds.

        Returns
        -------
        float
        """
        span = high - low
        while low < high:
            u = self.uniform()
            value = low + u * span if span <= _LARGEST else (1.0 - u) * low + u * high
            if value < high:  # but for a rounding, which has a probability of 1/2 at most
                return value
        return low

    def below(self, n: int) -> int:
        """Uniform integer on 0..n − 1, without bias (Lemire's multiplication with rejection)."""
        if not 0 < n <= 1 << 64:
            raise ValueError(f"n must be from 1 to 2**64, got {n}")
        threshold = (1 << 64) % n
        while True:
            product = self.word() * n
            if product & 0xFFFF_FFFF_FFFF_FFFF >= threshold:
                return product >> 64

    def weighted(self, weights: Sequence[float]) -> int:
        """Index drawn with probability proportional to its weight; a weight may be zero."""
        total = 0.0
        cumulative = [total := total + weight for weight in weights]
        target = self.uniform() * total
        for index, bound in enumerate(cumulative):
            if target < bound:
                return index
        return max(index for index, weight in enumerate(weights) if weight > 0)

    def item(self, items: Sequence[T]) -> T:
        """One of the items, each equally likely."""
        return items[self.below(len(items))]

    def chance(self, p: float) -> bool:
        """True with probability p."""
        return self.uniform() < p

    def shuffle(self, items: MutableSequence[T]) -> None:
        """Uniform random order, in place (Fisher–Yates)."""
        for last in range(len(items) - 1, 0, -1):
            other = self.below(last + 1)
            items[last], items[other] = items[other], items[last]

    def cauchy(self) -> float:
        """Standard Cauchy: the slope of a uniform point of the unit disc."""
        while True:
            x, y = 2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0
            if 0.0 < x * x + y * y < 1.0 and x != 0.0:
                return y / x
