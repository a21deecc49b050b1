"""A node that is computed from its causes of the same row and from the rows that it refers to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.features.nodes import Mechanised, make_mechanised
from plurel_cli.features.roles import Embedding, roles
from plurel_cli.features.roles.node import NodeSite, NodeVariable
from plurel_cli.schema.variable import Variable


@roles.kind
class ComputedNode(NodeVariable):
    """Computed from its causes of the same row, and from the rows that it refers to."""

    origin: ClassVar[str] = "causes"

    role: Literal["computed"] = Field(default="computed", description="What it is.")
    causes: tuple[int, ...] = Field(description="Nodes of the same row it depends on.")
    weights: tuple[float, ...] = Field(description="Weight of each cause.")
    mechanisms: tuple[str, ...] = Field(
        description="Family of the mechanism of each cause, then of the decoder."
    )
    aggregation: str = Field(description="How the encodings of its causes are put together.")
    width: int = Field(description="Dimensions of its embedding.")

    @property
    def of_row(self) -> tuple[int, ...]:
        """Its causes."""
        return self.causes

    @property
    def embedding(self) -> Embedding:
        """How it takes up what others give it."""
        return Embedding(self.aggregation, self.width, self.weights, self.mechanisms)

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What computes it, in words."""
        families = ", ".join(sorted(set(self.mechanisms)))
        return f"{self.aggregation} of {families}, width {self.width}"

    def told(self, words: str, causes: Sequence[str]) -> str:
        """What causes it, and how."""
        return f"← {', '.join(causes) or 'noise alone'} ({words})"

    def model(self, site: NodeSite) -> tuple[ComputedNode, Mechanised]:
        """Draw the mechanisms of an attempt."""
        causes = [
            site.cause(cause, family)
            for cause, family in zip(self.causes, self.mechanisms, strict=False)
        ]
        drawn = site.draws.mechanisms(site.node, site.attempt)
        noise = site.draws.noise(site.node)
        return self, make_mechanised(self.causes, causes, self.embedding, drawn, noise)
