"""The share of a named variable of a row that the row refers to."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar, Literal, NoReturn

import numpy as np
from pydantic import Field

from plurel_cli.features.budget import budget_shares
from plurel_cli.features.budget.components import LookedUpComponent, ShareComponent
from plurel_cli.features.budget.effects import LINEAR
from plurel_cli.features.budget.own import acting, acting_phrase, effect_of
from plurel_cli.features.budget.share import BudgetedTable, BudgetShare, ShareRows
from plurel_cli.features.budget.standard import with_nobody
from plurel_cli.numerics.stream import Stream
from plurel_cli.prose import quoted
from plurel_cli.schema.variable import Naming, Variable


@budget_shares.kind
class ReferencedShare(BudgetShare):
    """A variable of the row that a foreign key refers to, as a config states it."""

    is_stated: ClassVar[bool] = True

    kind: Literal["referenced"] = Field(default="referenced", description="What it comes from.")
    foreign_key: str = Field(description="Foreign key to that row.")
    table: str = Field(description="The table referred to.")
    node: int = Field(description="The node of the variable there.")
    sign: Literal[-1, 1] = Field(default=1, description="Whether more of it is more or less.")
    mechanism: str = Field(default=LINEAR, description="How it acts.")

    @classmethod
    def drawn(cls, share: float, place: BudgetedTable, stream: Stream) -> NoReturn:
        """It is never drawn."""
        raise AssertionError("a share of a named variable is stated")

    def reads(self) -> tuple[Variable, ...]:
        """The variable."""
        return (Variable(self.table, self.node),)

    def component(self, rows: ShareRows) -> ShareComponent:
        """What the variable does, standardised by the rows that refer."""
        variable, keys = Variable(self.table, self.node), rows.keys(self.foreign_key)
        whole = rows.whole(variable)
        at = rows.reference.of(keys)
        effect = effect_of(self, rows, variable, whole.take(at[at >= 0]))
        values = effect.of(whole) if effect.is_fine else np.zeros(len(whole), np.float32)
        return LookedUpComponent(with_nobody(values), keys)

    def told(self, origin: str, table: str, name: Callable[[Variable], str]) -> str:
        """The variable, by the foreign key to its row, and how it acts."""
        cause = f"{self.foreign_key}.{name(Variable(self.table, self.node))}"
        return acting(cause, self.sign, self.mechanism)

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """The variable, and how it acts."""
        cause = names.name(Variable(self.table, self.node))
        place = f"{cause} of the row that {quoted(self.foreign_key)} refers to"
        return acting_phrase(place, self.sign, self.mechanism)
