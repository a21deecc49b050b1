"""Keys by the likeliest parent cluster: tables of weights, and rows and strays by them.

Sums run over one cluster after another, as those of the definition do.
"""

from __future__ import annotations

import numpy as np

from plurel_cli.compiled.code.machine import (
    BITS64,
    DOUBLE,
    WHOLE,
    Doubles,
    Wholes,
    Words,
    compiled,
    inlined,
    read,
    written,
)
from plurel_cli.compiled.code.words import draw

_BITS = 62
_UNUSED = np.uint64(64 - _BITS)
_AT_ONCE = 1 << 10


@inlined
def _product(levels: Doubles, radices: Wholes, start: int, first: int, last: int) -> Doubles:
    """Scores of the clusters of some levels together, which begin at a place of all scores."""
    scores = np.ones((1, 1))
    for level in range(first, last):
        n_children, n_parents = radices[2 * level], radices[2 * level + 1]
        wide = np.empty((len(scores) * n_children, scores.shape[1] * n_parents))
        for c in range(len(scores)):
            for d in range(n_children):
                row = wide[c * n_children + d]
                of_level = levels[start + d * n_parents : start + (d + 1) * n_parents]
                for a in range(scores.shape[1]):
                    for b in range(n_parents):
                        row[a * n_parents + b] = scores[c, a] * of_level[b]
        start += n_children * n_parents
        scores = wide
    return scores


@inlined
def _largest(scores: Doubles) -> int:
    """Where the first of the largest numbers is."""
    largest = 0
    for a in range(1, len(scores)):
        if scores[a] > scores[largest]:
            largest = a
    return largest


@inlined
def _cumulated(some: Doubles | Wholes, others: Doubles, sums: Doubles) -> float:
    """Products of numbers, one added after another, from 0; and all of them."""
    total = 0.0
    sums[0] = 0.0
    for k in range(len(some)):
        total += some[k] * others[k]
        sums[k + 1] = total
    return total


@compiled(
    WHOLE(
        *(read(DOUBLE, 1), read(WHOLE, 1), WHOLE, read(WHOLE, 1)),
        *(written(DOUBLE, 2), written(DOUBLE, 2), written(DOUBLE, 2), written(WHOLE, 1)),
        written(DOUBLE, 2),
    )
)
def cluster_tables(
    levels: Doubles,
    radices: Wholes,
    n_coarse: int,
    sizes: Wholes,
    coarse: Doubles,
    coarse_sums: Doubles,
    fine_sums: Doubles,
    likeliest: Wholes,
    weights: Doubles,
) -> int:
    """Weights of parent clusters, cumulated in order.

    Parameters
    ----------
    levels, radices
        Scores of all levels, one after another, and the child and parent clusters of
        each, in turn.
    n_coarse, sizes
        How many of the levels are coarse, and the rows of each parent cluster.
    coarse, coarse_sums, fine_sums, likeliest, weights
        Where what the definition gives is written; the last is the weight of the likeliest, of all
        before and of all, one a row.

    Returns
    -------
    int
        0.
    """
    n_levels, begin_fine = len(radices) // 2, 0
    for level in range(n_coarse):
        begin_fine += radices[2 * level] * radices[2 * level + 1]
    of_coarse = _product(levels, radices, 0, 0, n_coarse)
    for child in range(len(coarse)):
        for parent in range(coarse.shape[1]):
            coarse[child, parent] = of_coarse[child, parent]
    has_fine = n_coarse < n_levels
    fine = _product(levels, radices, begin_fine, n_coarse, n_levels)
    n_fine_children, n_fine = fine.shape
    n_children, n_parents = coarse.shape
    of_fine, best = np.empty((n_fine_children, n_parents)), np.empty(n_fine_children, np.int64)
    for d in range(n_fine_children):
        best[d] = _largest(fine[d])
        for a in range(n_parents):
            of_fine[d, a] = sizes[a * n_fine] * fine[d, 0]
            if has_fine:
                of_row = sizes[a * n_fine : (a + 1) * n_fine]
                of_fine[d, a] = _cumulated(of_row, fine[d], fine_sums[a * n_fine_children + d])
    of_weight, before, total = weights[0], weights[1], weights[2]
    for c in range(n_children):
        scores = coarse[c]
        a = _largest(scores)
        for d in range(n_fine_children):
            child, b = c * n_fine_children + d, best[d]
            total[child] = _cumulated(scores, of_fine[d], coarse_sums[child])
            likeliest[child] = a * n_fine + b
            of_weight[child] = scores[a] * fine[d, b] * sizes[a * n_fine + b]
            before[child] = coarse_sums[child, a]
            if has_fine:
                before[child] += fine_sums[a * n_fine_children + d, b] * scores[a]
    return 0


@inlined
def _last_at_most(edges: Wholes, row: int) -> int:
    """The last cluster that begins at a row or before it, by the edges of all."""
    low, high = 0, len(edges) - 1
    while high - low > 1:
        middle = (low + high) >> 1
        if edges[middle] <= row:
            low = middle
        else:
            high = middle
    return low


