"""A node that consists of the shares of its budget, none of which comes from causes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.features.roles import roles
from plurel_cli.features.roles.node import NodeSite, NodeVariable
from plurel_cli.schema.variable import Naming, Variable


@roles.kind
class BudgetNode(NodeVariable):
    """Nothing but the shares of its budget."""

    is_linked: ClassVar[bool] = False

    role: Literal["budget"] = Field(default="budget", description="What it is.")

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """Nothing that its budget does not say."""
        return ""

    def model(self, site: NodeSite) -> tuple[BudgetNode, None]:
        """Nothing: the causal graph has no part in it."""
        return self, None

    def phrase(self, table: str, names: Naming, causes: Sequence[str]) -> str:
        """Nothing that its budget does not say."""
        return "chance"
