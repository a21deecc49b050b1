"""When a table's rows came, and a database's week and year, as `schema.json` records them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Literal

from pydantic import Field

from plurel_cli.numerics.elementary import exp
from plurel_cli.prose import article, listed, number, settings, spaced, span
from plurel_cli.schema.record import Record


class Profile(Record):
    """How the rate goes through the week, the day and the year; each averages to 1."""

    name: str = Field(description="Family it was drawn from.")
    weekdays: tuple[float, ...] = Field(
        min_length=7, max_length=7, description="Weight of each day of the week, Monday first."
    )
    working_hours: tuple[float, ...] = Field(
        min_length=24, max_length=24, description="Weight of each hour, Monday to Friday."
    )
    weekend_hours: tuple[float, ...] = Field(
        min_length=24, max_length=24, description="Weight of each hour, Saturday and Sunday."
    )
    months: tuple[float, ...] = Field(
        min_length=12, max_length=12, description="Weight of each month, January first."
    )

    @property
    def phrase(self) -> str:
        """Whose week and day it is."""
        return f"the calendar of {article(spaced(self.name))}"


class Arrivals(Record):
    """What the times of one table were drawn from."""

    spacing: str = Field(default="even", description="How rows follow one another.")
    parameters: dict[str, float] = Field(
        default_factory=dict, description="Parameters of that spacing."
    )
    growth: float = Field(
        default=0.0, description="Logarithm of the rate at the window's end over that at its start."
    )
    wander: float = Field(
        default=0.0, description="Standard deviation of the logarithm of the rate of a week."
    )
    flashes: tuple[dt.date, ...] = Field(
        default=(), description="Days from whose midnight on the rate is higher."
    )
    flash_size: float | None = Field(
        default=None, description="Factor on the rate at the start of a flash."
    )
    flash_hours: float | None = Field(
        default=None, description="Hours in which what a flash adds falls to a half."
    )
    granularity: str = Field(default="nanosecond", description="Unit that times are floored to.")
    profile: Profile | Literal["flat"] | None = Field(
        default=None, description="How busy its hours are; null where as in the window."
    )

    def sentences(self) -> Iterator[str]:
        """What is told of how its rows come."""
        shape = settings(
            (name.removesuffix("_hours"), span(value) if name.endswith("_hours") else value)
            for name, value in self.parameters.items()
        )
        spacing = f"{article(spaced(self.spacing))} spacing{f' of {shape}' * bool(shape)}"
        grain = f", in whole {spaced(self.granularity)}s" * (self.granularity != "nanosecond")
        yield f"Rows come by {spacing}{grain}."
        if self.growth:
            rate = number(exp(self.growth))
            yield f"At the end of the window they come {rate} times as fast as at its start."
        if self.wander:
            yield f"From week to week their rate wanders, its logarithm by {number(self.wander)}."
        if self.flashes and self.flash_size is not None and self.flash_hours is not None:
            days, size = listed(map(str, self.flashes), 6), number(self.flash_size)
            yield (
                f"On {days} they come {size} times as fast, an excess that halves every "
                f"{span(self.flash_hours)}."
            )
        if isinstance(self.profile, Profile):
            yield f"They keep {self.profile.phrase}, whatever other tables do."
        elif self.profile == "flat":
            yield "They keep no calendar: every hour is as busy as another."
