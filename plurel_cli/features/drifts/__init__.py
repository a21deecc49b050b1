"""How something moves with time, a class and file each.

A class is the record of one such drift in `schema.json`, and holds all that there is to it: what
draws it (`drawn`) and what its path over the window is (`path`). Its base is `drift.Drift`.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plurel_cli.prose import article, spaced
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion


class DriftRecord(Record):
    """How something moves with time."""

    kind: str = Field(default="", description="Which way.")

    @property
    def phrase(self) -> str:
        """How it moves, in a sentence."""
        return f"{article(spaced(self.kind))} drift"


drifts: OpenUnion[DriftRecord] = OpenUnion(
    DriftRecord, "drift", __name__, ("gradual", "seasonal", "step", "local")
)

AnyDrift = Annotated[DriftRecord, drifts]
"""A record of any of them."""
