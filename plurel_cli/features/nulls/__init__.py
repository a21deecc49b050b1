"""Reasons why rows of a column are null, a class and file each.

A class is the record of one such reason in `schema.json`, and holds all that there is to it: what
draws it, which variables tell of the nulls (`reads`), what its fit finds, which rows are null, and
how it is put in words. Its base is `reason.NullReason`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from plurel_cli.prose import documented, percent
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion
from plurel_cli.schema.variable import Naming, Variable


class NullRecord(Record):
    """Which rows of a column are null."""

    kind: str = Field(default="", description="Why.")
    share: float = Field(description="Share of the rows.")
    group: int = Field(description="Columns of one group are null in the same rows.")

    def reads(self, table: str) -> tuple[Variable, ...]:
        """Variables that tell of the nulls of a table's column."""
        return ()

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """Which rows, in words.

        Parameters
        ----------
        table
            The table.
        name
            Gives the name of a variable.

        Returns
        -------
        str
            As "5% at random".
        """
        return f"{self.share:.0%} {self.kind}"

    def phrase(self, table: str, names: Naming) -> str:
        """Which rows are null, in a sentence.

        Parameters
        ----------
        table
            The table.
        names
            What variables are called.

        Returns
        -------
        str
            As "in 5% of rows, at random".
        """
        return f"in {percent(self.share)} of rows, {documented(type(self))}"


null_reasons: OpenUnion[NullRecord] = OpenUnion(
    NullRecord, "reason of nulls", __name__, ("random", "told", "itself", "begins")
)

AnyNulls = Annotated[NullRecord, null_reasons]
"""A record of any reason."""
