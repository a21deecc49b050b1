"""What is gathered of the rows that refer to a row, a class and file each.

A class is the record of one such aggregate in `schema.json`, and holds all that there is to it:
which variable it is of (`reads`), what makes its values (`values`), and how it is put in words. Its
base is `aggregate.Aggregate`; `over` goes through the rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from pydantic import Field

from plurel_cli.prose import quoted, spaced
from plurel_cli.schema.record import Record
from plurel_cli.schema.union import OpenUnion
from plurel_cli.schema.variable import Naming, Variable


class GatheredRecord(Record):
    """What is gathered of the rows that refer to a row."""

    kind: str = Field(default="", description="By which aggregate.")
    table: str = Field(description="The child table.")
    foreign_key: str = Field(description="Its foreign key into this table.")

    def reads(self) -> tuple[Variable, ...]:
        """The variable of the child table that it is of, if it is of one."""
        return ()

    @property
    def address(self) -> str:
        """What it is, as part of the address of what is drawn for it."""
        variable = "".join(f" of node {variable.node}" for variable in self.reads())
        return f"{self.kind}{variable} of {self.table} by {self.foreign_key}"

    def words(self, name: Callable[[Variable], str]) -> str:
        """What it is, in words.

        Parameters
        ----------
        name
            Gives the name of a variable.

        Returns
        -------
        str
        """
        variable = "".join(f" of {name(variable)}" for variable in self.reads())
        return f"{self.kind}{variable} of {self.table} by {self.foreign_key}"

    def phrase(self, names: Naming) -> str:
        """What it is, in a sentence.

        Parameters
        ----------
        names
            What variables are called.

        Returns
        -------
        str
        """
        variable = "".join(f" of {names.name(variable)}" for variable in self.reads())
        return f"the {spaced(self.kind)}{variable} over {self._rows}"

    @property
    def _rows(self) -> str:
        """The rows that are gathered."""
        return f"its rows of {quoted(self.table)} (by {quoted(self.foreign_key)})"


aggregates: OpenUnion[GatheredRecord] = OpenUnion(
    GatheredRecord,
    "aggregate of children",
    __name__,
    ("count", "sum", "mean", "max", "min", "decayed_sum", "lifetime"),
)

AnyGathered = Annotated[GatheredRecord, aggregates]
"""A record of any of them."""
