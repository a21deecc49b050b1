"""A node that is of its row's time, of the row's place among others, or of a hidden trait."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from pydantic import Field

from plurel_cli.features.nodes import NodeModel
from plurel_cli.features.roles import roles
from plurel_cli.features.roles.node import NodeSite, NodeVariable
from plurel_cli.features.roles.source import SourceNode
from plurel_cli.features.time_sources import AnyTimeSource
from plurel_cli.schema.variable import Naming, Variable


@roles.kind
class TimeNode(NodeVariable):
    """Of the row's time, its place among others, or a hidden trait."""

    role: Literal["time"] = Field(default="time", description="What it is.")
    time: AnyTimeSource = Field(description="What of it.")

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What of it, in words."""
        return self.time.words()

    def told(self, words: str, causes: Sequence[str]) -> str:
        """What of it."""
        return f"source: time, {words}"

    def model(self, site: NodeSite) -> tuple[NodeVariable, NodeModel | None]:
        """What makes it; where that is degenerate, another source takes its place."""
        if site.attempt == 0:
            return self, site.of_time(self.time)
        return self.becoming(SourceNode, source=self.time.instead).model(site)

    def phrase(self, table: str, names: Naming, causes: Sequence[str]) -> str:
        """What of the row it is."""
        return self.time.phrase
