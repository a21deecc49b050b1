"""A node that is computed from its causes of the same row and from the rows that it refers to."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.features.acting import N_ROWS, Probe, acting
from plurel_cli.features.mechanised import Mechanised
from plurel_cli.features.nodes import Computed, NodeModel
from plurel_cli.features.roles import Embedding, roles
from plurel_cli.features.roles.node import NodeSite, NodeVariable
from plurel_cli.prose import article, listed, spaced
from plurel_cli.schema.variable import Naming, Variable


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
    acts: tuple[bool, ...] | None = Field(
        default=None,
        description="Of each cause, whether it acts: whether what all causes give together "
        "changes with it in one of the first 16 reference rows.",
    )
    aggregation: str = Field(description="How the encodings of its causes are put together.")
    width: int = Field(description="Dimensions of its embedding.")

    @property
    def of_row(self) -> tuple[int, ...]:
        """Its causes."""
        return self.causes

    @property
    def acting(self) -> tuple[int, ...]:
        """The causes that act."""
        if self.acts is None:
            return self.causes
        return tuple(cause for cause, acts in zip(self.causes, self.acts, strict=True) if acts)

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
        return self, Mechanised(self.causes, causes, self.embedding, drawn, noise)

    def settled(
        self, model: NodeModel | None, computed: Computed, probes: Mapping[int, Probe]
    ) -> Mapping[str, object]:
        """Which of its causes act."""
        assert isinstance(model, Mechanised)  # noqa: S101 (as it is made)
        of_causes = [probes[cause] for cause in self.causes]
        return {"acts": acting(model, min(N_ROWS, computed.rows.n), of_causes)}

    def phrase(self, table: str, names: Naming, causes: Sequence[str]) -> str:
        """What causes it, and how."""
        if not causes:
            return "chance alone"
        families = listed(map(spaced, sorted(set(self.mechanisms))))
        if len(self.causes) == len(causes) == 1:
            return f"{causes[0]} (by {families} functions)"
        return f"{listed(causes)} ({article(spaced(self.aggregation))} of {families} functions)"
