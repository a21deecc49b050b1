"""What columns that show others are made of, and which of them change when some columns do."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from plurel_cli.formulas.tree import AggregateLeaf, leaves
from plurel_cli.lenses import Lens
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.link import Link
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import path_of
from plurel_cli.schema.table import Table

ShownColumn = tuple[str, str]
"""A table and a column of it, by name."""


def shown_lens(column: Column) -> Lens | None:
    """The lens of a column that shows others, or follows another time; else none."""
    if isinstance(column, Attribute):
        return column.lens
    if isinstance(column, Feature) and column.lens is not None and column.lens.reads:
        return column.lens if column.held is None else None
    return None


def read_by(schema: Schema, table: Table, lens: Lens) -> Iterator[ShownColumn]:
    """Columns that a lens is made of.

    Parameters
    ----------
    schema, table
        The table of its column.
    lens
        The lens.

    Yields
    ------
    tuple
        Table and column; of a count of rows, their foreign key.
    """
    if isinstance(lens, Link) and lens.where is not None:
        other = next(t for t in schema.tables if lens.to in (t.id, t.name))
        yield from read_by(schema, other, FormulaLens(of=lens.where))
    if not isinstance(lens, FormulaLens):
        for text in lens.reads:
            path = path_of(schema, table, text)
            yield path.table.name, path.column.name
        return
    for leaf in leaves(lens.tree):
        if isinstance(leaf, AggregateLeaf):
            if leaf.column is not None:
                yield leaf.table, leaf.column
        else:
            path = path_of(schema, table, str(leaf))
            yield path.table.name, path.column.name


def made_of(schema: Schema, table: Table, column: Column) -> set[ShownColumn]:
    """Columns that one is made of: those that it shows, and those that say where it is null.

    Parameters
    ----------
    schema, table, column
        The column.

    Returns
    -------
    set
        Table and column of each.
    """
    lens = shown_lens(column)
    read = set() if lens is None else {*read_by(schema, table, lens)}
    is_held = isinstance(column, Feature) and column.held is not None
    if isinstance(column, Feature | Attribute) and column.when is not None and not is_held:
        read |= {*read_by(schema, table, FormulaLens(of=column.when))}
    return read


def affected(schema: Schema, changed: Iterable[ShownColumn]) -> set[ShownColumn]:
    """Columns that show others and change with some columns, directly or through each other.

    Parameters
    ----------
    schema
        The database.
    changed
        Columns that change.

    Returns
    -------
    set
        Table and column of each.
    """
    shown = {
        (table.name, column.name): read
        for table in schema.tables
        for column in table.columns
        if (read := made_of(schema, table, column))
    }
    reached, pending = set(changed), True
    while pending:
        more = {place for place, read in shown.items() if place not in reached and read & reached}
        reached |= more
        pending = bool(more)
    return {place for place in reached if place in shown}
