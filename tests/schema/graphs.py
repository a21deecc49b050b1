"""What the tests of the layouts share: drawing many graphs, and measuring them all at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.layouts import Edges, layouts, sample_graph

Outcome = tuple[tuple[int, int], ...]


def sampled(layout: str, n: int, n_graphs: int, **settings: Any) -> list[Edges]:
    """Graphs of one layout; settings are written as in a config."""
    chosen = layouts.settings({layout: settings})
    stream = Stream(1).child("graphs", layout)
    return [sample_graph(layout, n, stream.child(i), chosen) for i in range(n_graphs)]


def outcomes(layout: str, n: int, n_graphs: int, **settings: Any) -> list[Outcome]:
    """The same graphs as values that can be counted."""
    return [tuple(sorted(edges)) for edges in sampled(layout, n, n_graphs, **settings)]


def measures(graphs: Sequence[Edges], n: int) -> Mapping[str, NDArray[Any]]:
    """The measures of the reference data for every graph, by powers of the adjacency matrices."""
    adjacency = np.zeros((len(graphs), n, n))
    for graph, edges in zip(adjacency, graphs, strict=True):
        for edge in edges:
            graph[edge] += 1.0
    walks = np.zeros_like(adjacency)  # by length so far, then of any length
    power = adjacency
    longest = np.zeros(len(graphs))
    while power.any():
        longest += power.any(axis=(1, 2))
        walks += power
        power = power @ adjacency
    incoming, outgoing = adjacency.sum(axis=1), adjacency.sum(axis=2)
    return {
        "edges": incoming.sum(axis=1),
        "sinks": (outgoing == 0).sum(axis=1),
        "sources": (incoming == 0).sum(axis=1),
        "max_in_degree": incoming.max(axis=1),
        "max_out_degree": outgoing.max(axis=1),
        "longest_path": longest,
        "multipath_pairs": (walks > 1).sum(axis=(1, 2)),
    }
