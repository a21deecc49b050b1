"""The base of sources that go by a foreign key."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from plurel_cli.features.time_sources.source import DatedTable, TimeSource
from plurel_cli.numerics.stream import Draws
from plurel_cli.prose import quoted


class Keyed(TimeSource):
    """The base of those that go by a foreign key."""

    foreign_key: str = Field(description="The foreign key that it goes by.")

    @classmethod
    def ways(cls, dated: DatedTable) -> list[str | None]:
        """Each foreign key to many, in a timed table."""
        return [*dated.keys_to_many] if dated.is_timed else []

    @classmethod
    def drawn(cls, foreign_key: str | None, instead: str, draws: Draws) -> Self:
        """Draw one."""
        return cls(foreign_key=str(foreign_key), instead=instead)

    def words(self) -> str:
        """What it is, in words."""
        return f"{self.kind} by {self.foreign_key}"

    @property
    def phrase(self) -> str:
        """What it is, and by which key."""
        return f"{super().phrase} (by {quoted(self.foreign_key)})"
