"""What every share of a column's variance has in common.

A share is drawn for a column of a table in which it is possible, and gives a component of mean 0
and variance 1 over the reference rows, weighed by its root. The components of a column are added
one after another.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, Self, TypeVar

from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.budget import ShareRecord
from plurel_cli.features.budget.components import Floats, ShareComponent
from plurel_cli.features.budget.effects import Labelled
from plurel_cli.features.budget.scale import Scale
from plurel_cli.features.budget.settings import BudgetConfig
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.nodes import Computed
from plurel_cli.numerics.stream import Draws, Stream
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable
from plurel_cli.schema.window import Window

T = TypeVar("T")

S = TypeVar("S", bound=ShareRecord)


@dataclass(frozen=True)
class BudgetedTable:
    """A table whose columns may have a budget.

    Attributes
    ----------
    schema, table
        The table.
    settings
        Those of budgets.
    stream
        Randomness of the table's budgets alone.
    keys
        Settings of budgets for foreign keys of which some are stated.
    """

    schema: Schema
    table: Table
    settings: BudgetConfig
    stream: Stream
    keys: Mapping[str, BudgetConfig] = field(default_factory=dict)

    def of_key(self, key: ForeignKey) -> BudgetConfig:
        """Settings of what comes by a foreign key."""
        return self.keys.get(key.name, self.settings)

    @property
    def is_timed(self) -> bool:
        """Whether its rows have times."""
        return self.table.time_column is not None

    @property
    def keys_to_many(self) -> list[ForeignKey]:
        """Its foreign keys of which many rows may hold the same."""
        return [key for key in self.table.foreign_keys if not key.one_child]

    @property
    def child_keys(self) -> list[tuple[Table, ForeignKey]]:
        """The foreign keys of other tables into it, each with its table."""
        return child_keys(self.schema, self.table)


class ShareGraphs(Protocol):
    """The causal graphs of all tables, as a share of one node asks for them once they are there."""

    @property
    def settings(self) -> ScmConfig:
        """Settings of the node's table."""
        ...

    @property
    def stream(self) -> Stream:
        """Randomness of the node's budget alone."""
        ...

    def free(self, table: str) -> list[int]:
        """Nodes of another table's columns that may act on the node without closing a circle."""
        ...


class ShareRows(Protocol):
    """The rows of a table, as a share of one of its nodes asks for them."""

    @property
    def schema(self) -> Schema:
        """The database."""
        ...

    @property
    def table(self) -> Table:
        """The table."""
        ...

    @property
    def node(self) -> int:
        """The node."""
        ...

    @property
    def stream(self) -> Stream:
        """Randomness of the node alone."""
        ...

    @property
    def window(self) -> Window:
        """The window that all times lie in."""
        ...

    @property
    def times(self) -> BlockColumn:
        """Times of the rows."""
        ...

    @property
    def reference(self) -> Computed:
        """The reference rows."""
        ...

    @property
    def given(self) -> Floats | None:
        """What causes or the source give in the reference rows, if some share is made of it."""
        ...

    def keys(self, foreign_key: str) -> BlockColumn:
        """Their references; one below 0 is nobody's."""
        ...

    def referenced(self, foreign_key: str) -> Table:
        """The table that a foreign key refers to."""
        ...

    def gathered(self, gathered: GatheredRecord, *, as_written: bool = False) -> Floats:
        """What is gathered of the rows that refer to each row.

        Parameters
        ----------
        gathered
            What of which rows.
        as_written
            Whether numbers are those that a lens writes of the variable.

        Returns
        -------
        ndarray
        """
        ...

    def labelled(self, variable: Variable) -> Labelled | None:
        """What a variable is as a category; none where it is a number."""
        ...

    def whole(self, variable: Variable) -> NDArray[Any]:
        """All values of a variable of another table, a number that is cut as its label."""
        ...

    def shares(self, kind: type[S]) -> list[S]:
        """All shares of one kind in the table."""
        ...

    def scale(self, kind: str, values: Floats) -> Scale:
        """How a share of this kind is standardised: by these values, or as its fit has it.

        Parameters
        ----------
        kind
            Of the share.
        values
            Its values in the reference rows.

        Returns
        -------
        Scale
        """
        ...

    def kept(self, what: tuple[object, ...], make: Callable[[], T]) -> T:
        """What is made once for all of the database that ask for it.

        Parameters
        ----------
        what
            Naming it.
        make
            Makes it, the first time.

        Returns
        -------
        T
            What was made.
        """
        ...


class BudgetShare(ShareRecord):
    """The base of every share of a column's variance."""

    @classmethod
    def is_possible(cls, budgeted: BudgetedTable) -> bool:
        """Whether columns of a table may have it."""
        return True

    @classmethod
    @abstractmethod
    def drawn(cls, share: float, budgeted: BudgetedTable, stream: Stream) -> Self:
        """Draw one.

        Parameters
        ----------
        share
            How much it is.
        budgeted
            The table.
        stream
            Randomness of this column's budget alone.

        Returns
        -------
        Self
        """

    def completed(self, graphs: ShareGraphs) -> Self:
        """The same with what can be drawn only once the graphs of all tables are there."""
        return self

    @abstractmethod
    def component(self, rows: ShareRows) -> ShareComponent:
        """What makes its values, weighed."""


def sign_of(draws: Draws) -> int:
    """Draw a sign."""
    return 1 if draws.chance(0.5) else -1


def child_keys(schema: Schema, table: Table) -> list[tuple[Table, ForeignKey]]:
    """The foreign keys of other tables into a table, each with its table.

    Parameters
    ----------
    schema
        The database.
    table
        The table.

    Returns
    -------
    list of (Table, ForeignKey)
        In the order of the tables.
    """
    return [pair for pair in schema.referring.get(table.name, ()) if pair[0].name != table.name]
