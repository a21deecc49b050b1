"""A ring of tables with shortcuts: pipelines, where most edges are to the neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.choices.kinds import Integers, Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.schema.graph import joined, low_to_high
from plurel_cli.schema.layouts import Edges, layouts

if TYPE_CHECKING:
    from plurel_cli.numerics.stream import Draws


@layouts(
    k=parameter(Integers(ge=2, le=10_000, even=True), {"choices": [2, 4]}),
    p_rewire=parameter(Reals(ge=0, le=1), {"min": 0.1, "max": 0.3}),
)
def watts_strogatz(n: int, draws: Draws, *, k: int, p_rewire: float) -> Edges:
    """A ring of tables with shortcuts: pipelines, many multi-path pairs.

    Parameters
    ----------
    n
        Number of tables.
    draws
        Randomness.
    k
        Neighbours of each table on the ring: an even number, at most n. If it equals n, the
        graph is complete.
    p_rewire
        Probability that the far end of an edge on the ring moves to another table, drawn
        uniformly.

    Returns
    -------
    Edges
        n k / 2 edges (n (n − 1) / 2 where k = n), and one for each component beyond the first;
        each from the lower to the higher label.

    Notes
    -----
    O(n k) time, and O(n) for each edge whose end is moved.

    References
    ----------
    D. J. Watts, S. H. Strogatz, Collective dynamics of 'small-world' networks, Nature 393, 1998.
    """
    if n == 1:
        return []
    k = max(2, min(k, n - n % 2))
    if k == n:
        return [(a, b) for a in range(n) for b in range(a + 1, n)]
    near = [{(node + j) % n for j in range(-(k // 2), k // 2 + 1)} - {node} for node in range(n)]
    for j in range(1, k // 2 + 1):
        for node in range(n):
            if draws.chance(p_rewire) and len(near[node]) < n - 1:
                old = (node + j) % n
                new = draws.item([o for o in range(n) if o != node and o not in near[node]])
                near[node] ^= {old, new}
                near[old].remove(node)
                near[new].add(node)
    ring = [(node, other) for node in range(n) for other in near[node] if node < other]
    return low_to_high(joined(n, sorted(ring), draws))
