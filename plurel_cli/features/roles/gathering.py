"""A node that gathers from the rows that refer to its row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import Field

from plurel_cli.features.gathering import AnyGathered
from plurel_cli.features.nodes import Given
from plurel_cli.features.roles import roles
from plurel_cli.features.roles.node import NodeSite, NodeVariable
from plurel_cli.schema.variable import Naming, Variable


@roles.kind
class GatheringNode(NodeVariable):
    """Gathered from the rows that refer to the row."""

    role: Literal["gathering"] = Field(default="gathering", description="What it is.")
    gathered: AnyGathered = Field(description="What is gathered, of which rows.")

    def reads(self, table: str) -> tuple[Variable, ...]:
        """What it gathers."""
        return (*self.gathered.reads(), *super().reads(table))

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What it gathers, in words."""
        return self.gathered.words(name)

    def model(self, site: NodeSite) -> tuple[GatheringNode, Given]:
        """Gather it of all rows."""
        return self, Given(site.gathered(self.gathered))

    def phrase(self, table: str, names: Naming, causes: Sequence[str]) -> str:
        """What it gathers."""
        return self.gathered.phrase(names)
