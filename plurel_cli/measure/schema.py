"""The shape of the schema: its references as edges from child to parent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

Edges = Sequence[tuple[str, str]]
"""(child, parent) of every foreign key."""


def self_references(edges: Edges) -> int:
    """Foreign keys from a table to itself.

    Examples
    --------
    >>> self_references([("a", "a"), ("b", "a")])
    1
    """
    return sum(child == parent for child, parent in edges)


def share_in_multiples(edges: Edges) -> float:
    """Share of foreign keys that are one of several from the same child to the same parent.

    Examples
    --------
    >>> share_in_multiples([("b", "a"), ("b", "a"), ("c", "a"), ("c", "b")])
    0.5
    """
    counts = Counter(edges)
    return sum(n for n in counts.values() if n > 1) / len(edges)


def depth(edges: Edges) -> int:
    """Edges on the longest path, tables that refer to each other in a circle taken as one.

    Examples
    --------
    >>> depth([("b", "a"), ("c", "b"), ("c", "a"), ("c", "c")])
    2
    """
    import networkx as nx

    circles = nx.condensation(nx.DiGraph(edges))
    return int(nx.dag_longest_path_length(circles)) if circles else 0
