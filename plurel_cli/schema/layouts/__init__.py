"""Families of random directed acyclic graphs, one module a family.

A layout is a function `(n, draws, *, settings…) → edges`: it gets the number of nodes and scalar
draws, and returns (parent, child) pairs over nodes 0..n − 1 that form a connected acyclic graph
without repeated edges. Schemas and causal graphs are drawn from the same families.
"""

from __future__ import annotations

from collections.abc import Callable

from plurel_cli.choices.choice import Choice
from plurel_cli.choices.registry import Registry
from plurel_cli.numerics.stream import Stream

Edges = list[tuple[int, int]]

Layout = Callable[..., Edges]

layouts: Registry[Layout] = Registry("layout", __name__)


def sample_graph(
    layout: str, n: int, stream: Stream, settings: dict[str, dict[str, Choice[float]]]
) -> Edges:
    """Draw a directed acyclic graph of n nodes from one layout.

    Parameters
    ----------
    layout
        Name of a registered layout.
    n
        Number of nodes.
    stream
        Randomness of this graph alone.
    settings
        Settings by layout; those left out have their defaults.

    Returns
    -------
    Edges
        Sorted (parent, child) pairs of nodes 0..n − 1.
    """
    entry = layouts[layout]
    drawn = entry.draw(settings.get(layout, {}), stream.child("settings"))
    return entry.function(n, stream.child("edges").draws(), **drawn)
