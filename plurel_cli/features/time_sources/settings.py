"""Settings of sources that are a row's time, its place among others, or its hidden trait."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plurel_cli.choices.choice import Choice, Fixed, OneOf
from plurel_cli.choices.kinds import Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.features.time_sources import time_sources

TIME_SOURCES = (
    *("hour", "weekday", "season", "moment"),
    *("age", "since_last", "so_far"),
    "trait",
)
"""What of a row's time and place among others a source may be by default."""


class TimeSourcesConfig(Section):
    """Sources that are a row's time, its place among others, or its hidden trait."""

    p: Annotated[Choice[float], Reals(ge=0, le=1)] = Field(
        default=Fixed(0.0),
        description="Probability that a numerical source is one of these, drawn for each table.",
    )
    kind: Annotated[Choice[str], Names(time_sources.names)] = Field(
        default=OneOf(TIME_SOURCES),
        description="Which one, among those that the table can have: `hour` of the day, "
        "`weekday`, `season` (day of the year), `moment` in the window; by a foreign key, `age` "
        "(time since the referenced row), `since_last` (time since the last row with the same "
        "reference) or `so_far` (number of such rows); or `trait`, a hidden number that keys "
        "can depend on too. All but `trait` need a time column.",
    )
