"""Ways in which columns determine another exactly, as they are written, a class and file each.

A class is the record of one such column in `schema.json`, and holds all that there is to it: which
columns of a table it may be (`proposals`), what its fit finds (`fitted`), what makes its values
(`column`), and how it is put in words. Its base is `column.DeterminedColumn`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from plurel_cli.prose import listed, spaced
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion
from plurel_cli.schema.variable import Naming, Variable


class DeterminedRecord(Record):
    """By what a column is determined, exactly."""

    kind: str = Field(description="Which way.")
    of: tuple[int, ...] = Field(default=(), description="Nodes of columns that determine it.")

    def reads(self, table: str) -> tuple[Variable, ...]:
        """Variables that determine it in a row of a table."""
        return tuple(Variable(table, node) for node in self.of)

    def words(self, table: str, name: Callable[[Variable], str]) -> str:
        """What determines it, in words.

        Parameters
        ----------
        table
            The table it is a column of.
        name
            Gives the name of a variable.

        Returns
        -------
        str
            As "sum of a, b".
        """
        return " of ".join([self.kind, *filter(None, [", ".join(map(name, self.reads(table)))])])

    def phrase(self, table: str, names: Naming) -> str:
        """What it is equal to, in a sentence.

        Parameters
        ----------
        table
            The table it is a column of.
        names
            What variables are called.

        Returns
        -------
        str
        """
        return f"the {spaced(self.kind)} of {listed(map(names.name, self.reads(table)))}"


determined: OpenUnion[DeterminedRecord] = OpenUnion(
    DeterminedRecord,
    "way to determine a column",
    __name__,
    (
        *("sum", "difference", "product", "rounded", "counter", "total"),
        *("band", "lookup", "copied"),
    ),
)

AnyDetermined = Annotated[DeterminedRecord, determined]
"""A record of any way."""
