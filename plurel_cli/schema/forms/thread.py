"""To any earlier row of the own table, as replies do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from plurel_cli.prose import percent
from plurel_cli.schema.foreign_key import ForeignKey, KeySite
from plurel_cli.schema.forms import forms
from plurel_cli.schema.record import Record


class ThreadHabits(Record):
    """What shapes a foreign key of form `thread`."""

    root: float = Field(description="Share of rows that refer to none.")
    recency: int = Field(description="Of so many earlier rows the latest is taken.")


@forms.named("thread")
class ThreadKey(ForeignKey):
    """A foreign key to any earlier row of its own table."""

    form: Literal["thread"] = Field(
        default="thread", description="How rows refer to those of the same table."
    )
    nullable: bool = Field(default=True, description="Whether it may hold nulls.")
    habits: ThreadHabits | None = Field(
        default=None, description="From the `fk` stage on: what it was drawn from."
    )

    to_self: ClassVar[bool] = True
    by_default: ClassVar[bool] = True
    words: ClassVar[tuple[str, ...]] = ("thread",)

    @property
    def is_drawn(self) -> bool:
        """Whether it has its habits."""
        return self.habits is not None

    @property
    def shape(self) -> ThreadHabits | None:
        """Its habits."""
        return self.habits

    def sentences(self, site: KeySite) -> Iterator[str]:
        """How far back its rows refer."""
        yield "Makes threads: a row refers to an earlier row of its own table, as a reply does."
        if self.habits is not None:
            yield f"{percent(self.habits.root)} of rows begin a thread, and refer to none."
            if self.habits.recency > 1:
                yield (
                    f"Others take the latest of {self.habits.recency} earlier rows drawn at random."
                )
