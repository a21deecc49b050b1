"""What every way to determine a column has in common.

A way says first which columns it could give a table (`proposals`), by the names of those that
determine it; one of these becomes its record. What the reference sample decides is found once,
and kept in the record. A null among what determines a value makes it null, but for a running sum,
which passes over it.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.determined import DeterminedRecord
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.column import Feature
from plurel_cli.schema.table import Table

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Labels = NDArray[np.int32]

LARGEST = float(np.finfo(np.float32).max)


@dataclass(frozen=True)
class Proposal:
    """One column that a way could give.

    Attributes
    ----------
    of
        Names of the columns that determine it.
    table
        The table they are columns of, if it is another.
    more
        Further fields of the record.
    """

    of: tuple[str, ...] = ()
    table: str | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """Where a column could be determined.

    Attributes
    ----------
    table, column
        The table, and the column.
    free
        Columns that may determine others, by table.
    """

    table: Table
    column: Feature
    free: Mapping[str, Sequence[Feature]]

    @property
    def is_number(self) -> bool:
        """Whether the column is a number."""
        return self.column.categories is None

    @property
    def columns(self) -> Sequence[Feature]:
        """Columns of the same table that may determine it."""
        return self.free[self.table.name]

    @property
    def numbers(self) -> list[str]:
        """Names of the numbers among them."""
        return [column.name for column in self.columns if column.categories is None]

    @property
    def keys_to_many(self) -> list[str]:
        """Names of the table's foreign keys of which many rows may hold the same."""
        return [key.name for key in self.table.foreign_keys if not key.one_child]


@dataclass(frozen=True)
class FitSample:
    """The reference sample that a column is fitted on.

    Attributes
    ----------
    numbers
        Gives the values of a number of the table as they are written, without nulls.
    categories
        How many the column has, if it is categorical.
    column
        The column.
    settings
        Those of the table.
    stream
        Randomness of this column alone.
    """

    numbers: Callable[[int], Floats]
    categories: int | None
    column: Feature
    settings: ScmConfig
    stream: Stream


class WrittenValues(Protocol):
    """What is written of a database, as a determined column asks for it."""

    @property
    def column(self) -> Feature:
        """The column that is determined."""
        ...

    @property
    def stream(self) -> Stream:
        """Randomness of this column alone."""
        ...

    def column_of(self, node: int, table: str | None = None) -> Feature:
        """The column that a node is, of the same table unless another is named.

        Parameters
        ----------
        node
            The node.
        table
            Its table; by default the determined column's.

        Returns
        -------
        Feature
        """
        ...

    def values(self, node: int) -> BlockColumn:
        """What is written of a column of the same table: NaN or −1 for null."""
        ...

    def whole(self, node: int, table: str) -> NDArray[Any]:
        """All that is written of a column of another table, and a null after it.

        Parameters
        ----------
        node
            The node.
        table
            Its table.

        Returns
        -------
        ndarray
            Shape (rows + 1,).
        """
        ...

    def keys(self, foreign_key: str) -> BlockColumn:
        """The table's references; one below 0 is nobody's."""
        ...

    def referenced(self, foreign_key: str) -> Table:
        """The table that a foreign key refers to."""
        ...


class DeterminedColumn(DeterminedRecord):
    """The base of every way to determine a column."""

    through_lens: ClassVar[bool] = False
    """Whether a column with a lens can be determined in this way."""

    @classmethod
    @abstractmethod
    def proposals(cls, candidate: Candidate) -> Sequence[Proposal]:
        """All that a column could be in this way; none where the table does not allow it."""

    @classmethod
    def planned(cls, proposal: Proposal, nodes: Sequence[int]) -> Self:
        """The record of a proposal.

        Parameters
        ----------
        proposal
            The proposal.
        nodes
            The nodes of the columns that it names.

        Returns
        -------
        Self
        """
        return cls(of=tuple(nodes), **proposal.more)

    def fitted(self, sample: FitSample) -> Self:
        """The record with what the reference sample decides."""
        return self

    @abstractmethod
    def values(self, written: WrittenValues) -> BlockColumn:
        """What makes the column's values."""


def as_floats(values: Doubles) -> Floats:
    """Values in float32; what is too large for it is the largest there is."""
    floats: Floats = values.clip(-LARGEST, LARGEST).astype(np.float32)
    return floats


def n_written(column: Feature) -> int:
    """How many values a categorical column is written with."""
    return 2 if column.type == "boolean" else column.categories or 0
