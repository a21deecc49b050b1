"""Small graphs: what the layouts share.

Undirected graphs are lists of (smaller, larger) node pairs; directed ones lists of
(parent, child) pairs. Sizes are tens of tables or nodes, so plain Python does.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plurel_cli.numerics.stream import Draws

Edges = list[tuple[int, int]]


def components(n: int, edges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """Connected components, each sorted, ordered by smallest label; O(n + edges) time.

    Parameters
    ----------
    n
        Nodes, labelled from 0.
    edges
        Pairs of nodes; which way an edge goes does not matter.

    Returns
    -------
    list of list of int

    Examples
    --------
    >>> components(4, [(0, 2)])
    [[0, 2], [1], [3]]
    """
    neighbours: list[list[int]] = [[] for _ in range(n)]
    for a, b in edges:
        neighbours[a].append(b)
        neighbours[b].append(a)
    seen = [False] * n
    components: list[list[int]] = []
    for start in range(n):
        if seen[start]:
            continue
        seen[start] = True
        members = [start]
        for node in members:
            for other in neighbours[node]:
                if not seen[other]:
                    seen[other] = True
                    members.append(other)
        components.append(sorted(members))
    return components


def joined(n: int, edges: Edges, draws: Draws) -> Edges:
    """The edges, and one more from each component to the next, between uniform nodes of the two.

    Components are ordered by smallest label, so that they become a chain, not a star.

    Parameters
    ----------
    n
        Nodes, labelled from 0.
    edges
        Pairs of nodes.
    draws
        Randomness of the new edges.

    Returns
    -------
    Edges
        The edges that were there, and then the new ones.
    """
    pieces = components(n, edges)
    links = [(draws.item(earlier), draws.item(later)) for earlier, later in pairwise(pieces)]
    return [*edges, *links]


def low_to_high(edges: Edges) -> Edges:
    """Each edge pointing from its lower to its higher label, in sorted order.

    Examples
    --------
    >>> low_to_high([(2, 1), (0, 2)])
    [(0, 2), (1, 2)]
    """
    return sorted((min(edge), max(edge)) for edge in edges)
