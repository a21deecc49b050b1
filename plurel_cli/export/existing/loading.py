"""How rows are added to tables that are there, whatever the engine.

Keys that are numbers go on after the largest, or begin where the engine's own count does. Parents
come first, and references in a circle are filled in once all rows are there.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from plurel_cli.export.existing.fitting import PlacedTable, There, fitted_tables
from plurel_cli.export.existing.names import GivenNames
from plurel_cli.export.numbering import Numbering
from plurel_cli.schema.key_numbers import KeyNumbers

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.export.source import ExportSource, Report
    from plurel_cli.schema.model import Schema

_ROWS = 1 << 16


class ExistingTables(ABC):
    """An engine with tables that are there.

    Attributes
    ----------
    by_row
        Whether it checks references with each row.
    """

    by_row: ClassVar[bool] = False

    @abstractmethod
    def transaction(self) -> AbstractContextManager[object]:
        """What makes all of it one step."""

    @abstractmethod
    def look(self, names: Sequence[str]) -> There:
        """Tables of some names, with their columns."""

    @abstractmethod
    def lock(self, one: PlacedTable) -> None:
        """Let nobody else add rows to a table."""

    @abstractmethod
    def most(self, one: PlacedTable, column: str) -> int | None:
        """The largest number of a column; none where there are no rows.

        Parameters
        ----------
        one
            The table.
        column
            What it is called there.

        Returns
        -------
        int or None
        """

    @abstractmethod
    def first(self, one: PlacedTable, column: str) -> int:
        """The number that the engine would give the first row.

        Parameters
        ----------
        one
            The table.
        column
            What its key is called there.

        Returns
        -------
        int
        """

    @abstractmethod
    def add(self, one: PlacedTable, frames: Iterator[pl.DataFrame]) -> None:
        """Add rows.

        Parameters
        ----------
        one
            The table.
        frames
            Its rows, with the columns as they are called there.
        """

    def refer(self, one: PlacedTable, keys: Sequence[str], frames: Iterator[pl.DataFrame]) -> None:
        """Fill in references of rows that are there; only for engines that check them before.

        Parameters
        ----------
        one
            The table.
        keys
            Columns by which a row is known there.
        frames
            These columns, and those that are filled in.
        """
        raise AssertionError(type(self).__name__)

    @abstractmethod
    def go_on(self, one: PlacedTable) -> None:
        """Let the engine count on after the keys that were written."""


def append(
    engine: ExistingTables,
    source: ExportSource,
    schema: Schema,
    rename: Mapping[str, str],
    report: Report,
) -> None:
    """Add rows to tables that are there, all of them or none.

    Parameters
    ----------
    engine
        Where they are.
    source
        The database.
    schema
        Its schema, with the columns that are filled.
    rename
        What tables and columns are called there.
    report
        Called with a table and rows of it that are done.

    Raises
    ------
    ExportError
        If a table or a column is missing, or one must have a value that nothing gives.
    """
    names = GivenNames.of(rename, schema)
    with engine.transaction():
        there = engine.look([names.table(table.name) for table in schema.tables])
        fitted = fitted_tables(schema, there, names, by_row=engine.by_row)
        for one in fitted:
            engine.lock(one)
        numbers = _numbers(engine, source, fitted)
        numbered = replace(source, numbering=Numbering(source.schema, numbers))
        for one in fitted:
            if one.columns:
                engine.add(one, _filled(one, numbered.frames(one.table, report, _ROWS)))
        for one in fitted:
            if one.later:
                rows = numbered.frames(one.table, lambda *_: None, _ROWS)
                keys = [one.columns[name] for name in one.keys]
                engine.refer(one, keys, _chosen(one, [*one.keys, *one.later], rows))
        for one in fitted:
            engine.go_on(one)


def _numbers(
    engine: ExistingTables, source: ExportSource, fitted: list[PlacedTable]
) -> dict[str, KeyNumbers]:
    """Keys that go on after those that are there, or begin where the engine's count does."""
    numbers = dict(source.numbering.numbers)
    for one in fitted:
        table, key = one.table, one.table.primary_key
        if key not in one.columns or not one.theirs(key).is_number:
            continue
        most = engine.most(one, one.columns[key])
        stated = numbers.get(table.name, KeyNumbers())
        if most is not None:
            start = max(most + 1, stated.start, 0)
        elif table.name in numbers:
            start = stated.start
        else:
            start = engine.first(one, one.columns[key])
        numbers[table.name] = stated.but(start=start)
    return numbers


def _filled(one: PlacedTable, frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
    """Rows with all columns, null where they are filled later."""
    import polars as pl

    for frame in frames:
        nothing = [pl.lit(None, frame.schema[name]).alias(name) for name in one.later]
        yield from _chosen(one, [*one.columns], iter((frame.with_columns(nothing),)))


def _chosen(
    one: PlacedTable, columns: list[str], frames: Iterator[pl.DataFrame]
) -> Iterator[pl.DataFrame]:
    """Some columns of rows, as they are called there."""
    for frame in frames:
        yield frame.select(columns).rename({name: one.columns[name] for name in columns})
