"""Nulls where the column's own hidden value lies beyond a quantile."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field

from plurel_cli.choices.choice import Choice
from plurel_cli.features.nulls import NullRecord, null_reasons
from plurel_cli.features.nulls.reason import Group
from plurel_cli.features.nulls.settings import MissingConfig
from plurel_cli.features.nulls.told import ByValue, Told
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import percent
from plurel_cli.schema.variable import Naming, Variable


@null_reasons.kind
class Itself(ByValue):
    """Where the hidden value of the column, or of the first of its group, is beyond a quantile."""

    kind: Literal["itself"] = Field(default="itself", description="Why.")

    @classmethod
    def p(cls, settings: MissingConfig) -> Choice[float]:
        """Its probability, which each table draws, where another variable would tell."""
        return settings.itself

    @classmethod
    def drawn(
        cls, group: Group, p: float, stream: Stream, before: NullRecord | None
    ) -> Self | None:
        """Draw whether it takes a group over."""
        if not (isinstance(before, Told) and stream.draws().chance(p)):
            return None
        return cls(share=group.share, group=group.number, cause=group.members[0], side=before.side)

    def phrase(self, table: str, names: Naming) -> str:
        """Which rows of its own."""
        end = "highest" if self.side == "above" else "lowest"
        cause = names.name(Variable(table, self.cause))
        return f"in {percent(self.share)} of rows, those where the value of {cause} would be {end}"
