"""Which columns of a database go where in tables that are there, and what does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plurel_cli.errors import ExportError
from plurel_cli.schema.column import PrimaryKey
from plurel_cli.schema.declared import links, parents_first
from plurel_cli.schema.foreign_key import ForeignKey

if TYPE_CHECKING:
    from plurel_cli.export.existing.names import GivenNames
    from plurel_cli.schema.model import Schema
    from plurel_cli.schema.table import Table

_SHOWN = 5
"""Problems that are named, at most."""


@dataclass(frozen=True)
class ThereColumn:
    """A column of a table that is there.

    Attributes
    ----------
    must_be
        Whether it must have a value, which nothing else gives.
    is_required
        Whether it may not be null.
    is_computed
        Whether the database computes it.
    is_number
        Whether it holds numbers.
    is_key
        Whether it is of the primary key.
    is_checked
        Whether it refers to rows that must be there before the transaction ends.
    """

    name: str
    must_be: bool
    is_required: bool
    is_computed: bool
    is_number: bool
    is_key: bool
    is_checked: bool


There = Mapping[str, Mapping[str, ThereColumn]]
"""Tables that are there and their columns, by their names."""


@dataclass
class PlacedTable:
    """A table, and which of its columns go into the one that is there.

    Attributes
    ----------
    table
        Ours.
    name
        What it is called there.
    there
        Columns of the one that is there, by name.
    columns
        Names of columns that are filled there, by ours.
    later
        Those of ours that are filled once all rows are there.
    """

    table: Table
    name: str
    there: Mapping[str, ThereColumn]
    columns: dict[str, str] = field(default_factory=dict)
    later: list[str] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        """Our columns by which its rows are known there; empty where these have others."""
        ours = {theirs: name for name, theirs in self.columns.items()}
        keys = [name for name, one in self.there.items() if one.is_key]
        return [ours[key] for key in keys] if {*keys} <= {*ours} else []

    def theirs(self, name: str) -> ThereColumn:
        """The column there that one of ours fills."""
        return self.there[self.columns[name]]


def fitted_tables(
    schema: Schema, there: There, names: GivenNames, *, by_row: bool
) -> list[PlacedTable]:
    """What of each table goes where, parents first.

    Parameters
    ----------
    schema
        Ours.
    there
        What is there.
    names
        What ours are called there.
    by_row
        Whether references are checked with each row, rather than with each statement.

    Returns
    -------
    list of PlacedTable

    Raises
    ------
    ExportError
        If a table or a column is missing, or one must have a value that nothing gives.
    """
    tables = parents_first(schema)
    order = [table.name for table in tables]
    fitted = []
    problems: list[str] = []
    for table in tables:
        name = names.table(table.name)
        one = PlacedTable(table, name, there.get(name, {}))
        fitted.append(one)
        problems += _fit(one, names)
        problems += _put_off(one, order, by_row=by_row)
    if problems:
        rest = f"; and {len(problems) - _SHOWN} more" if len(problems) > _SHOWN else ""
        rule = f"do not fit: {'; '.join(problems[:_SHOWN])}{rest}"
        remedy = "make them fit, name them by --rename, or make a config of them by `plurel init`"
        raise ExportError("the tables that are there", rule, remedy=remedy)
    return fitted


def _fit(one: PlacedTable, names: GivenNames) -> Iterator[str]:
    """Choose the columns of a table; each problem is a clause."""
    table = one.table
    if not one.there:
        yield f"there is no table {one.name}"
        return
    for column in table.columns:
        name = names.column(table.name, column.name)
        there = one.there.get(name)
        if there is None:
            is_renamed = (table.name, column.name) in names.columns
            if is_renamed or not isinstance(column, PrimaryKey | ForeignKey):
                yield f"{one.name} has no column {name}"
        elif not there.is_computed:
            one.columns[column.name] = name
    filled = {*one.columns.values()}
    for name, there in one.there.items():
        if there.must_be and not there.is_computed and name not in filled:
            yield f"{one.name}.{name} must have a value, which nothing gives"


def _put_off(one: PlacedTable, order: list[str], *, by_row: bool) -> Iterator[str]:
    """Choose references that are filled later; each problem is a clause."""
    table = one.table
    referring = [(column.name, parent) for column, parent in links(table)]
    if by_row:
        referring += [(c.name, c.references) for c in table.columns if isinstance(c, ForeignKey)]
    for name, parent in referring:
        if name not in one.columns or not one.theirs(name).is_checked:
            continue
        can_wait = not one.theirs(name).is_required and bool(one.keys)
        if order.index(parent) > order.index(table.name) and not can_wait:
            yield f"{one.name}.{one.columns[name]} refers to rows that come later in a circle"
        is_later = order.index(parent) > order.index(table.name)
        if can_wait and (is_later or (by_row and parent == table.name)):
            one.later.append(name)
