"""Few levels of tables, as most real schemas have: what is described, and what happens to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.choices.kinds import Integers, Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.schema.graph import components
from plurel_cli.schema.layouts import Edges, layouts

if TYPE_CHECKING:
    from plurel_cli.numerics.stream import Draws


@layouts(
    depth=parameter(Integers(ge=1, le=10_000), {"min": 2, "max": 3}),
    extra=parameter(Reals(ge=0, le=1), {"min": 0.2, "max": 0.6}),
)
def shallow(n: int, draws: Draws, *, depth: int, extra: float) -> Edges:
    """A few levels; each table refers to one of the level above and some of any above.

    Parameters
    ----------
    n
        Number of tables.
    draws
        Randomness.
    depth
        Edges on the longest path, at most n − 1.
    extra
        Probability of each further parent: a table has k more with probability ∝ `extra`ᵏ, at
        most 4, and at most as many as there are tables above it.

    Returns
    -------
    Edges
        From higher to lower levels.

    Notes
    -----
    Each level has one table, and the rest are thrown in at random. A component left apart is
    joined by a reference to its first table, which is of the first level, from a table of the
    last one's component. O(n²) time.
    """
    depth = min(depth, n - 1)
    level = sorted([*range(depth + 1), *(draws.below(depth + 1) for _ in range(n - depth - 1))])
    edges: Edges = []
    for child in range(n):
        above = [a for a in range(child) if level[a] == level[child] - 1]
        if not above:
            continue
        parents = {draws.item(above)}
        others = [a for a in range(child) if level[a] < level[child]]
        for _ in range(min(4, len(others) - 1)):
            if not draws.chance(extra):
                break
            parents.add(draws.item([a for a in others if a not in parents]))
        edges += [(parent, child) for parent in parents]
    main = next(piece for piece in components(n, edges) if n - 1 in piece)
    below = [table for table in main if level[table] > 0]
    apart = (piece[0] for piece in components(n, edges) if n - 1 not in piece)
    return sorted([*edges, *((top, draws.item(below)) for top in apart)])
