"""What one row with a reference leaves to the next that has the same.

Along the rows of one parent, in their order, the first value is the innovation ε_0, and a chain
says how it goes on; all are stationary, of variance 1, with correlation ρᵏ over k rows. One pass
over all rows makes them, so that they are the same whatever blocks a parent's rows lie in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.features.chains.chain import BlockOfChains, Chain, Floats, Places
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream


def memories(
    keys: BlockColumn, n_rows: int, n_parents: int, chains: Sequence[tuple[Chain, Stream]]
) -> list[Floats]:
    """Chains along the rows of each parent.

    Parameters
    ----------
    keys
        The parent of each row; one below 0 is nobody's, and a chain of its own.
    n_rows, n_parents
        Row counts.
    chains
        The chains, each with the randomness of it alone.

    Returns
    -------
    list of ndarray
        float32, shape (n_rows,), for each.

    Notes
    -----
    Each block's rows are sorted by parent, once for all chains, by radix. O(rows × log of the
    longest chain, or of the reach of ρ) time, and a number a parent carried from block to block.
    """
    made = [np.empty(n_rows, dtype=np.float32) for _ in chains]
    carried = np.zeros((len(chains), n_parents), dtype=np.float32)
    is_known = np.zeros(n_parents, dtype=np.bool_)
    for number in range(-(-n_rows // BLOCK_ROWS)):
        first, last = block_rows(number, n_rows)
        keys_of_block = keys.block(number)
        order, starts, ends, place = _by_parent(keys_of_block, n_parents)
        parents = keys_of_block[order[starts]]
        block = BlockOfChains(number, last - first, order, starts, is_known[parents], _steps(place))
        for of_chain, before, (chain, stream) in zip(made, carried, chains, strict=True):
            values = stream.generator(number).standard_normal(last - first, dtype=np.float32)
            x = chain.follow(values.take(order), before.take(parents), block, stream)
            before[parents] = x.take(ends)
            values[order] = x
            of_chain[first:last] = values
        is_known[parents] = True
    return made


def _by_parent(keys: Places, n_parents: int) -> tuple[Places, Places, Places, Places]:
    """The rows that have a parent, by parent and in order; where each parent's begin, and end; and
    which of its parent's rows each is.
    """
    rows = np.flatnonzero(keys >= 0)
    parents = keys.take(rows)
    order = _stable_order(parents, n_parents)
    rows, parents = rows.take(order), parents.take(order)
    is_first = np.ones(len(parents), dtype=np.bool_)
    np.not_equal(parents[1:], parents[:-1], out=is_first[1:])
    starts = np.flatnonzero(is_first)
    sizes = np.diff(np.append(starts, len(parents)))
    place = np.arange(len(parents)) - starts.repeat(sizes)
    return rows, starts, starts + sizes - 1, place


def _stable_order(keys: Places, n: int) -> Places:
    """Order of keys below n, equal ones as they are; numpy sorts 16 bits by radix."""
    order = (keys & 0xFFFF).astype(np.uint16).argsort(kind="stable")
    for shift in range(16, max(n - 1, 1).bit_length(), 16):
        digits = (keys.take(order) >> shift & 0xFFFF).astype(np.uint16)
        order = order.take(digits.argsort(kind="stable"))
    return order


def _steps(place: Places) -> list[tuple[int, Places]]:
    """Rows that have at least so many before them, for steps of 1, 2, 4, …"""
    steps: list[tuple[int, Places]] = []
    step, later = 1, np.flatnonzero(place >= 1)
    while len(later):
        steps.append((step, later))
        step *= 2
        later = later[place.take(later) >= step]
    return steps
