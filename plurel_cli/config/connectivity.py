"""Settings of stage 2: the hierarchical stochastic block model behind every foreign key."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plurel_cli.choice import Choice, Fixed, IntegerRange, Integers, RealRange, Reals
from plurel_cli.config.section import Section

Levels = Annotated[Choice[int], Integers(ge=1, le=64)]
Clusters = Annotated[Choice[int], Integers(ge=1, le=10_000)]
Weight = Annotated[Choice[float], Reals(ge=0, le=1)]


class ConnectivityConfig(Section):
    """Block model of a foreign key; each key draws its own."""

    levels: Levels = Field(
        default=IntegerRange(1, 5), description="Levels of the hierarchy of clusters."
    )
    parent_clusters: Clusters = Field(
        default=IntegerRange(1, 3),
        description="Clusters that a level splits the parent's rows into, drawn for each level.",
    )
    child_clusters: Clusters = Field(
        default=IntegerRange(1, 3),
        description="Clusters that a level splits the child's rows into, drawn for each level.",
    )
    p_diagonal: Weight = Field(
        default=Fixed(0.9),
        description="Score of a parent and a child in matching clusters, drawn for each level and "
        "matching pair; scores of all levels are multiplied.",
    )
    p_off_diagonal: Weight = Field(
        default=RealRange(0.001, 0.002),
        description="Score of a parent and a child in clusters that do not match, drawn for each "
        "level and such pair.",
    )

    def overridden(self, override: ConnectivityOverride | None) -> ConnectivityConfig:
        """This config with what an override sets put in its place."""
        if override is None:
            return self
        said = {name: value for name, value in override if value is not None}
        return self.model_copy(update=said)


class ConnectivityOverride(Section):
    """The same settings for the keys of one table or one key; what is left out stays as it was."""

    levels: Levels | None = Field(default=None, description="As in `connectivity`.")
    parent_clusters: Clusters | None = Field(default=None, description="As in `connectivity`.")
    child_clusters: Clusters | None = Field(default=None, description="As in `connectivity`.")
    p_diagonal: Weight | None = Field(default=None, description="As in `connectivity`.")
    p_off_diagonal: Weight | None = Field(default=None, description="As in `connectivity`.")
