"""Keys with habits by the inverse of cumulated weights: all that a row goes through in one pass."""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code.machine import (
    DOUBLE,
    WHOLE,
    Doubles,
    Wholes,
    compiled,
    inlined,
    read,
    written,
)


@inlined
def _last_at_most(rising: Doubles | Wholes, low: int, high: int, value: float) -> int:
    """The last place from one on, and before another, that is at most a value; else the first."""
    while high - low > 1:
        middle = (low + high) >> 1
        if rising[middle] <= value:
            low = middle
        else:
            high = middle
    return low


@inlined
def _row(sums: Doubles, target: float, most: int, low: int) -> int:
    """The row, likely not before a low one, that a sum of weights lies in, before the most."""
    n = len(sums)
    limit = np.nextafter(sums[most], 0.0)
    if target != target:
        return n - 1
    below = target if target < limit else limit
    if low < most and sums[low] <= below < sums[most]:
        return _last_at_most(sums, low, most, below)
    if sums[0] > below:
        return -1
    return _last_at_most(sums, 0, n, below)


@compiled(WHOLE(read(DOUBLE, 1), read(DOUBLE, 1), read(WHOLE, 1), written(WHOLE, 1)))
def inverted(sums: Doubles, target: Doubles, most: Wholes, rows: Wholes) -> int:
    """Rows at some sums of weights.

    Parameters
    ----------
    sums, target
        Cumulated weights, and where in them the rows are.
    most
        Rows that each is before; none where that is all.
    rows
        Where the rows are written.

    Returns
    -------
    int
        0.
    """
    last = len(sums) - 1
    for k in range(len(target)):
        rows[k] = _row(sums, target[k], most[k] if len(most) else last, 0)
    return 0


@compiled(
    WHOLE(
        *(read(WHOLE, 1), read(WHOLE, 1), read(DOUBLE, 2), read(DOUBLE, 2), read(DOUBLE, 1)),
        *(read(WHOLE, 1), read(DOUBLE, 1), read(WHOLE, 1), written(WHOLE, 1)),
    )
)
def among_blocks(
    child_edges: Wholes,
    parent_edges: Wholes,
    scores: Doubles,
    before: Doubles,
    sums: Doubles,
    places: Wholes,
    points: Doubles,
    present: Wholes,
    keys: Wholes,
) -> int:
    """Keys of rows by their points.

    Parameters
    ----------
    child_edges, parent_edges
        Of the clusters.
    scores, before
        Of the parent clusters, and weight × score of those before each, by child cluster.
    sums
        Cumulated weights of the parents.
    places, points, present
        Of each row: its place among the children, its point, and how many parents there are, none
        where all are.
    keys
        Where the keys are written.

    Returns
    -------
    int
        0, or 1 where some row has no parent.
    """
    n = len(parent_edges) - 1
    for k in range(len(present)):
        if present[k] < 1:
            return 1
    for k in range(len(places)):
        which = _last_at_most(child_edges, 0, len(child_edges) - 1, places[k])
        of_cluster, of_scores = before[which], scores[which]
        last, most = n - 1, parent_edges[n]
        if len(present):
            most = present[k]
            last = _last_at_most(parent_edges, 0, n, most - 1)
            partly = sums[most] - sums[parent_edges[last]]
            target = of_cluster[last] + of_scores[last] * partly
            target = target * points[k]
        else:
            target = points[k] * of_cluster[n]
        picked = min(_last_at_most(of_cluster, 0, n, target), last)
        low = parent_edges[picked]
        target = (target - of_cluster[picked]) / of_scores[picked] + sums[low]
        keys[k] = _row(sums, target, min(most, parent_edges[picked + 1]), low)
    return 0
