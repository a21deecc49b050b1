"""Which columns tell the future of their row, as far as that follows from what they show.

An aggregate of rows that come with times gathers what came after the row that they refer to. What
shows such a column, or has values only where it says so, tells the same.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

from plurel_cli.formulas.tree import AggregateLeaf, leaves
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import path_of
from plurel_cli.schema.table import Table

ColumnName = tuple[str, str]
"""A table and a column of it, by name."""


def telling_future(schema: Schema, denied: Callable[[Table], Collection[str]]) -> Schema:
    """The schema with all columns marked that tell the future.

    Parameters
    ----------
    schema
        A database with some columns marked.
    denied
        Columns of a table that are stated not to.

    Returns
    -------
    Schema
    """
    known = {
        (table.name, column.name)
        for table in schema.tables
        for column in table.contents
        if column.tells_future
    }
    pending: dict[ColumnName, tuple[set[ColumnName], Feature | Attribute]] = {}
    for table in schema.tables:
        if not (reading := [c for c in table.contents if c.lens is not None or c.when is not None]):
            continue
        excluded = denied(table)
        for column in reading:
            if column.name not in excluded:
                pending[table.name, column.name] = {*_read(schema, table, column)}, column
    while more := {
        name
        for name, (read, column) in pending.items()
        if name not in known and (_is_of_later(schema, column) or read & known)
    }:
        known |= more
    if not known:
        return schema
    return schema.but(
        tables=tuple(
            table.but(columns=tuple(_marked(table, column, known) for column in table.columns))
            for table in schema.tables
        )
    )


def shown_by(schema: Schema, table: str, column: str) -> set[ColumnName]:
    """Columns that show a column, at once or by way of others.

    Parameters
    ----------
    schema
        A database.
    table, column
        The column.

    Returns
    -------
    set
        Of tables and columns, without the column itself.
    """
    reading = {
        (other.name, reader.name): {*_read(schema, other, reader)}
        for other in schema.tables
        for reader in other.contents
        if reader.lens is not None or reader.when is not None
    }
    known = {(table, column)}
    while more := {name for name, read in reading.items() if name not in known and read & known}:
        known |= more
    return known - {(table, column)}


def _marked(table: Table, column: Column, known: Collection[ColumnName]) -> Column:
    if not isinstance(column, Feature | Attribute) or (table.name, column.name) not in known:
        return column
    return column if column.tells_future else column.but(tells_future=True)


def _formulas(column: Feature | Attribute) -> Iterator[FormulaLens]:
    """The formulas that a column hangs on."""
    if isinstance(column.lens, FormulaLens):
        yield column.lens
    if column.when is not None:
        yield FormulaLens(of=column.when)


def _is_of_later(schema: Schema, column: Feature | Attribute) -> bool:
    """Whether a column gathers rows that come with times."""
    return any(
        isinstance(leaf, AggregateLeaf) and schema.by_name[leaf.table].time_column is not None
        for formula in _formulas(column)
        for leaf in leaves(formula.tree)
    )


def _read(schema: Schema, table: Table, column: Feature | Attribute) -> Iterator[ColumnName]:
    """Columns that one shows, or that say where it has values."""
    for formula in _formulas(column):
        for leaf in leaves(formula.tree):
            if not isinstance(leaf, AggregateLeaf):
                path = path_of(schema, table, str(leaf))
                yield path.table.name, path.column.name
            elif leaf.column is not None:
                yield leaf.table, leaf.column
    if isinstance(column, Attribute) and not isinstance(column.lens, FormulaLens):
        for text in column.lens.reads:
            path = path_of(schema, table, text)
            yield path.table.name, path.column.name
