"""Keys by the cumulated weights of all parent clusters.

A child cluster's weights are cumulated once a block. Its rows then search them: many rows by a
guide that knows where each part of the points begins, few by halving.
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

_BITS, _ROW_BITS = 62, 48
_UNUSED, _NOT_ROW = np.uint64(64 - _BITS), np.uint64(64 - _ROW_BITS)
_ROW = np.uint64((1 << _ROW_BITS) - 1)
_BUCKET = 1 << (_BITS - 16)
_ONE = 2.0**_BITS
_AT_ONCE = 1 << 10

_FINER = 4
"""By how many bits a guide may be finer than one part for each parent cluster, so that few parts
hold where a cluster begins, and which of two a point belongs to need not be guessed."""

_ROWS_A_PART = 8
"""Rows to each part of so fine a guide, which has to be made."""


@inlined
def _cumulate(
    scores: Doubles,
    radices: Wholes,
    parent_digits: Wholes,
    child_digits: Wholes,
    sizes: Doubles,
    wide: Doubles,
    sums: Doubles,
) -> None:
    """Weights of all parent clusters for a child cluster, each added to those before it."""
    n = len(sizes)
    if len(parent_digits) == 0:  # all labels in order: the last digit runs fastest
        wide[0], n_wide, start = 1.0, 1, 0
        for level in range(len(child_digits)):
            n_parents, n_children = radices[2 * level], radices[2 * level + 1]
            of_level = scores[start + child_digits[level] :]
            for a in range(n_wide - 1, -1, -1):
                score = wide[a]
                for b in range(n_parents - 1, -1, -1):
                    wide[a * n_parents + b] = score * of_level[b * n_children]
            n_wide, start = n_wide * n_parents, start + n_parents * n_children
    else:
        wide[:n], start = 1.0, 0
        for level in range(len(child_digits)):
            n_parents, n_children = radices[2 * level], radices[2 * level + 1]
            of_level, digits = scores[start + child_digits[level] :], parent_digits[level]
            for a in range(n):
                wide[a] *= of_level[digits[a] * n_children]
            start += n_parents * n_children
    total = 0.0
    sums[0] = 0.0
    for a in range(n):
        total += wide[a] * sizes[a]
        sums[a + 1] = total


@inlined
def _threshold(sums: Doubles, cluster: int, total: float) -> np.int64:
    """Where the points of a parent cluster begin."""
    return np.int64(sums[cluster] / total * _ONE)


@inlined
def _searched(sums: Doubles, point: np.int64) -> int:
    """The parent cluster of a point: nearly, by its weight, and then by the thresholds."""
    n = len(sums) - 1
    total = sums[n]
    weight = np.float64(point) * (total / _ONE)
    low, high = 0, n
    while high - low > 1:
        middle = (low + high) >> 1
        if sums[middle] <= weight:
            low = middle
        else:
            high = middle
    while _threshold(sums, low, total) > point:
        low -= 1
    while _threshold(sums, low + 1, total) <= point:
        low += 1
    return low


@inlined
def _guided(sums: Doubles, shift: int, thresholds: Wholes, guide: Wholes) -> None:
    """The thresholds, and the parent cluster in which each of equally many points begin."""
    n = len(sums) - 1
    total = sums[n]
    for cluster in range(n + 1):
        thresholds[cluster] = _threshold(sums, cluster, total)
    cluster = 0
    for part in range(len(guide)):
        while thresholds[cluster + 1] <= part << shift:
            cluster += 1
        guide[part] = cluster


@compiled(
    WHOLE(
        *(read(DOUBLE, 1), read(WHOLE, 1), read(WHOLE, 2), read(WHOLE, 2)),
        *(read(WHOLE, 1), read(DOUBLE, 1), read(WHOLE, 1), written(BITS64, 1), WHOLE),
        written(WHOLE, 1),
    )
)
def table_keys(
    scores: Doubles,
    radices: Wholes,
    parent_digits: Wholes,
    child_digits: Wholes,
    parent_edges: Wholes,
    scaled_sizes: Doubles,
    edges: Wholes,
    state: Words,
    first: int,
    keys: Wholes,
) -> int:
    """Keys of consecutive rows by thresholds over all parent clusters.

    Parameters
    ----------
    scores, radices
        Scores of all levels, one after another, and the parent and child clusters of each, in turn.
    parent_digits, child_digits
        Labels of the clusters, none of the parent's where all hold a row: one row a level.
    parent_edges, scaled_sizes, edges
        Of the parent's clusters, rows of each by which bits are multiplied, and of the child's.
    state, first, keys
        Of the rows' generator, the first of the rows, and where their keys are written.

    Returns
    -------
    int
        How many rows need more random bits than the first.
    """
    n, n_late, row, n_parents = len(keys), 0, 0, len(scaled_sizes)
    n_bits = 1
    while 1 << n_bits < n_parents:
        n_bits += 1
    most_bits = n_bits + _FINER
    words, guide = np.empty(_AT_ONCE, np.uint64), np.empty(1 << most_bits, np.int64)
    wide, sums = np.empty(n_parents), np.empty(n_parents + 1)
    thresholds = np.empty(n_parents + 1, np.int64)
    late, clusters = np.empty(n, np.int64), np.empty(n, np.int64)
    sizes = np.empty(n_parents)
    for a in range(n_parents):
        sizes[a] = parent_edges[a + 1] - parent_edges[a]
    child, last = 0, len(edges) - 1
    while last - child > 1:
        middle = (child + last) >> 1
        if edges[middle] <= first:
            child = middle
        else:
            last = middle
    while row < n:
        last = min(edges[child + 1] - first, n)
        digits = child_digits[:, child].copy()
        _cumulate(scores, radices, parent_digits, digits, sizes, wide, sums)
        is_guided, bits = 4 * (last - row) > n_parents, n_bits
        while bits < most_bits and _ROWS_A_PART << bits < last - row:
            bits += 1
        shift = _BITS - bits
        if is_guided:
            _guided(sums, shift, thresholds, guide[: 1 << bits])
        while row < last:
            end = min(row + _AT_ONCE, last)
            drawn = words[: end - row]
            draw(state, drawn)
            for k in range(end - row):
                point = np.int64(drawn[k] >> _UNUSED)
                if is_guided:
                    parent = guide[point >> shift]
                    while thresholds[parent + 1] <= point:
                        parent += 1
                    low, high = thresholds[parent], thresholds[parent + 1]
                else:
                    parent = _searched(sums, point)
                    low = _threshold(sums, parent, sums[n_parents])
                    high = _threshold(sums, parent + 1, sums[n_parents])
                bucket = point & ~np.int64(_BUCKET - 1)
                if low <= bucket and high >= bucket + _BUCKET:
                    offset = np.float64(np.int64(drawn[k] & _ROW)) * scaled_sizes[parent]
                    keys[row + k] = parent_edges[parent] + np.int64(offset)
                else:
                    late[n_late], clusters[n_late] = row + k, parent
                    n_late += 1
            row = end
        child += 1
    for begin in range(0, n_late, _AT_ONCE):
        end = min(begin + _AT_ONCE, n_late)
        drawn = words[: end - begin]
        draw(state, drawn)
        for k in range(end - begin):
            parent = clusters[begin + k]
            offset = np.float64(np.int64(drawn[k] >> _NOT_ROW)) * scaled_sizes[parent]
            keys[late[begin + k]] = parent_edges[parent] + np.int64(offset)
    return n_late
