"""The period of time that a database covers, as `schema.json` records it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from pydantic import Field

from plurel_cli.prose import span
from plurel_cli.schema.arrivals import Profile
from plurel_cli.schema.record import Record


class Window(Record):
    """The period of time that all activity tables share, in whole days."""

    start: dt.date = Field(description="First day; its midnight is the earliest time.")
    end: dt.date = Field(description="Last day; its midnight is the latest time.")
    val_timestamp: dt.date = Field(description="Start of the validation period.")
    test_timestamp: dt.date = Field(description="Start of the test period.")
    profile: Profile | None = Field(
        default=None, description="Week, day and year of all tables; none where they are flat."
    )

    @property
    def days(self) -> int:
        """Days from start to end, both counted."""
        return (self.end - self.start).days + 1

    def sentences(self) -> Iterator[str]:
        """What is told of it."""
        yield f"All times lie from {self.start} to {self.end}, which is {span(24.0 * self.days)}."
        yield f"Validation begins on {self.val_timestamp}, and testing on {self.test_timestamp}."
        if self.profile is not None:
            yield f"Rows keep {self.profile.phrase}, unless their table says otherwise."
