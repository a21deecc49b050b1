"""What every aggregate of children has in common.

An aggregate gets the children of all parents in one pass, in order and without those that refer to
nobody, and gives a number for every parent. It is of the rows alone, or of a variable of theirs.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from typing import ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.numerics.sums import mean
from plurel_cli.schema.variable import Variable

Doubles = NDArray[np.float64]

Block = tuple[int, NDArray[np.int64], NDArray[np.float32]]
"""First row of some children, their keys, and their values."""


class Some(NamedTuple):
    """Some children: to which parents they refer, and their values.

    There are no values where an aggregate is of the rows alone.
    """

    first: int
    refers: NDArray[np.bool_] | None
    parents: NDArray[np.int64]
    values: NDArray[np.float32]

    @property
    def rows(self) -> NDArray[np.int64]:
        """Which rows they are."""
        if self.refers is None:
            return np.arange(self.first, self.first + len(self.parents))
        return self.first + np.flatnonzero(self.refers)


class ChildRows:
    """All children, in order, for one pass.

    Parameters
    ----------
    n_parents, n_rows
        Row counts of the parent and of the child table.
    blocks
        The children, block by block; one whose key is below 0 refers to nobody.

    Attributes
    ----------
    count
        How many each parent has of those that have passed.
    """

    def __init__(self, n_parents: int, n_rows: int, blocks: Iterable[Block]) -> None:
        self.n_parents, self.n_rows, self._blocks = n_parents, n_rows, blocks
        self.count = np.zeros(n_parents)

    def __iter__(self) -> Iterator[Some]:
        for first, keys, values in self._blocks:
            refers = None
            if len(keys) and keys.min() < 0:  # refers to nobody
                refers = keys >= 0
                keys = keys[refers]
                values = values[refers] if len(values) else values
            np.add.at(self.count, keys, 1.0)
            yield Some(first, refers, keys, values)


class Aggregate(GatheredRecord):
    """The base of every aggregate of children."""

    is_of_variable: ClassVar[bool] = False
    """Whether it is of a variable of the children, and not of their rows alone."""

    @classmethod
    def planned(cls, table: str, foreign_key: str, node: int | None, half_life: float) -> Self:
        """The record of one.

        Parameters
        ----------
        table, foreign_key
            The child table, and its foreign key.
        node
            Node of the variable that it is of, if it is of one.
        half_life
            How fast what is long ago loses weight, as a share of the child's rows.

        Returns
        -------
        Self
        """
        return cls(table=table, foreign_key=foreign_key)

    @abstractmethod
    def values(self, children: ChildRows) -> Doubles:
        """Its value for every parent."""


class OfVariable(Aggregate):
    """The base of aggregates of a variable."""

    is_of_variable: ClassVar[bool] = True

    node: int = Field(description="Node of the child table.")

    @classmethod
    def planned(cls, table: str, foreign_key: str, node: int | None, half_life: float) -> Self:
        """The record of one."""
        return cls.model_validate({"table": table, "foreign_key": foreign_key, "node": node})

    def reads(self) -> tuple[Variable, ...]:
        """The variable that it is of."""
        return (Variable(self.table, self.node),)


def with_mean_where_none(values: Doubles, count: Doubles) -> Doubles:
    """Values, with the mean over the parents that have children for those that have none.

    Parameters
    ----------
    values
        One a parent; changed in place.
    count
        How many children each parent has.

    Returns
    -------
    ndarray
        The same values.
    """
    has_some = count > 0
    values[~has_some] = mean(values[has_some]) if has_some.any() else 0.0
    return values
