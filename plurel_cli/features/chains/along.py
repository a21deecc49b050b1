"""What one row with a reference leaves to the next that has the same.

Along the rows of one parent, in their order, the first value is the innovation ε_0, and a chain
says how it goes on; all are stationary, of variance 1, with correlation ρᵏ over k rows. One pass
over all rows makes them, so that they are the same whatever blocks a parent's rows lie in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.features.chains.chain import BlockOfChains, Chain, Floats
from plurel_cli.features.siblings import siblings
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
        order, parent_of, starts, ends = siblings(keys.block(number), n_parents)
        parents = parent_of.take(starts)
        is_known_of = is_known.take(parents)
        block = BlockOfChains(number, last - first, order, starts, ends, is_known_of)
        for of_chain, before, (chain, stream) in zip(made, carried, chains, strict=True):
            values = stream.generator(number).standard_normal(last - first, dtype=np.float32)
            x = chain.follow(values.take(order), before.take(parents), block, stream)
            before[parents] = x.take(ends)
            values[order] = x
            of_chain[first:last] = values
        is_known[parents] = True
    return made
