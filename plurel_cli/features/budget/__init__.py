"""What a share of a column's variance may come from, a class and file each.

A class is the record of one such share in `schema.json`, and holds all that there is to it: which
tables it is possible in, what draws it (`drawn`), which variables it depends on (`reads`), what
makes its values (`component`), and how it is put in words. Its base is `share.BudgetShare`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, ClassVar

from pydantic import Field

from plurel_cli.prose import documented
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion
from plurel_cli.schema.variable import Naming, Variable


class ShareRecord(Record):
    """A share of a column's variance."""

    is_stated: ClassVar[bool] = False
    """Whether it is only where a config states it, and never drawn."""

    is_of_graph: ClassVar[bool] = False
    """Whether it is made of what causes, or the source, give."""

    kind: str = Field(default="", description="What it comes from.")
    share: float = Field(description="Share of the variance.")

    @property
    def is_link(self) -> bool:
        """Whether it comes from a hidden trait, from other rows or from time."""
        return True

    @property
    def of_row(self) -> tuple[int, ...]:
        """Nodes of the same row that it is made of."""
        return ()

    def reads(self) -> tuple[Variable, ...]:
        """Variables of other tables that it is made of."""
        return ()

    def words(self, origin: str) -> str:
        """What it comes from, in words.

        Parameters
        ----------
        origin
            What the causal graph gives: `causes`, or `source`.
        """
        return self.kind

    def told(self, origin: str, table: str, name: Callable[[Variable], str]) -> str:
        """The same, with the names of the variables that it comes from.

        Parameters
        ----------
        origin
            What the causal graph gives: `causes`, or `source`.
        table
            The table that it is a share of a variable of.
        name
            Gives the name of a variable.

        Returns
        -------
        str
        """
        return self.words(origin)

    def phrase(self, origin: str, table: str, names: Naming) -> str:
        """What it comes from, in a sentence.

        Parameters
        ----------
        origin
            What the causal graph gives, in words.
        table
            The table that it is a share of a variable of.
        names
            What variables are called.

        Returns
        -------
        str
        """
        return documented(type(self))


budget_shares: OpenUnion[ShareRecord] = OpenUnion(
    ShareRecord,
    "budget share",
    __name__,
    ("causes", "traits", "parents", "memory", "drift", "children", "noise", "blocks", "batches"),
)

AnyShare = Annotated[ShareRecord, budget_shares]
"""A record of any of them."""

Budget = tuple[AnyShare, ...]
"""What shares of a column's variance come from where, in the order in which they are added."""
