"""Settings of budgets: what shares of a column's variance come from where."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plurel_cli.choices.choice import Choice, Fixed, IntegerRange, OneOf, RealRange
from plurel_cli.choices.kinds import Integers, Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.choices.weights import WeightMap
from plurel_cli.features.budget import budget_shares
from plurel_cli.features.chains import chains
from plurel_cli.features.drifts import drifts

SHARES = WeightMap(
    budget_shares,
    {
        "causes": 0.40,
        "traits": 0.12,
        "parents": 0.18,
        "memory": 0.12,
        "drift": 0.05,
        "children": 0.10,
        "noise": 0.13,
        "blocks": 0.0,
        "batches": 0.0,
    },
    lambda share: not share.is_stated,
)
"""Weights of the shares; one that is not named here has none unless a config states it."""

DRIFTS = ("gradual", "seasonal", "step", "local")
"""How a share of a column's variance may move with time by default."""

ChainNames = Names(chains.names)


class BudgetConfig(Section):
    """What shares of a column's variance come from where."""

    p: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.0),
        description="Probability that a column of a lazy table has a budget, drawn for each table.",
    )
    shares: Annotated[dict[str, float], SHARES] = Field(
        default_factory=SHARES.whole,
        description="Weights of the shares, around which each database draws its own.",
    )
    database_concentration: float = Field(
        default=20.0,
        gt=0,
        le=1e9,
        description="How close the shares of a database are to `shares`: the concentration of "
        "a Dirichlet distribution.",
    )
    table_concentration: float = Field(
        default=10.0,
        gt=0,
        le=1e9,
        description="How close the shares of a table are to those of its database.",
    )
    concentration: float = Field(
        default=4.0,
        gt=0,
        le=1e9,
        description="How close the shares of a column are to those of its table. Below 1, most "
        "columns have a single large share.",
    )
    floor: float = Field(
        default=0.02, ge=0, lt=0.1, description="Shares below this are dropped, and cost nothing."
    )
    traits: int = Field(
        default=2,
        ge=1,
        le=16,
        description="Number of hidden traits of a row. The first is the one that keys can "
        "depend on.",
    )
    first_trait: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.0),
        description="Probability that a column shows the first of these, rather than any of them, "
        "drawn for each table: the higher, the more its columns hang together.",
    )
    chains: int = Field(
        default=2,
        ge=1,
        le=16,
        description="Number of chains of memory for each foreign key, along the rows with one "
        "reference. Several columns may follow the same chain.",
    )
    persistence: Annotated[Choice[float], Reals(ge=0, lt=1)] = Field(
        default=RealRange(0.3, 0.95),
        description="Correlation of a chain from one row to the next with the same reference, "
        "drawn for each chain.",
    )
    chain: Annotated[Choice[str], ChainNames] = Field(
        default=Fixed("fading"),
        description="How a chain continues, drawn for each chain: `fading` moves a little with "
        "every row; `sticky` stays where it is and jumps now and then, like a state.",
    )
    batch_traits: int = Field(
        default=2,
        ge=1,
        le=16,
        description="Number of hidden traits that the batches of a table have. Several columns may "
        "show the same one.",
    )
    batch_rows: Annotated[Choice[int], Integers(ge=1, le=1_000_000)] = Field(
        default=IntegerRange(2, 50, inverse=True),
        description="Mean number of consecutive rows of a batch, drawn for each database; with 1, "
        "a row is not like the next.",
    )
    moving: Annotated[Choice[float], Reals(ge=0, lt=1)] = Field(
        default=Fixed(0.0),
        description="Share of the squared strength of causes that changes with time, as drifts "
        "do. Drawn for each column of a timed table.",
    )
    drift: Annotated[Choice[str], Names(drifts.names)] = Field(
        default=OneOf(DRIFTS),
        description="How a column drifts, drawn for each column: slowly (`gradual`), with the "
        "season (`seasonal`), at once (`step`), or from week to week (`local`).",
    )
