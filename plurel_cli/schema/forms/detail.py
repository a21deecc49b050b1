"""Rows that their parents make: each parent draws how many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.prose import article, counted, number, part, percent, quoted, settings, spaced, span
from plurel_cli.schema.foreign_key import ForeignKey, KeySite
from plurel_cli.schema.forms import forms
from plurel_cli.schema.record import Record

_TINY = 1e-9


class DetailHabits(Record):
    """How many details a parent has, and how long after it they come."""

    count: str = Field(description="Distribution of how many a parent has.")
    parameters: dict[str, float] = Field(
        default_factory=dict, description="Parameters of that distribution."
    )
    mean: float = Field(description="Mean number over all parents.")
    least: int = Field(description="Fewest of a parent that has some.")
    none: float = Field(default=0.0, description="Share of parents that are to have none.")
    total: int | None = Field(
        default=None, description="How many there are, where that is stated and shared out."
    )
    latent: float = Field(
        default=0.0, description="Share of parents whose number the row's hidden trait tells."
    )
    lag: str | None = Field(
        default=None, description="Distribution of the time after the parent's; none at its time."
    )
    lag_parameters: dict[str, float] = Field(
        default_factory=dict, description="Parameters of that distribution."
    )

    @property
    def count_phrase(self) -> str:
        """How many a parent has, as in "1 + a geometric number of rows, 3.2 on average"."""
        shape = f" ({settings(self.parameters.items())})" * bool(self.parameters)
        least = f"{number(self.least)} + " * bool(self.least)
        rows = f"{least}{article(spaced(self.count))} number of rows{shape}"
        if self.count == "constant":
            each = self.mean / (1.0 - self.none)
            fewest = int(each)
            is_whole = each - fewest < _TINY
            rows = f"{fewest:,} or {fewest + 1:,} rows" if fewest else "1 row at most"
            rows = counted(fewest, "row") if is_whole else rows
        return f"{rows}, {number(self.mean)} on average"

    @property
    def lag_phrase(self) -> str:
        """When they come."""
        if self.lag is None:
            return "at the parent's own time"
        spans = (
            (name, span(value) if name in ("mean", "median") else value)
            for name, value in self.lag_parameters.items()
        )
        return f"each after {article(spaced(self.lag))} lag of {settings(spans)}"


@forms.named("detail")
class DetailKey(ForeignKey):
    """A foreign key to the row that made this one, as an order makes its lines."""

    form: Literal["detail"] = Field(
        default="detail", description="How rows refer to those of the other table."
    )
    habits: DetailHabits | None = Field(
        default=None, description="What its rows and their number are drawn from."
    )

    first_only: ClassVar[bool] = True
    takes_times: ClassVar[bool] = True
    draws_counts: ClassVar[bool] = True
    words: ClassVar[tuple[str, ...]] = ("detail",)

    @property
    def is_drawn(self) -> bool:
        """Whether it has its habits."""
        return self.habits is not None

    @property
    def shape(self) -> DetailHabits | None:
        """Its habits."""
        return self.habits

    @property
    def keeps_to_time(self) -> bool:
        """Details never come before their parent."""
        return True

    def sentences(self, site: KeySite) -> Iterator[str]:
        """What makes its rows, how many, and when."""
        parent, habits = quoted(self.references), self.habits
        yield (
            f"Makes {quoted(site.child)} a detail of {parent}: each row belongs to the row of "
            f"{parent} that made it."
        )
        if habits is None:
            return
        when = f", {habits.lag_phrase}" * site.is_timed
        yield f"A parent makes {habits.count_phrase}{when}."
        if habits.none:
            yield (
                f"{percent(habits.none)} of parents have none on purpose, and count in that "
                "average."
            )
        if habits.total is not None:
            yield f"There are to be {habits.total:,} in all, shared out among the parents."
        if habits.latent:
            yield (
                f"For {part(habits.latent, 'parents')}, a hidden trait of the parent tells how "
                "many."
            )

    @property
    def is_at_once(self) -> bool:
        """Where details come at the time of their parent."""
        return self.habits is not None and self.habits.lag is None
