"""Settings of time: the range a window is drawn from, where it is split, and when rows come."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator

from plurel_cli.choices.choice import Choice, Fixed, RealRange
from plurel_cli.choices.kinds import Integers, Names, Reals
from plurel_cli.choices.section import Section
from plurel_cli.temporal.profiles import profiles
from plurel_cli.temporal.spacings import spacings

FIRST_DAY, LAST_DAY = dt.date(1678, 1, 1), dt.date(2262, 1, 1)
"""Days that nanoseconds since 1970 in 64 bits can tell."""

FLAT: Literal["flat"] = "flat"
"""The profile in which every hour is like any other."""

GRANULARITIES = {
    "nanosecond": 1,
    "second": 10**9,
    "minute": 60 * 10**9,
    "hour": 3600 * 10**9,
    "day": 86_400 * 10**9,
}
"""Units that times may be floored to, in nanoseconds."""

# Named here, since the section's fields hide the registries.
SpacingNames = Names(spacings.names)
SpacingSettings = Annotated[dict[str, dict[str, Choice[Any]]], spacings]
ProfileNames = Names(lambda: (FLAT, *profiles.names()))
ProfileSettings = Annotated[dict[str, dict[str, Choice[Any]]], profiles]


def _spacing_settings() -> dict[str, dict[str, Choice[Any]]]:
    return spacings.settings({})


def _profile_settings() -> dict[str, dict[str, Choice[Any]]]:
    return profiles.settings({})


class SplitConfig(Section):
    """Shares of the window's days before the split timestamps."""

    val: float = Field(default=0.8, gt=0, lt=1, description="Start of the validation period.")
    test: float = Field(default=0.9, gt=0, lt=1, description="Start of the test period.")


class ArrivalsConfig(Section):
    """When the rows of tables with a time column come."""

    spacing: Annotated[Choice[str], SpacingNames] = Field(
        default=Fixed("even"),
        description="How rows follow one another, drawn for each table: in `even` steps, "
        "independently (`poisson`), or in bursts, in which rows cause others (`bursty`).",
    )
    spacings: SpacingSettings = Field(
        default_factory=_spacing_settings,
        description="Parameters of each spacing, by its name, drawn for each table.",
    )
    profile: Annotated[Choice[str], ProfileNames] = Field(
        default=Fixed(FLAT),
        description="How busy each weekday, hour and month is, drawn once for the database, and "
        "once for all tables that state the same.",
    )
    profiles: ProfileSettings = Field(
        default_factory=_profile_settings,
        description="Parameters of each profile, by its name.",
    )
    alike: float = Field(
        default=0.0,
        ge=0,
        le=1,
        description="Probability that a table uses a value that its database drew once for all "
        "tables, instead of drawing its own.",
    )
    growth: Annotated[Choice[float], Reals(ge=-20, le=20)] = Field(
        default=Fixed(0.0),
        description="Logarithm of the rate at the end of the window divided by the rate at its "
        "start, drawn for each activity table.",
    )
    entity_growth: Annotated[Choice[float], Reals(ge=-20, le=20)] = Field(
        default=Fixed(0.0), description="The same, for the creation times of entity tables."
    )
    wander: Annotated[Choice[float], Reals(ge=0, le=5)] = Field(
        default=Fixed(0.0),
        description="How much weeks differ: standard deviation of the logarithm of a week's "
        "rate, an AR(1) with coefficient 0.9. Drawn for each table.",
    )
    flashes: Annotated[Choice[int], Integers(ge=0, le=1000)] = Field(
        default=Fixed(0),
        description="Number of days on which the rate jumps, drawn for each table.",
    )
    flash_size: Annotated[Choice[float], Reals(ge=1, le=1e6)] = Field(
        default=RealRange(3.0, 30.0),
        description="Factor by which it jumps at midnight, drawn for each table.",
    )
    flash_hours: Annotated[Choice[float], Reals(gt=0, le=10_000)] = Field(
        default=RealRange(6.0, 72.0),
        description="Hours after which half of the jump is gone, drawn for each table.",
    )
    granularity: Annotated[Choice[str], Names(tuple(GRANULARITIES))] = Field(
        default=Fixed("nanosecond"),
        description="Unit to which times are rounded down, drawn for each table.",
    )


class TimeConfig(Section):
    """The window of time that a database's tables share, and when their rows come."""

    start: dt.date = Field(
        default=dt.date(1990, 1, 1), description="First day on which a window may start."
    )
    end: dt.date = Field(
        default=dt.date(2025, 1, 1), description="Day before which every window ends."
    )
    min_days: int = Field(
        default=10,
        ge=2,
        description="Smallest number of days of a window, counting both ends; a shorter one is "
        "drawn again.",
    )
    split: SplitConfig = Field(
        default_factory=SplitConfig, description="Where validation and test begin."
    )
    arrivals: ArrivalsConfig = Field(
        default_factory=ArrivalsConfig,
        description="When rows come; by default evenly, to the nanosecond.",
    )

    @field_validator("start", "end", mode="before")
    @classmethod
    def _from_text(cls, raw: Any) -> Any:
        """JSON has no dates: there they are written as 1990-01-01."""
        if isinstance(raw, str):
            try:
                return dt.date.fromisoformat(raw)
            except ValueError:
                return raw
        return raw
