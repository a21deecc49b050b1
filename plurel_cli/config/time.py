"""Settings of time: the range a window is drawn from, and where it is split."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field, field_validator

from plurel_cli.config.section import Section

FIRST_DAY, LAST_DAY = dt.date(1678, 1, 1), dt.date(2262, 1, 1)
"""Days that nanoseconds since 1970 in 64 bits can tell."""


class SplitConfig(Section):
    """Shares of the window's days before the split timestamps."""

    val: float = Field(default=0.8, gt=0, lt=1, description="Start of the validation period.")
    test: float = Field(default=0.9, gt=0, lt=1, description="Start of the test period.")


class TimeConfig(Section):
    """The window of time that a database's activity tables share."""

    start: dt.date = Field(
        default=dt.date(1990, 1, 1), description="First day that a window may start on."
    )
    end: dt.date = Field(
        default=dt.date(2025, 1, 1), description="Day before which every window ends."
    )
    min_days: int = Field(
        default=10,
        ge=2,
        description="Fewest days of a window, both ends counted; a shorter one is drawn anew.",
    )
    split: SplitConfig = Field(
        default_factory=SplitConfig, description="Where validation and test begin."
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
