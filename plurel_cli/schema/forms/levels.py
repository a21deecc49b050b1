"""To a row of the level above in the own table, as employees do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.prose import counted, number
from plurel_cli.schema.foreign_key import ForeignKey, KeySite
from plurel_cli.schema.forms import forms
from plurel_cli.schema.record import Record


class LevelsHabits(Record):
    """What shapes a foreign key of form `levels`."""

    depth: int = Field(description="Levels of rows below the first.")
    branching: float = Field(description="Size of a level over that of the one above.")


@forms.named("levels")
class LevelsKey(ForeignKey):
    """A foreign key to a row of the level above in its own table."""

    form: Literal["levels"] = Field(
        default="levels", description="How rows refer to those of the same table."
    )
    nullable: bool = Field(default=True, description="Whether it may hold nulls.")
    habits: LevelsHabits | None = Field(
        default=None, description="From the `fk` stage on: what it was drawn from."
    )

    to_self: ClassVar[bool] = True
    words: ClassVar[tuple[str, ...]] = ("levels",)

    @property
    def is_drawn(self) -> bool:
        """Whether it has its habits."""
        return self.habits is not None

    @property
    def shape(self) -> LevelsHabits | None:
        """Its habits."""
        return self.habits

    def sentences(self, site: KeySite) -> Iterator[str]:
        """How many levels there are."""
        yield "Makes a hierarchy: a row refers to a row of the level above in its own table."
        if self.habits is not None:
            ratio = number(self.habits.branching)
            levels = counted(self.habits.depth, "level")
            is_small = site.n_children < self.habits.branching**self.habits.depth
            most = " at most, as far as there are rows" * is_small
            yield (
                f"Below the first level there are {levels}{most}, each about {ratio} times as "
                "large as the one above."
            )
