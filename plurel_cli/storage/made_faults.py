"""Whether columns that are made of others are what these make of them.

A formula, a text, an object, a name: each is made again, by the code that made it, of what the
files hold. A time that follows another lies a lag from it, and a label is one that the label above
allows. Of a column that is at fault itself, or is made of one that is, nothing more is said.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli import __version__
from plurel_cli.blocks.frames import as_series
from plurel_cli.errors import Problem
from plurel_cli.features.shown.columns import ShownColumns, blocks_of
from plurel_cli.features.shown.influence import made_of, shown_lens
from plurel_cli.features.shown.numbers import as_numbers
from plurel_cli.formulas.tree import AggregateLeaf, leaves
from plurel_cli.lenses import Lens
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.json import Json
from plurel_cli.lenses.link import Link
from plurel_cli.lenses.rows import RowLens
from plurel_cli.lenses.sequence import Sequence
from plurel_cli.lenses.subcategory import Subcategory
from plurel_cli.lenses.times import SECONDS, TimeLens
from plurel_cli.schema.column import Attribute, Column, Feature, TimeColumn
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import path_of
from plurel_cli.schema.table import Table
from plurel_cli.storage.parquet import Stored
from plurel_cli.storage.place import Place
from plurel_cli.storage.stored_columns import StoredColumns

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]

Broken = Callable[[int], NDArray[np.bool_]]
"""Which rows of a block break a rule."""

Named = tuple[str, str]
"""A table and a column of it."""

_LOST = {"datetime[us]": 1e-6, "datetime[ms]": 1e-3}
"""Seconds that the times of a table may have lost, by their type."""

_EQUAL = 1e-12
"""Numbers that differ by less, relatively, are equal."""

_LEAST = 2.0**-48
"""A share of rows that is less than any that lags are taken at."""


def made_faults(root: Place, schema: Schema, sound: Collection[Named]) -> Iterator[Problem]:
    """Columns that are not what others make of them.

    Parameters
    ----------
    root, schema
        The database.
    sound
        Columns that are there, and of which nothing else is wrong.

    Yields
    ------
    Problem
    """
    columns = ShownColumns(StoredColumns(root, schema))
    faults: dict[Named, tuple[set[Named], Problem]] = {}
    for table in schema.tables:
        for column in table.filled(schema.stages):
            place, sources = (table.name, column.name), {*_sources(schema, table, column)}
            if place not in sound or not sources <= {*sound}:
                continue
            for rule, broken in _rules(columns, table, column):
                if n_wrong := sum(int(broken(index).sum()) for index in blocks_of(table)):
                    rows = "1 row breaks it" if n_wrong == 1 else f"{n_wrong} rows break it"
                    where = f"{Stored.of(root, schema, table).name}: {column.name}"
                    faults[place] = sources, Problem(where, f"{rule}; {rows}")
    for sources, fault in faults.values():
        if sources.isdisjoint(faults):
            yield fault


def _sources(schema: Schema, table: Table, column: Column) -> Iterator[Named]:
    """Columns that one is made of, and the keys over which they may be reached."""
    several = made_of(schema, table, column)
    tables = {table.name, *(name for name, _ in several)}
    if isinstance(column, Attribute) and isinstance(column.lens, FormulaLens):
        every = leaves(column.lens.tree)
        tables |= {leaf.table for leaf in every if isinstance(leaf, AggregateLeaf)}
    yield from several
    if several or shown_lens(column) is not None:
        for name in tables:
            for key in schema.by_name[name].foreign_keys:
                yield name, key.name


def _rules(columns: ShownColumns, table: Table, column: Column) -> Iterator[tuple[str, Broken]]:
    """What a column must be, and what breaks it, as far as that can be known."""
    if isinstance(column, Feature) and column.held is None:
        if column.when is not None:
            condition = columns.where(table, column, _Ones())
            written = columns.numbers(table, path_of(columns.schema, table, column.name))
            rule = f"must be null unless {column.when}"
            yield rule, lambda k: ~np.isnan(written(k)) & np.isnan(condition.block(k))
        if column.lens is not None and column.lens.reads:
            yield _of_variable(columns, table, column, column.lens)
    elif isinstance(column, Attribute) and not _has_lost(columns.schema, table, column):
        lens, made = column.lens, columns.schema.made
        if isinstance(lens, FormulaLens):
            rule = f"must be {lens.of}"
            yield rule, lambda k: _is_other_number(columns, table, column, k)
        elif isinstance(lens, Json | Sequence) or made is None or made.plurel == __version__:
            rule = f"must be what {', '.join(lens.reads)} make of it"
            if isinstance(lens, Sequence):
                rule = "must be the number of the row among those of its parent"
            elif isinstance(lens, Link):
                rule = "must be the row that is drawn for it"
                if lens.through is not None:
                    rule = f"must be {lens.through}"
            elif isinstance(lens, RowLens):
                rule = "must be what is drawn for the row, as all columns of its group are"
            yield rule, lambda k: _is_other_text(columns, table, column, k)


class _Ones:
    """A one for each of some rows."""

    def block(self, index: int, /) -> NDArray[np.float64]:
        return np.ones(1)


def _of_variable(
    columns: ShownColumns, table: Table, column: Feature, lens: Lens
) -> tuple[str, Broken]:
    """What a column that hangs on another must be, and what breaks it."""
    path = path_of(columns.schema, table, lens.reads[0])
    other, lost = columns.numbers(table, path), _LOST.get(path.column.type, 0.0)
    written = columns.numbers(table, path_of(columns.schema, table, column.name))
    if isinstance(lens, Subcategory):
        rule = f"must be a label that {lens.under} allows"
        return rule, lambda k: ~lens.are_allowed(other(k), written(k), path.lens)
    assert isinstance(lens, TimeLens)  # noqa: S101 (there are no other kinds)
    rule, ends = _lag(lens)
    return rule, lambda k: _is_beyond(lens, other(k), written(k), ends, lost)


def _has_lost(schema: Schema, table: Table, column: Attribute) -> bool:
    """Whether a column is made of times that were finer than they are written."""
    if isinstance(column.lens, Json):
        return False
    several = made_of(schema, table, column)
    of = (schema.by_name[name].by_column[read] for name, read in several)
    return any(isinstance(read, TimeColumn) and read.type in _LOST for read in of)


def _is_other_number(
    columns: ShownColumns, table: Table, column: Attribute, index: int
) -> NDArray[np.bool_]:
    """Which rows of a block have another number than their formula gives."""
    made = as_numbers(column, columns.of(table, column).block(index))
    written = columns.numbers(table, path_of(columns.schema, table, column.name))(index)
    both = np.isnan(made) & np.isnan(written)
    with np.errstate(invalid="ignore"):
        return ~(both | (np.abs(made - written) <= _EQUAL * (np.abs(made) + 1.0)))


def _is_other_text(
    columns: ShownColumns, table: Table, column: Attribute, index: int
) -> NDArray[np.bool_]:
    """Which rows of a block have something else than is made of them."""
    made = as_series(column, columns.of(table, column).block(index))
    written: pl.Series = columns.series(table, path_of(columns.schema, table, column.name))(index)
    broken: NDArray[np.bool_] = written.ne_missing(made).to_numpy()
    return broken


def _lag(lens: TimeLens) -> tuple[str, tuple[float, float]]:
    """How far from the other time a time must lie, in words and in seconds."""
    assert lens.lag is not None  # noqa: S101 (it follows another time)
    low, high = lens.lag.quantile(np.array([_LEAST, 1.0 - _LEAST])).tolist()
    low = min(low, 0.0) if lens.late == "earlier" else low
    where, seconds = "after" if lens.after is not None else "before", SECONDS[lens.lag.per]
    rule = f"must lie {low:.3g} to {high:.3g} {lens.lag.per} {where} {lens.base}"
    return rule, (low * seconds, high * seconds)


def _is_beyond(
    lens: TimeLens, other: Doubles, written: Doubles, ends: tuple[float, float], lost: float
) -> NDArray[np.bool_]:
    """Which rows have a time that no lag leads to from the other."""
    low, high = ends if lens.after is not None else (-ends[1], -ends[0])
    lens = lens.but(until=None)  # what is too late is a fault by itself
    first = lens.beside(other, np.full(len(other), low), None)
    last = lens.beside(other + lost, np.full(len(other), high), None)
    is_far: NDArray[Any] = ~np.isnan(written) & ~((first <= written) & (written <= last))
    return is_far
