"""Rows that their parents make: each parent draws how many."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms import forms
from plurel_cli.schema.record import Record


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
