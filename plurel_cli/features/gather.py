"""What a parent gathers of its children, over all of them, in one pass."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from plurel_cli.config.scm import LIFETIME
from plurel_cli.numerics.elementary import exps
from plurel_cli.numerics.sums import mean
from plurel_cli.schema.causal import Gathered

_LN2 = 0.6931471805599453

Block = tuple[int, NDArray[np.int64], NDArray[np.float32]]
"""First row of some children, their keys, and their values."""


def gather(
    its: Gathered, n_parents: int, n_children: int, blocks: Iterable[Block]
) -> NDArray[np.float32]:
    """Aggregate a child's variable over each parent's children.

    Parameters
    ----------
    its
        What is gathered.
    n_parents, n_children
        Row counts.
    blocks
        All children, in order; one whose key is below 0 refers to nobody.

    Returns
    -------
    NDArray[np.float32]
        Shape (n_parents,). A parent without children has a count, lifetime and sums of 0, and for
        mean, max and min the mean over the parents that have some.

    Notes
    -----
    `lifetime` is the share of the child's rows from the first child's to the last's.
    `decayed_sum` weighs row i of n by 2 to the power of −(n − 1 − i) / (half-life × n).
    """
    count = np.zeros(n_parents)
    total = np.zeros(n_parents)
    first_row, last_row = np.full(n_parents, n_children), np.full(n_parents, -1)
    extreme = {"max": (np.maximum, -np.inf), "min": (np.minimum, np.inf)}.get(its.aggregate)
    best = np.full(n_parents, extreme[1] if extreme else 0.0)
    for first, keys, values in blocks:
        rows = np.arange(first, first + len(keys))
        if len(keys) and keys.min() < 0:  # refers to nobody
            refers = keys >= 0
            keys, rows = keys[refers], rows[refers]
            values = values[refers] if len(values) else values
        count += np.bincount(keys, minlength=n_parents)
        if extreme is not None:
            extreme[0].at(best, keys, values)
        elif its.aggregate == LIFETIME:
            np.minimum.at(first_row, keys, rows)
            np.maximum.at(last_row, keys, rows)
        elif its.aggregate != "count":
            weights = values.astype(np.float64)
            if its.half_life is not None:
                age = n_children - 1 - rows
                weights *= exps(age * np.float64(-_LN2 / (its.half_life * max(n_children, 1))))
            total += np.bincount(keys, weights=weights, minlength=n_parents)
    match its.aggregate:
        case "count":
            found = count
        case "lifetime":
            found = np.where(count > 0, last_row - first_row, 0) / n_children
        case "sum" | "decayed_sum":
            found = total
        case "mean":
            found = total / np.maximum(count, 1)
        case _:
            found = best
    if its.aggregate in ("mean", "max", "min"):
        has_some = count > 0
        found[~has_some] = mean(found[has_some]) if has_some.any() else 0.0
    result: NDArray[np.float32] = found.astype(np.float32)
    return result
