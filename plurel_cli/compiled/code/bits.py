"""Random bits of numpy's SFC64, from a state of four words that compiled code can go on from.

References
----------
C. Doty-Humphrey, PractRand, 2010; numpy's `sfc64.h`, whose seeding and output these are.
"""

from __future__ import annotations

import hashlib
from typing import overload

import numpy as np

from plurel_cli.compiled.code.machine import BITS64, WHOLE, Words, compiled, inlined, written
from plurel_cli.compiled.code.words import draw

COUNTER = 3
"""Which word of a state counts; a state that counts from 1 is new."""

_NEW = np.uint64(1)
_AT_FIRST = 12


@inlined
def begun(state: Words) -> None:
    """Throw away what a new state gives first."""
    if state[COUNTER] == _NEW:
        draw(state, np.empty(_AT_FIRST, np.uint64))


@compiled(BITS64(written(BITS64, 1)))
def one_word(state: Words) -> int:
    """The next word.

    Parameters
    ----------
    state
        Of a generator, new or not.

    Returns
    -------
    int
        The word.
    """
    begun(state)
    word = np.empty(1, np.uint64)
    draw(state, word)
    return word[0]  # type: ignore[no-any-return]  # numba knows that it is one


@compiled(WHOLE(written(BITS64, 1), written(BITS64, 1)))
def words(state: Words, out: Words) -> int:
    """The next words.

    Parameters
    ----------
    state
        Of a generator, new or not.
    out
        As many as are wanted.

    Returns
    -------
    int
        0.
    """
    begun(state)
    draw(state, out)
    return 0


class CompiledBits:
    """Gives the bits that numpy's SFC64 gives.

    Parameters
    ----------
    address
        What is hashed to its first state.

    Attributes
    ----------
    state
        Four words, uint64.
    """

    __slots__ = ("state",)

    def __init__(self, address: bytes) -> None:
        seed = hashlib.blake2b(address, digest_size=24).digest()
        self.state: Words = np.frombuffer(bytearray(seed + _COUNTS), dtype=np.uint64)

    @overload
    def random_raw(self, size: None = None) -> int: ...
    @overload
    def random_raw(self, size: int) -> Words: ...
    def random_raw(self, size: int | None = None) -> int | Words:
        """Uniform integers on 0..2⁶⁴ − 1: one, or an array of so many."""
        if size is None:
            return one_word(self.state)
        out = np.empty(size, dtype=np.uint64)
        words(self.state, out)
        return out


_COUNTS = (1).to_bytes(8, "little")
