"""The causal graphs behind a database's feature columns, as `schema.json` records them.

A table's graph has nodes, the variables of a row, some of which are its columns. A node without
causes is a source; any other is computed from its causes of the same row and from columns of the
rows it refers to. Mechanisms are recorded by family and attempt, from which, with the seed, their
weights are drawn again.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plurel_cli.features.budget import Budget
from plurel_cli.features.determined import AnyDetermined
from plurel_cli.features.gathering import AnyGathered
from plurel_cli.features.nulls import AnyNulls
from plurel_cli.features.time_sources import AnyTimeSource
from plurel_cli.schema.record import Record


class CausalNode(Record):
    """One variable of a table's rows."""

    kind: Literal["categorical", "numerical"] = Field(description="Kind of variable.")
    categories: int | None = Field(default=None, description="Categories of a categorical one.")
    column: str | None = Field(default=None, description="Column it is; none for a latent one.")
    is_used: bool = Field(
        default=True, description="Whether a column depends on it; others are never computed."
    )
    source: str | None = Field(
        default=None,
        description="Sources: what draws the values, or `children`, `time` or `budget`.",
    )
    gathered: AnyGathered | None = Field(
        default=None, description="Sources that gather from children: what."
    )
    time: AnyTimeSource | None = Field(
        default=None, description="Sources that are of the row's time: what of it."
    )
    causes: tuple[int, ...] = Field(default=(), description="Nodes of the same row it depends on.")
    weights: tuple[float, ...] = Field(default=(), description="Weight of each cause.")
    mechanisms: tuple[str, ...] = Field(
        default=(), description="Family of the mechanism of each cause, then of the decoder."
    )
    aggregation: str | None = Field(
        default=None, description="How the encodings of its causes are put together."
    )
    width: int | None = Field(default=None, description="Dimensions of its embedding.")
    attempt: int = Field(
        default=0, description="How often its mechanisms were drawn anew for being degenerate."
    )
    transform: str | None = Field(
        default=None, description="Numerical columns: what was done before writing."
    )
    boundaries: tuple[float, ...] | None = Field(
        default=None, description="Categorical columns of a lazy table: where the number is cut."
    )
    budget: Budget | None = Field(
        default=None,
        description="Columns that are a mixture: what shares of the variance come from where, "
        "before cut and transform, in the order in which they are added.",
    )
    determined: AnyDetermined | None = Field(
        default=None,
        description="Columns that others determine exactly: how. Nothing depends on such a node.",
    )
    null: AnyNulls | None = Field(
        default=None, description="Columns that have nulls for a reason: which rows."
    )

    @property
    def is_independent(self) -> bool:
        """Whether it is drawn from a distribution of its own, and nothing else has a part in it.

        So it is where it has no causes, no others determine it, it gathers nothing, is nothing of
        the row's time, and its budget, if it has one, consists of such a source and noise.
        Columns of referenced rows act on nodes with causes alone.
        """
        has_links = any(share.is_link for share in self.budget or ())
        return not (self.causes or self.determined or self.gathered or self.time or has_links)


class ParentCauses(Record):
    """Columns of a referenced row that act on all of a table's nodes that have causes."""

    foreign_key: str = Field(description="Foreign key to the referenced row.")
    table: str = Field(description="The table referred to.")
    nodes: tuple[int, ...] = Field(description="Nodes of that table, all of them columns.")
    mechanisms: tuple[str, ...] = Field(description="Family of the mechanism of each.")


class CausalGraph(Record):
    """The structural causal model of a table."""

    layout: str = Field(description="Family of the graph.")
    mode: Literal["eager", "lazy"] = Field(
        description="Whether categories are carried as such, or as numbers that are cut."
    )
    edge_weight: str = Field(description="Distribution of the weights of the edges.")
    null_share: float = Field(description="Share of nulls in each numerical column, at random.")
    nodes: tuple[CausalNode, ...] = Field(
        description="The variables; causes name them by position."
    )
    parents: tuple[ParentCauses, ...] = Field(
        default=(), description="Influence from referenced rows, by foreign key."
    )
