"""The share of the batch that the row was written in: what makes a row like the next.

The rows of a table come in batches, in the order of the file, as those that are entered, loaded or
measured together. A batch has hidden traits of its own, and a column shows one of them; so columns
that show the same one hang together too. A batch ends after each row with one probability.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.blocks.column import block_rows
from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import Floats, ShareComponent, SharedComponent
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows, sign_of
from plurel_cli.features.streams import table_stream
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import counted
from plurel_cli.schema.variable import Naming

LEAST_BATCHES = 10
"""Batches that a table has in the mean at the least, so that a small one has several values."""


@budget_shares.kind
class BatchShare(BudgetShare):
    """The batch that the row was written in."""

    kind: Literal["batches"] = Field(default="batches", description="What it comes from.")
    trait: int = Field(description="Which of the traits of the batches.")
    mean_rows: int = Field(description="Mean number of rows of a batch.")
    sign: Literal[-1, 1] = Field(description="Whether more of it is more or less.")

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one, of batches that all columns of the table have in common."""
        draws, settings = stream.child("batch").draws(), budgeted.settings
        of_database = Stream(budgeted.schema.seed).child("features", "batch_rows")
        most = max(budgeted.table.rows // LEAST_BATCHES, 1)
        return cls(
            share=share,
            trait=draws.below(settings.batch_traits),
            mean_rows=min(settings.batch_rows.draw(of_database.draws()), most),
            sign=sign_of(draws),
        )

    def component(self, rows: ShareRows) -> ShareComponent:
        """The trait of each row's batch."""
        stream = table_stream(rows.schema, rows.table).child("batches")
        batches = Batches(rows.table.rows, self.mean_rows, stream.child("ends"))
        column = rows.kept(
            ("batch", rows.table.name, self.trait),
            lambda: BatchTraits(batches, stream.child("trait", self.trait)),
        )
        return SharedComponent(column, self.sign * math.sqrt(self.share))

    def words(self, origin: str) -> str:
        """What it comes from, in words."""
        return f"batch trait {self.trait}"

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """How large batches are."""
        size = counted(self.mean_rows, "row")
        return (
            f"the batch that the row was written in (trait {self.trait}; {size} to a batch on "
            "average)"
        )


@dataclass(frozen=True)
class Batches:
    """Batches of consecutive rows; one begins with every block.

    Attributes
    ----------
    n_rows
        Rows of the table.
    mean_rows
        Mean of the rows of a batch, whose number is geometric.
    stream
        Randomness of where they end.
    """

    n_rows: int
    mean_rows: float
    stream: Stream

    def block(self, index: int) -> NDArray[np.intp]:
        """Which batch of its block each row of a block is in, from 0."""
        first, last = block_rows(index, self.n_rows)
        begins = self.stream.generator(index).random(last - first) < 1.0 / self.mean_rows
        begins[0] = False
        return begins.cumsum()


@dataclass(frozen=True)
class BatchTraits:
    """A trait of the batch of each row, standard normal.

    Attributes
    ----------
    batches
        The batches.
    stream
        Randomness of the trait alone.
    """

    batches: Batches
    stream: Stream

    def block(self, index: int) -> Floats:
        """Traits of one block of rows, float32."""
        batch = self.batches.block(index)
        traits = self.stream.generator(index).standard_normal(int(batch[-1]) + 1, dtype=np.float32)
        return traits.take(batch)
