"""What lenses on a time have in common: between two days, or some time from another.

A time is carried as seconds since 1970. An absolute one is spread over its days by the rank of
the variable. One that follows another time (of the row, of a column, of a referenced row) comes a
lag after it whose rank is that of the variable, or before it; where `until` says so, it is null
if that lies in the future, as nobody knows yet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from plurel_cli.lenses import ColumnSite, HangingLens, Lens, Shows
from plurel_cli.lenses.number import RealLens
from plurel_cli.marginals import Marginal, stated
from plurel_cli.marginals.exponential import Exponential
from plurel_cli.marginals.lognormal import Lognormal
from plurel_cli.marginals.scales import log_between
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.prose import quoted
from plurel_cli.schema.record import remembered

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]

SECONDS = {"days": 86_400.0, "hours": 3_600.0, "minutes": 60.0, "seconds": 1.0}

DAY = 86_400.0

_EARLIEST, _LATEST = date(1700, 1, 1), date(2250, 1, 1)


class Lag(RealLens):
    """How long after or before another time."""

    kind: str = Field(default="lag", description="Always `lag`.")
    min: float | None = Field(default=0.0, description="Least lag.")
    per: Literal["days", "hours", "minutes", "seconds"] = Field(
        default="days", description="What it is counted in."
    )

    def drawn(self, draws: Draws) -> Marginal:
        """Lognormal or exponential, hours to weeks."""
        median = log_between(draws, 0.05, 30.0) * DAY / SECONDS[self.per]
        if draws.chance(0.5):
            return Exponential(mean=median / 0.7)
        return Lognormal(median=median, sigma=draws.between(0.4, 1.4))

    def seconds(self, share: Doubles) -> Doubles:
        """Lags at rising shares, in seconds."""
        lags = self.quantile(share)
        lags *= SECONDS[self.per]
        return lags


class TimeLens(HangingLens):
    """The base of every lens on a time."""

    first: date | None = Field(default=None, strict=False, description="First day that can be.")
    last: date | None = Field(default=None, strict=False, description="Last day that can be.")
    after: str | None = Field(default=None, description="The time that it comes after.")
    before: str | None = Field(default=None, description="The time that it comes before.")
    lag: Lag | None = Field(default=None, description="How long.")
    until: Annotated[date, Field(strict=False)] | Literal["window"] | None = Field(
        default=None,
        description="The last day that is known, or `window` for that of the database. An "
        "absolute time lies as much earlier as it takes; `late` says what one from another is.",
    )
    late: Literal["null", "earlier"] | None = Field(
        default=None,
        description="What a time that would lie past `until` is: `null`, as what has not happened "
        "yet, or `earlier`, so that it has. By default it is earlier where `when` says in which "
        "rows it is, and else null.",
    )

    shows: ClassVar[Shows] = "number"
    grain: ClassVar[float]
    """Seconds of which times are multiples."""

    @classmethod
    def stated(cls, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        """The lag's distribution is written below `lag`, as an entry of its name."""
        raw = dict(raw)
        if isinstance(raw.get("lag"), Mapping):
            raw["lag"] = stated(dict(raw["lag"]))
        for name in ("first", "last", "until"):
            if type(raw.get(name)) is datetime:
                raise ValueError(f"{name} must be a day, as in 2024-01-31")
        return raw

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if self.after is not None and self.before is not None:
            raise ValueError("must come after or before another time, not both")
        if self.lag is not None and self.base is None:
            raise ValueError("lag needs after or before: the time that it is from")
        if self.late is not None and not self.can_be_late:
            raise ValueError("late needs after, the time that it is from, and until")
        for name in ("first", "last", "until"):
            day = getattr(self, name)
            if isinstance(day, date) and not _EARLIEST <= day <= _LATEST:
                raise ValueError(f"{name} must be from {_EARLIEST} to {_LATEST}")
        if self.first is not None and self.last is not None and self.first > self.last:
            raise ValueError("first must not be after last")
        return self

    @property
    def base(self) -> str | None:
        """The time that it is after or before."""
        return self.after or self.before

    @property
    def can_be_late(self) -> bool:
        """Whether it comes after another time, and may come to lie past the last day."""
        return self.after is not None and self.until is not None

    @property
    def reads(self) -> tuple[str, ...]:
        """The time that it is after or before."""
        return () if self.base is None else (self.base,)

    def completed(self, place: ColumnSite, stream: Stream) -> Self:
        """With a lag, where it follows another time."""
        if self.base is None:
            return self
        lag = self.lag or Lag()
        return self.but(lag=lag.completed(place, stream.child("lag")))

    def within(self, first: date, last: date) -> Self:
        """The lens with the days of a database, where it leaves them open or names them.

        Parameters
        ----------
        first, last
            The days.

        Returns
        -------
        TimeLens
        """
        until = last if self.until == "window" else self.until
        if self.base is not None:
            return self if until == self.until else self.but(until=until)
        first = self.first or first
        placed = self.but(first=first, last=self.last or max(first, last), until=until)
        return placed if until is None else placed._earlier(until)

    def _earlier(self, until: date) -> Self:
        """The lens with both days moved, if need be, so that none is later."""
        assert self.first is not None and self.last is not None  # noqa: S101, PT018 (they are set)
        days = max(self.last - until, timedelta(0))
        return self.but(first=max(self.first - days, _EARLIEST), last=self.last - days)

    @remembered
    def bounds(self) -> tuple[float, float]:
        """First and last second that there can be."""
        epoch = date(1970, 1, 1).toordinal()
        first = -np.inf if self.first is None else (self.first.toordinal() - epoch) * DAY
        last = np.inf if self.last is None else (self.last.toordinal() - epoch + 1) * DAY
        return first, last - self.grain if last < np.inf else last

    def quantile(self, share: Doubles) -> Doubles:
        """Seconds since 1970 at rising shares, or from the other time, if there is one."""
        if self.lag is not None:
            lags = self.lag.seconds(share)
            return lags if self.after is not None else np.negative(lags, out=lags)
        first, last = self.bounds
        share *= last + self.grain - first
        share += first
        return self.grained(share)

    def share(self, value: float) -> float:
        """A share whose written value is this one, or as near to it as there is."""
        if self.lag is not None:
            return self.lag.share(abs(value) / SECONDS[self.lag.per])
        first, last = self.bounds
        return min(max((value - first + 0.5 * self.grain) / (last + self.grain - first), 0.0), 1.0)

    def grained(self, seconds: Doubles) -> Doubles:
        """Times at whole multiples of the grain, within the bounds."""
        if self.grain != 1.0:
            seconds = seconds / self.grain
        counts = np.floor(seconds)
        counts *= self.grain
        return np.clip(counts, *self.bounds)

    def beside(self, other: Doubles, values: Doubles, lens: Lens | None) -> Doubles:
        """The time from another, null where it is not known yet, or earlier if it has to be."""
        if not isinstance(self.until, date):
            return self.grained(other + values)
        end = self._end(self.until)
        if self.late == "earlier":
            times = self.grained(other + _shortened(values, end - other))
            np.minimum(times, end - self.grain, out=times, where=other < end)
        else:
            times = self.grained(other + values)
        times[times >= end] = np.nan
        return times

    @staticmethod
    def _end(day: date) -> float:
        """The second after a day."""
        return (day.toordinal() - date(1970, 1, 1).toordinal() + 1) * DAY

    def rules(self, value: pl.Expr) -> Iterator[tuple[str, pl.Expr]]:
        """Between the first and the last day."""
        import polars as pl

        if self.first is not None:
            yield f"must not be before {self.first}", value < pl.lit(self.first)
        for day in (self.last, self.until):
            if isinstance(day, date):
                end = day + timedelta(days=1)
                yield f"must not be after {day}", value >= pl.lit(end)

    @property
    def held_values(self) -> str:
        """A time, as it is read."""
        return "a day or a time, as in 2024-01-31 or 2024-01-31 12:00:00"

    def held(self, value: float | str | bool) -> float | None:
        """Seconds since 1970."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            return None
        return float((moment - datetime(1970, 1, 1)) // timedelta(seconds=1))

    @property
    def phrase(self) -> str:
        """Between which days, or how long after or before which other time."""
        what = "a day" if self.grain == DAY else "a time"
        if self.base is None:
            first = "" if self.first is None else f" from {self.first}"
            last = "" if self.last is None else f" to {self.last}"
            return f"{what}{first}{last}"
        base = "the time of the row" if self.base == "time" else quoted(self.base)
        lag = "" if self.lag is None or self.lag.marginal is None else self.lag.marginal.phrase
        how = (
            f" by a number of {self.lag.per} that is {lag}" if self.lag is not None and lag else ""
        )
        return f"{what} {'before' if self.after is None else 'after'} {base}{how}"

    def clauses(self) -> Iterator[str]:
        """Where it is null, as what is not known yet."""
        if self.base is not None and self.until is not None:
            end = "the end of the window" if self.until == "window" else str(self.until)
            what = "earlier" if self.late == "earlier" else "null"
            yield f"{what} where it would lie after {end}"


def _shortened(lags: Doubles, room: Doubles) -> Doubles:
    """Lags that are no more than the room there is, unchanged as long as they are at most half.

    Parameters
    ----------
    lags
        Seconds.
    room
        Seconds that each has; one without room stays as it is.

    Returns
    -------
    ndarray
        Rising with the lags.
    """
    shortened = lags.copy()
    is_long = (2.0 * lags > room) & (room > 0.0)
    long, most = lags[is_long], room[is_long]
    shortened[is_long] = np.maximum(most * (1.0 - 0.25 * (most / long)), 0.5 * most)
    return shortened
