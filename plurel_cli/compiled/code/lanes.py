"""BLAKE2b of eight texts at once, a lane of each vector for each of them.

A digest takes block after block, each of which has to wait for the last, so that a core is mostly
idle; those of several texts need not wait for one another. Words are little-endian.

References
----------
RFC 7693.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numpy.typing import NDArray

from plurel_cli.compiled.code.machine import (
    BITS64,
    WHOLE,
    Wholes,
    Words,
    compiled,
    intrinsic,
    read,
    written,
)

LANES = 8
"""Texts at once."""

BLOCK = 128
"""Bytes that are taken in one step."""

_ROUNDS = 12
_WORD, _BYTE = ir.IntType(64), ir.IntType(8)
_WORDS = ir.VectorType(_WORD, LANES)

START = (
    *(0x6A09E667F3BCC908, 0xBB67AE8584CAA73B, 0x3C6EF372FE94F82B, 0xA54FF53A5F1D36F1),
    *(0x510E527FADE682D1, 0x9B05688C2B3E6C1F, 0x1F83D9ABFB41BD6B, 0x5BE0CD19137E2179),
)
"""What a digest begins with, before its settings."""

_ORDERS = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    (14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3),
    (11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4),
    (7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8),
    (9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13),
    (2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9),
    (12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11),
    (13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10),
    (6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5),
    (10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0),
)
"""In which order the words of a block are taken in each round; after the last, from the first."""

_QUARTERS = (
    *((0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15)),
    *((0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14)),
)
"""Which words are mixed with one another in a round."""


def _vector(builder: Any, array: Any, index: int) -> Any:
    """Pointer to a vector of words that lie one after another."""
    place = builder.gep(array, [ir.Constant(_WORD, LANES * index)])
    return builder.bitcast(place, _WORDS.as_pointer())


def _words_of_block(builder: Any, first: Any, offsets: Any) -> list[Any]:
    """The sixteen words of a block of every lane."""
    words = []
    for half in range(BLOCK // 8 // LANES):
        lanes = []
        for lane in range(LANES):
            offset = builder.load(builder.gep(offsets, [ir.Constant(_WORD, lane)]))
            block = builder.bitcast(builder.gep(first, [offset]), _WORDS.as_pointer())
            place = builder.gep(block, [ir.Constant(_WORD, half)])
            lanes.append(builder.load(place, align=1))
        words += _transposed(builder, lanes)
    return words


def _transposed(builder: Any, rows: list[Any]) -> list[Any]:
    """Vectors of the first elements of some vectors, of the second, and so on.

    The off-diagonal quarters of a square change places, then those of each quarter, and so on.
    """
    size = len(rows)
    while size > 1:
        size //= 2
        for index, row in enumerate(rows):
            if index & size:
                continue
            other = rows[index + size]
            rows[index], rows[index + size] = (
                builder.shuffle_vector(row, other, _order(size, part)) for part in (0, size)
            )
    return rows


def _order(size: int, part: int) -> Any:
    """Which elements of two vectors, one after another, one of them gets as parts of a size change
    places: those with the first of their parts, or with the second.
    """
    where = [(lane & ~size | part) + (LANES if lane & size else 0) for lane in range(LANES)]
    return ir.Constant(ir.VectorType(ir.IntType(32), LANES), where)


def _mixed(builder: Any, state: list[Any], words: list[Any]) -> None:
    """All rounds on the sixteen vectors of a state, which are changed in place."""
    kind = ir.FunctionType(_WORDS, [_WORDS] * 3)
    turned = cgutils.get_or_insert_function(builder.module, kind, "llvm.fshr.v8i64")

    def turn(vector: Any, n_bits: int) -> Any:
        return builder.call(turned, [vector, vector, ir.Constant(_WORDS, [n_bits] * LANES)])

    for number in range(_ROUNDS):
        order = _ORDERS[number % len(_ORDERS)]
        for quarter, (a, b, c, d) in enumerate(_QUARTERS):
            for word, first, second in ((0, 32, 24), (1, 16, 63)):
                one = builder.add(state[a], state[b])
                state[a] = builder.add(one, words[order[2 * quarter + word]])
                state[d] = turn(builder.xor(state[d], state[a]), first)
                state[c] = builder.add(state[c], state[d])
                state[b] = turn(builder.xor(state[b], state[c]), second)


@intrinsic
def step(context: Any, hashed: Any, text: Any, offsets: Any, steps: Any) -> Any:
    """Take a block of every lane.

    Parameters
    ----------
    context
        Of the compiler.
    hashed
        Words of shape (8, lanes): what has been hashed so far, which is changed.
    text, offsets
        Bytes, and where in them the block of each lane begins.
    steps
        Words of shape (3, lanes): bytes of each lane up to the end of the block; all bits where it
        is the lane's last; and all bits where there is a block, else it is passed over.

    Returns
    -------
    tuple
        Its types, and what writes its code.
    """

    def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        of_hashed, of_text, of_offsets, of_steps = (
            context.make_array(kind)(context, builder, array).data
            for kind, array in zip(signature.args, arguments, strict=True)
        )
        words = _words_of_block(builder, of_text, of_offsets)
        counts, lasts, there = (
            builder.load(_vector(builder, of_steps, index), align=8) for index in range(3)
        )
        before = [builder.load(_vector(builder, of_hashed, index), align=8) for index in range(8)]
        state = before + [ir.Constant(_WORDS, [word] * LANES) for word in START]
        state[12] = builder.xor(state[12], counts)
        state[14] = builder.xor(state[14], lasts)
        _mixed(builder, state, words)
        for index, vector in enumerate(before):
            change = builder.and_(builder.xor(state[index], state[index + 8]), there)
            builder.store(builder.xor(vector, change), _vector(builder, of_hashed, index), align=8)
        return context.get_dummy_value()

    return types.void(hashed, text, offsets, steps), code


@compiled(
    types.void(
        written(BITS64, 2),
        *(read(types.uint8, 2), WHOLE, read(WHOLE, 1), written(BITS64, 2)),
    )
)
def hash_lanes(
    hashed: Words, texts: NDArray[np.uint8], before: int, sizes: Wholes, steps: Words
) -> None:
    """Hash a stretch of a text in each lane.

    Parameters
    ----------
    hashed
        Shape (8, lanes): words that a digest has come to; those that it comes to are written.
    texts
        Shape (lanes, n): the stretch of each, of whole blocks, zeros after a text's end.
    before
        Bytes of each that are hashed already.
    sizes
        Shape (lanes,): how many bytes each has in all.
    steps
        Shape (3, lanes): room for what `step` takes.
    """
    offsets = np.empty(LANES, np.int64)
    for lane in range(LANES):
        offsets[lane] = lane * texts.shape[1]
    for done in range(before, before + texts.shape[1], BLOCK):
        for lane in range(LANES):
            size = sizes[lane]
            is_there = done == 0 or done < size
            is_last = size <= done + BLOCK
            steps[0, lane] = size if is_last else done + BLOCK
            steps[1, lane] = np.uint64(0) - np.uint64(is_last)
            steps[2, lane] = np.uint64(0) - np.uint64(is_there)
        step(hashed, texts, offsets, steps)
        for lane in range(LANES):
            offsets[lane] += BLOCK
