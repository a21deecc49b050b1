"""Settings of influence from children to parents."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plurel_cli.choices.choice import Choice, Fixed, OneOf, RealRange
from plurel_cli.choices.kinds import Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.features.gathering import aggregates

AGGREGATES = ("count", "sum", "mean", "max", "min", "decayed_sum")
"""What a parent gathers of its children by default."""


class ChildrenConfig(Section):
    """Influence from children to parents."""

    p: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.0),
        description="Probability that a source of a table with children gathers a variable of "
        "one of its child tables, if this closes no circle.",
    )
    aggregate: Annotated[Choice[str], Names(aggregates.names)] = Field(
        default=OneOf(AGGREGATES),
        description="What is gathered over the children; `lifetime` is the share of the child's "
        "rows between the first and the last of them.",
    )
    half_life: Annotated[Choice[float], Reals(gt=0, le=1e6)] = Field(
        default=RealRange(0.05, 0.5),
        description="Half-life of `decayed_sum`, as a share of the child's rows in their order "
        "(that of time, where they have one).",
    )
