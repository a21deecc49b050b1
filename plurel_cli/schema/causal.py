"""The causal graphs behind a database's feature columns, as `schema.json` records them.

A table's graph has nodes, the variables of a row, some of which are its columns. A node without
causes is a source; any other is computed from its causes of the same row and from columns of the
rows it refers to. Mechanisms are recorded by family and attempt, from which, with the seed, their
weights are drawn again.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field, model_validator

from plurel_cli.features.determined import AnyDetermined
from plurel_cli.features.nulls import AnyNulls
from plurel_cli.features.time_sources import AnyTimeSource
from plurel_cli.schema.first_version import lifted_nodes
from plurel_cli.schema.record import Record


class Gathered(Record):
    """What a source node gathers of the rows that refer to its row."""

    table: str = Field(description="The child table.")
    foreign_key: str = Field(description="Its foreign key into this table.")
    node: int | None = Field(
        default=None, description="Node of the child table; none of count and lifetime."
    )
    aggregate: str = Field(description="count, lifetime, sum, mean, max, min or decayed_sum.")
    half_life: float | None = Field(
        default=None, description="Of `decayed_sum`: a share of the child's rows in order."
    )


class OwnTrait(Record):
    """A hidden trait of the row, as a share of a column's variance."""

    share: float = Field(description="Share of the variance.")
    trait: int = Field(description="Which of the row's traits; 0 is the one that keys see.")
    sign: Literal[-1, 1] = Field(description="Whether more of it is more or less.")


class ParentTrait(Record):
    """A hidden trait of a referenced row, as a share of a column's variance."""

    share: float = Field(description="Share of the variance.")
    foreign_key: str = Field(description="Foreign key to that row.")
    trait: int = Field(description="Which of that row's traits.")
    sign: Literal[-1, 1] = Field(description="Whether more of it is more or less.")


class Memory(Record):
    """What earlier rows with the same reference leave, as a share of a column's variance."""

    share: float = Field(description="Share of the variance.")
    foreign_key: str = Field(description="Foreign key that they have in common.")
    chain: int = Field(description="Which of the chains along their rows.")
    persistence: float = Field(description="Correlation of the chain with the row before.")
    kind: Literal["fading", "sticky"] = Field(
        default="fading", description="Whether it moves a little with each row, or stays and jumps."
    )
    sign: Literal[-1, 1] = Field(description="Whether more of it is more or less.")


class Drift(Record):
    """What moves with time, as a share of a column's variance."""

    share: float = Field(description="Share of the variance.")
    kind: str = Field(description="gradual, seasonal, step or local.")
    at: float = Field(
        description="Where, 0 to 1: of gradual the middle, as a share of the window; of seasonal "
        "the peak, of the year; of step the share of the rows before it; of local nothing."
    )
    width: float = Field(
        description="Of gradual: how long it takes, in windows; of local: the correlation from "
        "week to week."
    )
    sign: Literal[-1, 1] = Field(description="Whether it rises or falls.")


class OfBlock(Record):
    """A number of the block that a row lies in, as a share of a column's variance."""

    share: float = Field(description="Share of the variance.")
    of: Literal["row", "parent"] = Field(
        description="Whether the block is that of the row, or of the row that it refers to."
    )
    child: str = Field(description="Table whose foreign key has the blocks.")
    foreign_key: str = Field(description="That foreign key.")
    levels: int = Field(description="How many of its levels count, from the coarsest on.")


class OfChildren(Record):
    """What is gathered of the rows that refer to a row, as a share of a column's variance."""

    share: float = Field(description="Share of the variance.")
    gathered: Gathered = Field(description="What of which rows.")
    sign: Literal[-1, 1] = Field(description="Whether more of it is more or less.")


class Budget(Record):
    """What shares of a column's variance come from where, before cut and transform."""

    causes: float = Field(default=0.0, description="Share of what causes or the source give.")
    trait: OwnTrait | None = Field(default=None, description="Share of a trait of the row.")
    parent: ParentTrait | None = Field(
        default=None, description="Share of a trait of a referenced row."
    )
    memory: Memory | None = Field(
        default=None, description="Share of earlier rows with the same reference."
    )
    drift: Drift | None = Field(default=None, description="Share of the time.")
    children: OfChildren | None = Field(
        default=None, description="Share of the rows that refer to it."
    )
    block: OfBlock | None = Field(default=None, description="Share of the block it lies in.")
    strength: Drift | None = Field(
        default=None,
        description="How the strength of causes moves: by this share of its square, about a mean.",
    )
    noise: float = Field(default=0.0, description="Share of independent noise.")

    @property
    def has_links(self) -> bool:
        """Whether a share comes from a hidden trait, from other rows or from time."""
        parts = (self.trait, self.parent, self.memory, self.drift, self.children, self.block,
                 self.strength)  # fmt: skip
        return any(part is not None for part in parts)


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
    gathered: Gathered | None = Field(
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
        default=None, description="Columns that are a mixture: what shares come from where."
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
        has_links = self.budget is not None and self.budget.has_links
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

    @model_validator(mode="before")
    @classmethod
    def _of_any_version(cls, raw: Any) -> Any:
        if isinstance(raw, dict) and isinstance(nodes := raw.get("nodes"), list):
            return {**raw, "nodes": lifted_nodes(nodes)}
        return raw
