"""Every pair of tables joined alike: dense schemas without structure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.choices.kinds import Reals
from plurel_cli.choices.registry import parameter
from plurel_cli.schema.graph import joined, low_to_high
from plurel_cli.schema.layouts import Edges, layouts

if TYPE_CHECKING:
    from plurel_cli.numerics.stream import Draws


@layouts(p=parameter(Reals(ge=0, le=1), {"min": 0.3, "max": 0.8}))
def erdos_renyi(n: int, draws: Draws, *, p: float) -> Edges:
    """Every ordered pair present with the same probability: dense, without structure.

    Parameters
    ----------
    n
        Number of tables.
    draws
        Randomness.
    p
        Probability of each ordered pair; two tables are joined if either direction is drawn.

    Returns
    -------
    Edges
        n (n − 1) / 2 × (1 − (1 − p)²) edges on average, and one for each component beyond the
        first; each from the lower to the higher label.

    Notes
    -----
    O(n²) time.

    References
    ----------
    P. Erdős, A. Rényi, On random graphs I, 1959.
    """
    either = 1.0 - (1.0 - p) * (1.0 - p)
    pairs = [(a, b) for a in range(n) for b in range(a + 1, n) if draws.chance(either)]
    return low_to_high(joined(n, pairs, draws))