@inlined
def _last_weighed(sums: Doubles, point: float) -> int:
    """Last column that is at most the point, of those that a weight follows."""
    n = len(sums) - 1
    below = min(point, np.nextafter(sums[n], 0.0))
    low, high = 0, n
    while high - low > 1:
        middle = (low + high) >> 1
        if sums[middle] <= below:
            low = middle
        else:
            high = middle
    return low


@inlined
def _picked(
    start: int, rows_a_point: float, limit: int, words: Words, keys: Wholes, strays: Wholes
) -> int:
    """Keys of rows of one child cluster by the likeliest parent cluster; how many strays there are,
    whose rows, and how far they are beyond the limit instead of their words, come first.
    """
    for k in range(len(words)):
        keys[k] = np.int64(np.int64(words[k] >> _UNUSED) * rows_a_point) + start
    n_strays = 0
    for k in range(len(words)):
        point = np.int64(words[k] >> _UNUSED)
        if point >= limit:
            words[n_strays] = np.uint64(point - limit)
            strays[n_strays] = k
            n_strays += 1
    return n_strays


@inlined
def _parent_of(
    coarse: Doubles, coarse_sums: Doubles, fine_sums: Doubles, cluster: int, point: float
) -> int:
    """The parent cluster that a point of a child cluster lies in."""
    sums = coarse_sums[cluster]
    parent = _last_weighed(sums, point)
    if len(fine_sums) == 0:
        return parent
    n_fine_children = len(coarse_sums) // len(coarse)
    c = cluster // n_fine_children
    d = cluster - c * n_fine_children
    point = (point - sums[parent]) / coarse[c, parent]
    n_fine: int = fine_sums.shape[1] - 1
    return parent * n_fine + _last_weighed(fine_sums[parent * n_fine_children + d], point)


@compiled(
    WHOLE(
        *(read(WHOLE, 1), read(DOUBLE, 1), read(WHOLE, 1)),
        *(read(DOUBLE, 2), read(DOUBLE, 2), read(DOUBLE, 2)),
        *(read(DOUBLE, 1), read(DOUBLE, 1), read(DOUBLE, 1), read(WHOLE, 1), read(WHOLE, 1)),
        *(written(BITS64, 1), WHOLE, written(WHOLE, 1)),
    )
)
def likeliest_keys(
    start: Wholes,
    rows_a_point: Doubles,
    limit: Wholes,
    coarse: Doubles,
    coarse_sums: Doubles,
    fine_sums: Doubles,
    weight: Doubles,
    before: Doubles,
    total: Doubles,
    parent_edges: Wholes,
    edges: Wholes,
    state: Words,
    first: int,
    keys: Wholes,
) -> int:
    """Keys of consecutive rows by the likeliest parent cluster, and of strays by all of them.

    Parameters
    ----------
    start, rows_a_point, limit
        What picks a row of the likeliest parent cluster, for each child cluster.
    coarse, coarse_sums, fine_sums, weight, before, total
        Weights of all of them.
    parent_edges, edges
        Of the parent's and of the child clusters.
    state, first, keys
        Of the rows' generator, the first of the rows, and where their keys are written.

    Returns
    -------
    int
        How many strays there are.
    """
    n, n_strays, row = len(keys), 0, 0
    words = np.empty(_AT_ONCE, np.uint64)
    strays, clusters, beyond = np.empty(n, np.int64), np.empty(n, np.int32), np.empty(n, np.int64)
    cluster = _last_at_most(edges, first)
    while row < n:
        while edges[cluster + 1] <= first + row:
            cluster += 1
        end = min(edges[cluster + 1] - first, n, row + _AT_ONCE)
        drawn, here = words[: end - row], strays[n_strays:]
        draw(state, drawn)
        n_here = _picked(
            *(start[cluster], rows_a_point[cluster], limit[cluster]), drawn, keys[row:end], here
        )
        for k in range(n_here):
            here[k] += row
            beyond[n_strays + k] = np.int64(drawn[k])
            clusters[n_strays + k] = cluster
        n_strays, row = n_strays + n_here, end
    for begin in range(0, n_strays, _AT_ONCE):
        end = min(begin + _AT_ONCE, n_strays)
        drawn = words[: end - begin]
        draw(state, drawn)
        for k in range(begin, end):
            of_row = clusters[k]
            # Its place in the weights without the likeliest cluster's, and then with it.
            point = beyond[k] * (total[of_row] * 2.0**-_BITS)
            if point >= before[of_row]:
                point += weight[of_row]
            parent = _parent_of(coarse, coarse_sums, fine_sums, of_row, point)
            share = np.float64(drawn[k - begin] >> np.uint64(11)) * 2.0**-53
            low = parent_edges[parent]
            keys[strays[k]] = low + np.int64(share * (parent_edges[parent + 1] - low))
    return n_strays
