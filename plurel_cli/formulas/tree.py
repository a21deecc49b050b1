"""The tree of a formula: numbers, columns, aggregates of children, and operations on them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Constant:
    """A number."""

    value: float


@dataclass(frozen=True)
class Label:
    """A text in quotes: a label that a category is compared with."""

    text: str


@dataclass(frozen=True)
class ColumnLeaf:
    """A column.

    Attributes
    ----------
    name
        Its name.
    key
        The foreign key to the row that it is of; none for a column of the same row.
    """

    name: str
    key: str | None = None

    def __str__(self) -> str:
        return self.name if self.key is None else f"{self.key}.{self.name}"


@dataclass(frozen=True)
class AggregateLeaf:
    """An aggregate of the rows that refer to the row.

    Attributes
    ----------
    function
        `count`, `sum`, `mean`, `min`, `max` or `any`.
    table
        The table of these rows.
    column
        What is aggregated; none for a count.
    key
        Their foreign key; none where there is only one.
    """

    function: str
    table: str
    column: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        column = "" if self.column is None else f".{self.column}"
        by = "" if self.key is None else f" by {self.key}"
        return f"{self.function}({self.table}{column}{by})"


@dataclass(frozen=True)
class Operation:
    """A function or an operator, and what it is of."""

    name: str
    of: tuple[Node, ...]


Node: TypeAlias = Constant | Label | ColumnLeaf | AggregateLeaf | Operation

Leaf: TypeAlias = ColumnLeaf | AggregateLeaf


def leaves(node: Node) -> Iterator[Leaf]:
    """The columns and aggregates that a formula is of, in order, each as often as it occurs."""
    if isinstance(node, Operation):
        for inner in node.of:
            yield from leaves(inner)
    elif isinstance(node, ColumnLeaf | AggregateLeaf):
        yield node
