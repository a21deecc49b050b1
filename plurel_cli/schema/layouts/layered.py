"""Layers of tables, each referring to the layer before it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from plurel_cli.choice import Integers, Reals
from plurel_cli.registry import parameter
from plurel_cli.schema.graph import components
from plurel_cli.schema.layouts import Edges, layouts

if TYPE_CHECKING:
    from plurel_cli.random import Draws


@layouts(
    depth=parameter(Integers(ge=2), {"min": 2, "max": 8}),
    p_drop=parameter(Reals(ge=0, lt=1), 0.1),
)
def layered(n: int, draws: Draws, *, depth: int, p_drop: float) -> Edges:
    """Layers of tables, nearly all pairs of neighbouring layers joined.

    Parameters
    ----------
    n
        Number of tables.
    draws
        Randomness.
    depth
        Number of layers, capped at n.
    p_drop
        Probability that an edge between neighbouring layers is left out.

    Returns
    -------
    Edges
        From each layer to the next; every table has one to the layer before and one to the layer
        after it, where there are such.

    Notes
    -----
    Each layer has one table, and the rest are thrown in at random. Drawn again, layers and edges,
    in the rare case that the graph is not connected. O(n²) time.
    """
    while True:
        edges = _once(n, draws, min(depth, n), p_drop)
        if len(components(n, edges)) == 1:
            return edges


def _once(n: int, draws: Draws, depth: int, p_drop: float) -> Edges:
    sizes = [1] * depth
    for _ in range(n - depth):
        sizes[draws.below(depth)] += 1
    starts = [sum(sizes[:layer]) for layer in range(depth + 1)]
    members = [list(range(starts[layer], starts[layer + 1])) for layer in range(depth)]
    edges: set[tuple[int, int]] = set()
    for upper, lower in pairwise(members):
        between = {(a, b) for a in upper for b in lower if not draws.chance(p_drop)}
        for b in lower:
            if not any((a, b) in between for a in upper):
                between.add((draws.item(upper), b))
        for a in upper:
            if not any((a, b) in between for b in lower):
                between.add((a, draws.item(lower)))
        edges |= between
    return sorted(edges)
