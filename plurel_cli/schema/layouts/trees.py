"""Uniform random trees, pointing to their root or away from it.

Every labelled tree on n nodes is equally likely (each has exactly one Prüfer sequence), and so is
every root.
"""

from __future__ import annotations

import heapq
from typing import TYPE_CHECKING

from plurel_cli.schema.layouts import Edges, layouts

if TYPE_CHECKING:
    from plurel_cli.numerics.stream import Draws


def _rooted_tree(n: int, draws: Draws) -> Edges:
    """(nearer the root, further away) pairs of a uniform labelled tree with a uniform root."""
    if n == 1:
        return []
    sequence = [draws.below(n) for _ in range(n - 2)]
    degree = [1] * n
    for node in sequence:
        degree[node] += 1
    leaves = [node for node in range(n) if degree[node] == 1]
    heapq.heapify(leaves)
    neighbours: list[list[int]] = [[] for _ in range(n)]

    def link(a: int, b: int) -> None:
        neighbours[a].append(b)
        neighbours[b].append(a)

    for node in sequence:
        link(heapq.heappop(leaves), node)
        degree[node] -= 1
        if degree[node] == 1:
            heapq.heappush(leaves, node)
    link(heapq.heappop(leaves), heapq.heappop(leaves))

    root = draws.below(n)
    seen = {root}
    order = [root]
    edges: Edges = []
    for node in order:
        for other in neighbours[node]:
            if other not in seen:
                seen.add(other)
                order.append(other)
                edges.append((node, other))
    return edges


@layouts()
def reverse_random_tree(n: int, draws: Draws) -> Edges:
    """A uniform tree pointing to its root: many dimensions, one fact table, no diamonds.

    Parameters
    ----------
    n
        Number of tables.
    draws
        Randomness.

    Returns
    -------
    Edges
        n − 1 edges with one sink, the root.

    Notes
    -----
    O(n log n) time.

    References
    ----------
    H. Prüfer, Neuer Beweis eines Satzes über Permutationen, 1918.
    """
    return sorted((further, nearer) for nearer, further in _rooted_tree(n, draws))


@layouts()
def random_tree(n: int, draws: Draws) -> Edges:
    """A uniform tree pointing away from its root: one source, one reference per table.

    Parameters
    ----------
    n
        Number of tables.
    draws
        Randomness.

    Returns
    -------
    Edges
        n − 1 edges with one source, the root.

    Notes
    -----
    O(n log n) time.
    """
    return sorted(_rooted_tree(n, draws))
