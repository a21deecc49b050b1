"""The causal graphs behind a database's feature columns, as `schema.json` records them.

A table's graph has nodes, the variables of a row, some of which are its columns. Each plays a
role: a source, say, is drawn by itself, and what is computed is so from causes of the same row and
from columns of the rows it refers to. Mechanisms are recorded by family and attempt, from which,
with the seed, their weights are drawn again.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plurel_cli.features.roles import AnyNode, CausalNode
from plurel_cli.schema.record import Record

__all__ = ["CausalGraph", "CausalNode", "ParentCauses"]


class ParentCauses(Record):
    """Columns of a referenced row that act on all of a table's nodes that have causes."""

    foreign_key: str = Field(description="Foreign key to the referenced row.")
    table: str = Field(description="The table referred to.")
    nodes: tuple[int, ...] = Field(description="Nodes of that table, all of them columns.")
    mechanisms: tuple[str, ...] = Field(description="Family of the mechanism of each.")
    acts: tuple[bool, ...] | None = Field(
        default=None,
        description="Of each, whether it acts: whether what it gives differs among five of its "
        "values, from the lowest to the highest.",
    )

    @property
    def acting(self) -> tuple[int, ...]:
        """Those of them that act, as far as the fit has seen."""
        acts = self.acts or (True,) * len(self.nodes)
        return tuple(node for node, does in zip(self.nodes, acts, strict=True) if does)


class CausalGraph(Record):
    """The structural causal model of a table."""

    layout: str = Field(description="Family of the graph.")
    mode: Literal["eager", "lazy"] = Field(
        description="Whether categories are carried as such, or as numbers that are cut."
    )
    edge_weight: str = Field(description="Distribution of the weights of the edges.")
    null_share: float = Field(description="Share of nulls in each numerical column, at random.")
    null_shares: dict[str, float] = Field(
        default_factory=dict, description="The same of those columns that state another."
    )
    nodes: tuple[AnyNode, ...] = Field(description="The variables; causes name them by position.")
    parents: tuple[ParentCauses, ...] = Field(
        default=(), description="Influence from referenced rows, by foreign key."
    )

    def categories(self, node: int) -> int | None:
        """Number of categories of a node that is carried as one; none for a number."""
        is_category = self.mode == "eager" and self.nodes[node].kind == "categorical"
        return self.nodes[node].categories if is_category else None
