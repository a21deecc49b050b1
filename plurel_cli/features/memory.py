"""What one row with a reference leaves to the next that has the same.

Along the rows of one parent, in their order, x_0 = ε_0; then, in a chain that fades, x_i =
ρ x_{i−1} + √(1 − ρ²) ε_i, and in one that sticks x_i = x_{i−1} with probability ρ, else ε_i. Both
are stationary, of variance 1, with correlation ρᵏ over k rows. One pass over all rows makes them,
so that they are the same whatever blocks a parent's rows lie in.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream

Floats = NDArray[np.float32]

_NEGLIGIBLE = 1e-9  # a weight below it changes no float32


class Chain(NamedTuple):
    """Which chain.

    Attributes
    ----------
    persistence
        ρ, 0 to below 1.
    stream
        Randomness of it alone.
    sticks
        Whether it sticks; it fades otherwise.
    """

    persistence: float
    stream: Stream
    sticks: bool = False


def memories(
    keys: BlockColumn, n_rows: int, n_parents: int, wanted: Sequence[Chain]
) -> list[Floats]:
    """Chains along the rows of each parent.

    Parameters
    ----------
    keys
        The parent of each row; one below 0 is nobody's, and a chain of its own.
    n_rows, n_parents
        Row counts.
    wanted
        The chains.

    Returns
    -------
    list of ndarray
        float32, shape (n_rows,), for each.

    Notes
    -----
    Each block's rows are sorted by parent, once for all chains, by radix. Then doubling: after step
    k, x_i holds Σ_{j < 2ᵏ} ρʲ e_{i−j} over the rows of its parent. O(rows × log of the longest
    chain, or of the reach of ρ) time, and a number a parent carried from block to block.
    """
    found = [np.empty(n_rows, dtype=np.float32) for _ in wanted]
    carried = np.zeros((len(wanted), n_parents), dtype=np.float32)
    is_known = np.zeros(n_parents, dtype=np.bool_)
    for block in range(-(-n_rows // BLOCK_ROWS)):
        first, last = block_rows(block, n_rows)
        its_keys = keys.block(block)
        order, starts, ends, place = _by_parent(its_keys, n_parents)
        parents = its_keys[order[starts]]
        steps = _steps(place)
        is_new = starts[~is_known[parents]]
        for number, chain in enumerate(wanted):
            values = chain.stream.generator(block).standard_normal(last - first, dtype=np.float32)
            x = values.take(order)
            if chain.sticks:
                uniforms = chain.stream.child("sticks").generator(block).random(last - first)
                is_kept = uniforms.take(order) < chain.persistence
                is_kept[is_new] = False
                kept = starts[is_kept.take(starts)]
                x[kept] = carried[number].take(its_keys.take(order.take(kept)))
                is_kept[kept] = False
                x = x.take(np.maximum.accumulate(np.where(is_kept, 0, np.arange(len(x)))))
            else:
                _fade(x, chain.persistence, is_new, starts, carried[number].take(parents), steps)
            carried[number][parents] = x.take(ends)
            values[order] = x
            found[number][first:last] = values
        is_known[parents] = True
    return found


def _fade(
    x: Floats,
    rho: float,
    is_new: NDArray[np.int64],
    starts: NDArray[np.int64],
    carried: Floats,
    steps: Sequence[tuple[int, NDArray[np.int64]]],
) -> None:
    """Innovations to values of a chain that fades, in place."""
    new = x.take(is_new)
    x *= np.float32(math.sqrt(1.0 - rho * rho))
    x[is_new] = new
    x[starts] += np.float32(rho) * carried
    power = rho
    for step, later in steps:
        if power < _NEGLIGIBLE:
            break
        x[later] += np.float32(power) * x.take(later - step)
        power *= power


def _by_parent(
    keys: NDArray[np.int64], n_parents: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The rows that have a parent, by parent and in order; where each parent's begin, and end; and
    which of its parent's rows each is.
    """
    rows = np.flatnonzero(keys >= 0)
    its = keys.take(rows)
    order = _stable_order(its, n_parents)
    rows, its = rows.take(order), its.take(order)
    is_first = np.ones(len(its), dtype=np.bool_)
    np.not_equal(its[1:], its[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    sizes = np.diff(np.append(starts, len(its)))
    place = np.arange(len(its)) - starts.repeat(sizes)
    return rows, starts, starts + sizes - 1, place


def _stable_order(keys: NDArray[np.int64], n: int) -> NDArray[np.int64]:
    """Order of keys below n, equal ones as they are; numpy sorts 16 bits by radix."""
    order = (keys & 0xFFFF).astype(np.uint16).argsort(kind="stable")
    for shift in range(16, max(n - 1, 1).bit_length(), 16):
        digits = (keys.take(order) >> shift & 0xFFFF).astype(np.uint16)
        order = order.take(digits.argsort(kind="stable"))
    return order


def _steps(place: NDArray[np.int64]) -> list[tuple[int, NDArray[np.int64]]]:
    """Rows that have at least so many before them, for steps of 1, 2, 4, …"""
    found: list[tuple[int, NDArray[np.int64]]] = []
    step, later = 1, np.flatnonzero(place >= 1)
    while len(later):
        found.append((step, later))
        step *= 2
        later = later[place.take(later) >= step]
    return found
