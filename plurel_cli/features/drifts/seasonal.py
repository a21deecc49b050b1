"""What comes round every year."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal, Self

from pydantic import Field

from plurel_cli.features.drifts import drifts
from plurel_cli.features.drifts.drift import Doubles, Drift, WindowIntervals
from plurel_cli.numerics.elementary import cosines
from plurel_cli.numerics.stream import Draws, Stream

_YEAR_DAYS = 365.2425


@drifts.kind
class Seasonal(Drift):
    """What comes round every year: cos 2π(y − at) at place y of the year."""

    kind: Literal["seasonal"] = Field(default="seasonal", description="Which way.")
    at: float = Field(description="The peak, as a share of the year.")

    @classmethod
    def drawn(cls, draws: Draws) -> Self:
        """Draw one."""
        return cls(at=draws.uniform())

    def path(self, intervals: WindowIntervals, stream: Stream) -> Doubles:
        """Its value in every interval."""
        start = intervals.window.start
        of_year = (start - start.replace(month=1, day=1)).days
        path: Doubles = cosines((intervals.days + of_year) / _YEAR_DAYS - self.at)
        return path

    @property
    def phrase(self) -> str:
        """When it peaks."""
        month = date(2001, 1, 1) + timedelta(days=int(self.at * 365))
        return f"a yearly season that is highest or lowest in {month:%B}"
