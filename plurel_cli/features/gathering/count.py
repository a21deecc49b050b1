"""How many children there are."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from plurel_cli.features.gathering import aggregates
from plurel_cli.features.gathering.aggregate import Aggregate, ChildRows, Doubles
from plurel_cli.schema.variable import Naming


@aggregates.kind
class Count(Aggregate):
    """How many children there are."""

    kind: Literal["count"] = Field(default="count", description="By which aggregate.")

    def values(self, children: ChildRows) -> Doubles:
        """Their number."""
        for _ in children:
            pass
        return children.count

    def phrase(self, names: Naming) -> str:
        """Whose number."""
        return f"the number of {self._rows}"
