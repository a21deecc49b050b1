"""Layers of tables, each referring to the layer before it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from plurel_cli.choices.kinds import Integers, Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.schema.graph import components
from plurel_cli.schema.layouts import Edges, layouts

if TYPE_CHECKING:
    from plurel_cli.numerics.stream import Draws

_ATTEMPTS = 100


@layouts(
    depth=parameter(Integers(ge=2, le=10_000), {"min": 2, "max": 8}),
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
        Number of layers, at most n.
    p_drop
        Probability that an edge between neighbouring layers is dropped.

    Returns
    -------
    Edges
        From each layer to the next; every table has one to the layer before and one to the layer
        after it, where there are such.

    Notes
    -----
    Each layer has one table, and the rest are thrown in at random. Drawn again, layers and edges,
    in the rare case that the graph is not connected. Where nearly all edges are left out that is
    no longer rare: after 100 times the components, each of which has tables of every layer, are
    joined by edges from the first layer to the second. O(n²) time.
    """
    depth = min(depth, n)
    for _ in range(_ATTEMPTS):
        members = _layers(n, draws, depth)
        edges = _between(members, draws, p_drop)
        pieces = components(n, edges)
        if len(pieces) == 1:
            return edges
    firsts, seconds = (
        [draws.item(sorted(set(piece) & set(layer))) for piece in pieces] for layer in members[:2]
    )
    return sorted([*edges, *zip(firsts, seconds[1:], strict=False)])


def _layers(n: int, draws: Draws, depth: int) -> list[list[int]]:
    sizes = [1] * depth
    for _ in range(n - depth):
        sizes[draws.below(depth)] += 1
    starts = [sum(sizes[:layer]) for layer in range(depth + 1)]
    return [list(range(starts[layer], starts[layer + 1])) for layer in range(depth)]


def _between(members: list[list[int]], draws: Draws, p_drop: float) -> Edges:
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
