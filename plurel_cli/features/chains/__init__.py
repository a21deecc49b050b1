"""How what one row leaves to the next with the same reference goes on, a class and file each.

A class is the record of one such chain in `schema.json`, and makes its values along the rows of
each parent (`follow`). Its base is `chain.Chain`; `along` goes through the rows.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from plurel_cli.prose import spaced
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion


class ChainRecord(Record):
    """A chain along the rows with the same reference."""

    kind: str = Field(default="", description="How it goes on.")
    number: int = Field(description="Which of the chains along their rows.")
    persistence: float = Field(description="Correlation with the row before.")

    @property
    def phrase(self) -> str:
        """How it goes on, in a sentence."""
        return spaced(self.kind)


chains: OpenUnion[ChainRecord] = OpenUnion(
    ChainRecord, "chain of memory", __name__, ("fading", "sticky")
)

AnyChain = Annotated[ChainRecord, chains]
"""A record of any of them."""
