"""Edges by heavy-tailed affinities: some tables join nearly all others, some hardly any."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plurel_cli.numerics.elementary import sigmoid
from plurel_cli.schema.graph import joined, low_to_high
from plurel_cli.schema.layouts import Edges, layouts

if TYPE_CHECKING:
    from plurel_cli.numerics.stream import Draws


@layouts()
def random_cauchy(n: int, draws: Draws) -> Edges:
    """Edges by heavy-tailed affinities: a few tables join nearly all others.

    Parameters
    ----------
    n
        Number of tables.
    draws
        Randomness.

    Returns
    -------
    Edges
        Edge i < j with probability σ(A + B_i + C_j), all standard Cauchy, and one more for each
        component beyond the first; each from the lower to the higher label.

    Notes
    -----
    O(n²) time.
    """
    overall = draws.cauchy()
    lower = [draws.cauchy() for _ in range(n)]
    higher = [draws.cauchy() for _ in range(n)]
    pairs = [
        (i, j)
        for i in range(n)
        for j in range(i + 1, n)
        if draws.chance(sigmoid(overall + lower[i] + higher[j]))
    ]
    return low_to_high(joined(n, pairs, draws))
