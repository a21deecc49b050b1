"""A budget by what its shares come from, and what is gathered, as tests ask for them."""

from __future__ import annotations

from typing import Any

from plurel_cli.features.budget import Budget
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.gathering.sums import DecayedSum
from plurel_cli.schema.causal import CausalNode


class Budgeted:
    """The shares of a budget; none, or 0, where there is nothing of a kind."""

    def __init__(self, budget: Budget) -> None:
        of = {share.kind: share for share in budget}
        assert len(of) == len(budget)
        causes: Any = of.get("causes")
        self.causes = causes.share if causes else 0.0
        self.strength: Any = causes.strength if causes else None
        self.noise = of["noise"].share if "noise" in of else 0.0
        self.trait: Any = of.get("traits")
        self.parent: Any = of.get("parents")
        self.memory: Any = of.get("memory")
        self.drift: Any = of.get("drift")
        self.children: Any = of.get("children")
        self.block: Any = of.get("blocks")
        self.batch: Any = of.get("batches")


def budget_of(node: CausalNode) -> Budgeted | None:
    """A node's budget, if it has one."""
    return None if node.budget is None else Budgeted(node.budget)


def node_of(gathered: GatheredRecord) -> int | None:
    """The node of the children's variable that is gathered, if one is."""
    return next((variable.node for variable in gathered.reads()), None)


def half_life_of(gathered: GatheredRecord) -> float | None:
    """Of a sum in which what is long ago counts less."""
    return gathered.half_life if isinstance(gathered, DecayedSum) else None
