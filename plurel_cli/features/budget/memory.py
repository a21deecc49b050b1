"""The share of earlier rows with the same reference."""

from __future__ import annotations

import math
from typing import Literal, Self

from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import Floats, ShareComponent, WholeComponent
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows, sign_of
from plurel_cli.features.chains import AnyChain, chains
from plurel_cli.features.chains.along import memories
from plurel_cli.features.chains.chain import Chain
from plurel_cli.features.streams import reference_stream
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import number, quoted
from plurel_cli.schema.variable import Naming


@budget_shares.kind
class MemoryShare(BudgetShare):
    """Earlier rows with the same reference; timed tables only."""

    kind: Literal["memory"] = Field(default="memory", description="What it comes from.")
    foreign_key: str = Field(description="Foreign key that they have in common.")
    chain: AnyChain = Field(description="The chain along their rows.")
    sign: Literal[-1, 1] = Field(description="Whether more of it is more or less.")

    @classmethod
    def is_possible(cls, budgeted: BudgetedTable) -> bool:
        """Where rows have times, and several may have the same reference."""
        return budgeted.is_timed and bool(budgeted.keys_to_many)

    @classmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one, of a chain that other columns by the same key and number have too; by a key
        whose rows have times of their own, if there is one.
        """
        draws = stream.child("memory").draws()
        every = budgeted.keys_to_many
        key = draws.item([key for key in every if not key.is_at_once] or every)
        settings = budgeted.of_key(key)
        number = draws.below(settings.chains)
        parent = budgeted.schema.by_name[key.references]
        of_chain = budgeted.stream.child("chain", parent.id, key.ordinal, number)
        persistence = settings.persistence.draw(of_chain.draws())
        kind = settings.chain.draw(of_chain.child("kind").draws())
        return cls(
            share=share,
            foreign_key=key.name,
            chain=chains.record(kind)(number=number, persistence=persistence),
            sign=sign_of(draws),
        )

    def component(self, rows: ShareRows) -> ShareComponent:
        """The chain along the rows with each reference."""
        every = rows.kept(
            ("memory", rows.table.name, self.foreign_key), lambda: self._every_chain(rows)
        )
        return WholeComponent(every[self.chain.number], self.sign * math.sqrt(self.share))

    def _every_chain(self, rows: ShareRows) -> dict[int, Floats]:
        """All chains by the foreign key that some column follows, in one pass."""
        (key,) = (key for key in rows.table.foreign_keys if key.name == self.foreign_key)
        stream = reference_stream(rows.schema, rows.table, key).child("memory")
        followed: dict[int, Chain] = {}
        for other in rows.shares(MemoryShare):
            if other.foreign_key == self.foreign_key and isinstance(other.chain, Chain):
                followed[other.chain.number] = other.chain
        every = [(chain, stream.child(number)) for number, chain in followed.items()]
        n_parents = rows.referenced(self.foreign_key).rows
        values = memories(rows.keys(self.foreign_key), rows.table.rows, n_parents, every)
        return dict(zip(followed, values, strict=True))

    def words(self, origin: str) -> str:
        """What it comes from, in words."""
        return f"memory {self.chain.number} by {self.foreign_key}"

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """Whose memory, and how long it is."""
        how = self.chain.phrase
        if isinstance(self.chain, Chain):
            how = f"{how}, persistence {number(self.chain.persistence)}"
        return f"memory of earlier rows with the same {quoted(self.foreign_key)} ({how})"
