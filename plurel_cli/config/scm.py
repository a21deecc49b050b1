"""Settings of the causal graphs behind feature columns."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from plurel_cli.choices.choice import Choice, Fixed, OneOf, RealRange
from plurel_cli.choices.kinds import Integers, Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.features.aggregations import aggregations
from plurel_cli.features.budget.settings import BudgetConfig
from plurel_cli.features.cuts import cuts
from plurel_cli.features.determined.settings import DeterminedConfig
from plurel_cli.features.edge_weights import edge_weights
from plurel_cli.features.gathering.settings import ChildrenConfig
from plurel_cli.features.mechanisms import mechanisms
from plurel_cli.features.mechanisms.settings import MlpConfig
from plurel_cli.features.nulls.settings import MissingConfig
from plurel_cli.features.sources import sources
from plurel_cli.features.time_sources.settings import TimeSourcesConfig
from plurel_cli.features.transforms import transforms
from plurel_cli.schema.layouts import layouts

SERIES = "series"
"""The source whose rows hang together: see `temporal.series`."""

MODES = ("eager", "lazy")

LayoutNames = Names(layouts.names)
LayoutSettings = Annotated[dict[str, dict[str, Choice[Any]]], layouts]


class ScmConfig(Section):
    """A structural causal model for every table."""

    layout: Annotated[Choice[str], LayoutNames] = Field(
        default=OneOf(
            (
                "barabasi_albert",
                "reverse_random_tree",
                "watts_strogatz",
                "erdos_renyi",
                "random_tree",
                "layered",
                "random_cauchy",
            )
        ),
        description="Family of a table's causal graph.",
    )
    layouts: LayoutSettings = Field(
        default_factory=lambda: layouts.settings({}),
        description="Parameters of each layout, by its name.",
    )
    latent_ratio: Annotated[Choice[float], Reals(ge=0.01, le=1e6)] = Field(
        default=RealRange(0.3, 0.9),
        description="Ratio r of columns to latent nodes: a table of F columns has ⌈F / r⌉ "
        "latent nodes, plus `latent_extra`.",
    )
    latent_extra: Annotated[Choice[int], Integers(ge=0, le=1000)] = Field(
        default=Fixed(3), description="Number of further latent nodes."
    )
    edge_weight: Annotated[Choice[str], Names(edge_weights.names)] = Field(
        default=OneOf(("normal", "lognormal", "cauchy", "uniform")),
        description="Distribution of the weights of a graph's edges.",
    )
    mode: Annotated[Choice[str], Names(MODES)] = Field(
        default=OneOf(MODES),
        description="`eager`: categories are carried through embeddings; `lazy`: everything is a "
        "number, and categorical columns are cut at the end.",
    )
    source: Annotated[Choice[str], Names(lambda: (*sources.names(), SERIES))] = Field(
        default=OneOf((SERIES, "uniform", "normal", "beta", "mixture")),
        description="What draws the values of a node without causes.",
    )
    aggregation: Annotated[Choice[str], Names(aggregations.names)] = Field(
        default=OneOf(("sum", "maximum", "product", "logsumexp")),
        description="How the encodings of a node's causes are combined, element by element.",
    )
    width: Annotated[Choice[int], Integers(ge=1, le=256)] = Field(
        default=Fixed(32), description="Dimensions of a node's embedding, drawn for each node."
    )
    mechanism: Annotated[Choice[str], Names(mechanisms.names)] = Field(
        default=Fixed("mlp"),
        description="Family of the mechanism of each cause, drawn for each edge.",
    )
    standardise: bool = Field(
        default=False,
        description="Whether a number is standardised, by the mean and standard deviation of "
        "its reference rows, before it acts on a node.",
    )
    decoder: Annotated[Choice[str], Names(mechanisms.names)] = Field(
        default=Fixed("mlp"),
        description="Family of the mechanism that reads a value out of a node's embedding.",
    )
    mlp: MlpConfig = Field(default_factory=MlpConfig, description="Settings of `mlp`.")
    noise: Annotated[Choice[float], Reals(ge=0.1, le=200)] = Field(
        default=RealRange(0.5, 5.0),
        description="Both parameters of the Beta noise of a node's embedding.",
    )
    parent_columns: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(1.0),
        description="Share of a referenced table's columns that act on the nodes of a child, "
        "drawn for each foreign key.",
    )
    children: ChildrenConfig = Field(
        default_factory=ChildrenConfig, description="Influence of children on parents."
    )
    time: TimeSourcesConfig = Field(
        default_factory=TimeSourcesConfig,
        description="Sources that are a row's time, its place among others, or its hidden trait.",
    )
    budget: BudgetConfig = Field(
        default_factory=BudgetConfig,
        description="How much of a column's variance comes from where.",
    )
    determined: DeterminedConfig = Field(
        default_factory=DeterminedConfig, description="Columns that others determine exactly."
    )
    cut: Annotated[Choice[str], Names(cuts.names)] = Field(
        default=Fixed("rows"),
        description="Where a lazy table cuts a number into categories: at the values of random "
        "`rows`, or such that frequencies are `dirichlet` or `zipf`.",
    )
    p_permuted: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=RealRange(0.3, 1.0),
        description="Probability that a lazy column's labels are permuted, drawn for each column.",
    )
    p_reversed: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=RealRange(0.2, 0.8),
        description="Probability that they are reversed after that, drawn for each column.",
    )
    transform: Annotated[Choice[str], Names(transforms.names)] = Field(
        default=OneOf(("identity", "rank", "signed_log", "signed_root", "standardise")),
        description="How the values of a numerical column are transformed before they are written.",
    )
    nulls: Annotated[Choice[float], Reals(ge=0, lt=1)] = Field(
        default=RealRange(0.01, 0.1),
        description="Share of nulls in every numerical column of a table, drawn for each table.",
    )
    missing: MissingConfig = Field(
        default_factory=MissingConfig, description="Nulls that have a reason."
    )
    database_taste: float | None = Field(
        default=None,
        gt=0,
        le=1e9,
        description="If given, each database draws its own such distribution, around which "
        "`taste` draws those of its tables.",
    )
    taste: float | None = Field(
        default=None,
        gt=0,
        le=1e9,
        description="If given, each table draws its own odds for every choice of names in this "
        "section, from a Dirichlet distribution with this concentration per option. Below 1, "
        "tables stick to few names.",
    )
