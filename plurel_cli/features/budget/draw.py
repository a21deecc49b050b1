"""Draw what shares of a column's variance come from where.

A column's budget is Dirichlet about that of its table, which is Dirichlet about that of its
database: a few links are strong, many weak. A share that a table cannot have (of a referenced row
without references, of time without times) goes to the others in proportion.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare
from plurel_cli.features.roles.budget import BudgetNode
from plurel_cli.numerics.stream import Stream
from plurel_cli.numerics.sums import total
from plurel_cli.schema.causal import CausalNode

_ADDED = ("causes", "traits", "parents", "memory", "drift", "blocks", "noise", "children")
"""The order in which shares are added, by which sums in float32 differ; all others come after, and
take part in the draw only where they have some weight, so that a new kind changes no database.
"""

Shares = NDArray[np.float64]


def draw_budgets(
    budgeted: BudgetedTable, nodes: Sequence[CausalNode], database: Stream
) -> list[CausalNode]:
    """Draw the budgets of a table's columns.

    Parameters
    ----------
    budgeted
        The table, and what its budgets are drawn from.
    nodes
        The nodes of its graph, all carried as numbers.
    database
        Randomness of what all tables of the database have in common.

    Returns
    -------
    list of CausalNode
        The nodes, some of those that are columns with a budget. One that nothing of comes from
        causes has none any more; what is gathered of children is their number.
    """
    settings, stream = budgeted.settings, budgeted.stream
    every = budget_shares.of(BudgetShare)
    kinds = {
        name: share
        for name, share in every.items()
        if not share.is_stated and (name in _ADDED or settings.shares.get(name))
    }
    p = settings.p.draw(stream.child("p").draws())
    weights = np.array([settings.shares.get(kind, 0.0) for kind in kinds])
    common = _about(weights, settings.database_concentration, database.child("shares"))
    mean = _about(common, settings.table_concentration, stream.child("shares"))
    possible = np.array([record.is_possible(budgeted) for record in kinds.values()])
    several = list(nodes)
    for j, node in enumerate(nodes):
        of_node = stream.child("node", j)
        if node.column is None or not node.is_variable or not of_node.draws().chance(p):
            continue
        shares = _about(mean, settings.concentration, of_node.child("shares"))
        shares = _kept(shares * possible, settings.floor)
        if shares.any():
            by_kind = dict(zip(kinds, shares.tolist(), strict=True))
            budget = tuple(
                kinds[kind].drawn(by_kind[kind], budgeted, of_node) for kind in _added(by_kind)
            )
            if any(share.is_of_graph for share in budget):
                several[j] = node.but(budget=budget)
            else:
                several[j] = node.becoming(BudgetNode, budget=budget)
    return several


def _added(shares: dict[str, float]) -> list[str]:
    """Kinds that there is something of, in the order in which they are added."""
    kinds = (*_ADDED, *(kind for kind in shares if kind not in _ADDED))
    return [kind for kind in kinds if shares[kind]]


def _about(mean: Shares, concentration: float, stream: Stream) -> Shares:
    """Dirichlet shares about a mean."""
    whole = total(mean)
    if whole == 0:
        return mean
    drawn: Shares = stream.generator().standard_gamma(concentration * mean / whole)
    if total(drawn) == 0:
        drawn = mean.copy()
    drawn /= total(drawn)
    return drawn


def _kept(shares: Shares, floor: float) -> Shares:
    """Shares that add up to 1, none of them below a floor."""
    if total(shares) > 0:
        shares = shares / total(shares)
        shares = np.where(shares < floor, 0.0, shares)
        shares = shares / total(shares)
    return shares
