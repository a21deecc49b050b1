"""Preferential attachment: hubs, several sinks, diamonds.

Every new table refers to a few older ones, the more likely the more edges they have. Tables that
nobody refers to may then lose one of their references, so that activity tables stay narrow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.choices.kinds import Integers, Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.schema.layouts import Edges, layouts

if TYPE_CHECKING:
    from plurel_cli.numerics.stream import Draws


@layouts(m=parameter(Integers(ge=1, le=10_000), 2), p_drop=parameter(Reals(ge=0, le=1), 0.4))
def barabasi_albert(n: int, draws: Draws, *, m: int, p_drop: float) -> Edges:
    """Preferential attachment: hubs, several sinks, diamonds.

    Parameters
    ----------
    n
        Number of tables.
    draws
        Randomness.
    m
        References of each new table, at most n − 1.
    p_drop
        Probability that a sink with more than one incoming edge loses one of them.

    Returns
    -------
    Edges
        (n − 1 − m) m + m edges less those dropped, older → newer, labels shuffled.

    Notes
    -----
    Starts from a star of m + 1 nodes whose centre is the oldest. O(n m log n) time.

    References
    ----------
    A.-L. Barabási, R. Albert, Emergence of scaling in random networks, Science 286, 1999.
    """
    if n == 1:
        return []
    m = min(m, n - 1)
    edges = [(0, leaf) for leaf in range(1, m + 1)]
    ends = [node for edge in edges for node in edge]  # each node once for each of its edges
    for new in range(m + 1, n):
        targets: set[int] = set()
        while len(targets) < m:
            targets.add(draws.item(ends))
        for old in sorted(targets):
            edges.append((old, new))
            ends += (old, new)
    labels = list(range(n))
    draws.shuffle(labels)
    edges = [(labels[old], labels[new]) for old, new in edges]
    return _thinned(n, edges, p_drop, draws)


def _thinned(n: int, edges: Edges, p_drop: float, draws: Draws) -> Edges:
    incoming: list[Edges] = [[] for _ in range(n)]
    for edge in sorted(edges):
        incoming[edge[1]].append(edge)
    parents = {parent for parent, _ in edges}
    dropped = set()
    for sink in range(n):
        if sink not in parents and len(incoming[sink]) > 1 and draws.chance(p_drop):
            dropped.add(draws.item(incoming[sink]))
    return sorted(edge for edge in edges if edge not in dropped)
