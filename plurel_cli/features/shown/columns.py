"""Make the columns that show the row, or other columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.blocks.frames import as_series, whole_column
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.features.nulls.random import Nulls
from plurel_cli.features.shown.aggregates import aggregated
from plurel_cli.features.shown.all_columns import AllColumns
from plurel_cli.features.shown.identity import OfRow, TableIdentity
from plurel_cli.features.shown.nulled import Where, WithNulls
from plurel_cli.features.shown.numbers import as_numbers
from plurel_cli.features.shown.turns import key_called, turns_of
from plurel_cli.features.streams import table_stream
from plurel_cli.formulas.evaluate import evaluated
from plurel_cli.formulas.tree import AggregateLeaf, ColumnLeaf, Leaf
from plurel_cli.lenses import HangingLens, Lens
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.others import OthersLens
from plurel_cli.lenses.rows import GroupLens, RowLens
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import Path, key_of, path_of
from plurel_cli.schema.table import Table

if TYPE_CHECKING:
    import polars as pl

Doubles = NDArray[np.float64]


class ShownColumns:
    """The shown columns of a database.

    Parameters
    ----------
    database
        What gives all columns, these included.
    """

    def __init__(self, database: AllColumns) -> None:
        self._database = database
        self._wholes: dict[tuple[str, str], Doubles] = {}
        self._texts: dict[tuple[str, str], pl.Series] = {}
        self._sums: dict[tuple[str, AggregateLeaf], Doubles] = {}
        self._turns: dict[tuple[str, str], NDArray[np.int64]] = {}

    @property
    def schema(self) -> Schema:
        """The database."""
        return self._database.schema

    def of(self, table: Table, column: Attribute) -> BlockColumn:
        """What makes an attribute.

        Parameters
        ----------
        table, column
            The attribute.

        Returns
        -------
        BlockColumn
            What makes its blocks.
        """
        stream, lens = self.stream(table, column), column.lens
        if isinstance(lens, GroupLens):
            lens = lens.grouped({c.name: c.lens for c in table.attributes})
        if isinstance(lens, RowLens):
            made: BlockColumn = OfRow(lens, TableIdentity(table, stream, self.schema))
        elif isinstance(lens, FormulaLens):
            made = _OfFormula(lens, self, table)
        else:
            assert isinstance(lens, OthersLens)  # noqa: S101 (there are no other kinds)
            made = _OfOthers(lens, self, table, stream)
        if column.nulls:
            made = WithNulls(made, Nulls(table.rows, column.nulls, stream.child("nulls")))
        return made if column.when is None else self.where(table, column, made)

    def where(self, table: Table, column: Feature | Attribute, made: BlockColumn) -> BlockColumn:
        """What makes a column that has values in some rows alone.

        Parameters
        ----------
        table, column
            The column.
        made
            What makes it, if all rows have one.

        Returns
        -------
        BlockColumn
            What makes its blocks.
        """
        lens = FormulaLens(of=column.when or "")
        return Where(made, _OfFormula(lens, self, table))

    def beside(self, table: Table, column: Feature, made: BlockColumn) -> BlockColumn:
        """What makes a column that hangs on another: a time from it, or a label under its own.

        Parameters
        ----------
        table, column
            The column.
        made
            What its variable alone gives: seconds from the other, or cells.

        Returns
        -------
        BlockColumn
            What makes its blocks.
        """
        lens = column.lens
        assert lens is not None and isinstance(lens, HangingLens)  # noqa: S101, PT018 (it hangs on one)
        path = path_of(self.schema, table, lens.reads[0])
        return _Beside(lens, path.lens, self.numbers(table, path), made)

    def stream(self, table: Table, column: Column) -> Stream:
        """Randomness of a column alone.

        Parameters
        ----------
        table, column
            The column.

        Returns
        -------
        Stream
        """
        return table_stream(self.schema, table).child("shown", column.name)

    def numbers(self, table: Table, path: Path) -> Callable[[int], Doubles]:
        """A column as numbers, block by block: NaN for null, a category by its number.

        Parameters
        ----------
        table
            The table that the path is from.
        path
            Which column: of its own, or of the row that a foreign key refers to.

        Returns
        -------
        callable
            From the number of a block to its values, float64.
        """
        if path.key is None:
            made = self._database.column(table, path.column)
            return lambda index: as_numbers(path.column, made.block(index))
        keys = self._database.column(table, path.key)

        def block(index: int) -> Doubles:
            values = self.whole(path.table, path.column)
            taken: Doubles = values.take(np.maximum(keys.block(index), -1))
            return taken

        return block

    def whole(self, table: Table, column: Column) -> Doubles:
        """All numbers of a column, and NaN after them, for whoever refers to nobody.

        Parameters
        ----------
        table, column
            The column.

        Returns
        -------
        ndarray
            float64, shape (rows + 1,).
        """
        place = (table.name, column.name)
        if place not in self._wholes:
            made = self._database.column(table, column)
            blocks = [as_numbers(column, made.block(k)) for k in blocks_of(table)]
            self._wholes[place] = np.concatenate([*blocks, [np.nan]])
        return self._wholes[place]

    def series(self, table: Table, path: Path) -> Callable[[int], pl.Series]:
        """A column as it is written, block by block.

        Parameters
        ----------
        table
            The table that the path is from.
        path
            Which column.

        Returns
        -------
        callable
            From the number of a block to its values.
        """
        if path.key is None:
            made = self._database.column(table, path.column)
            return lambda index: as_series(path.column, made.block(index))
        keys = self._database.column(table, path.key)

        def block(index: int) -> pl.Series:
            import polars as pl

            at = keys.block(index)
            places = pl.Series(at)
            if (empty := at < 0).any():
                places = places.set(pl.Series(empty), None)
            return self.text(path.table, path.column).gather(places)

        return block

    def text(self, table: Table, column: Column) -> pl.Series:
        """All that is written of a column.

        Parameters
        ----------
        table, column
            The column.

        Returns
        -------
        Series
            One value a row.
        """
        import polars as pl

        place = (table.name, column.name)
        if place not in self._texts:
            made = self._database.column(table, column)
            blocks = [as_series(column, made.block(k)) for k in blocks_of(table)]
            self._texts[place] = pl.concat(blocks)
        return self._texts[place]

    def turns(self, table: Table, name: str | None) -> NDArray[np.int64]:
        """Rows of the same parent before each row of a table, made once.

        Parameters
        ----------
        table
            The table.
        name
            A foreign key, by its column or the table that it refers to; none for the first.

        Returns
        -------
        ndarray
            int64, below 0 where the key is null.
        """
        key = key_called(self.schema, table, name)
        place = (table.name, key.name)
        if place not in self._turns:
            keys = whole_column(self._database.column(table, key), table.rows)
            self._turns[place] = turns_of(keys)
        return self._turns[place]

    def aggregate(self, table: Table, aggregate: AggregateLeaf) -> Doubles:
        """An aggregate of the rows that refer to each row of a table.

        Parameters
        ----------
        table
            The table.
        aggregate
            Which.

        Returns
        -------
        ndarray
            float64, one value a row.
        """
        place = (table.name, aggregate)
        if place not in self._sums:
            child = self.schema.by_name[aggregate.table]
            key = key_of(child, table, aggregate.key)
            keys = self._database.column(child, key)
            if aggregate.column is None:
                column, numbers = None, None
            else:
                column = child.by_column[aggregate.column]
                numbers = self.numbers(child, Path(None, child, column))
            pairs = (
                (keys.block(k), None if numbers is None else numbers(k)) for k in blocks_of(child)
            )
            step = getattr(getattr(column, "lens", None), "exact_step", None)
            self._sums[place] = aggregated(aggregate.function, pairs, table.rows, step)
        return self._sums[place]


def blocks_of(table: Table) -> range:
    """All blocks of a table."""
    return range(-(-table.rows // BLOCK_ROWS))


class _OfFormula:
    """What a formula gives."""

    def __init__(self, lens: FormulaLens, columns: ShownColumns, table: Table) -> None:
        self._lens, self._columns, self._table = lens, columns, table

    def block(self, index: int) -> Doubles:
        first, last = block_rows(index, self._table.rows)

        def numbers(leaf: Leaf) -> Doubles:
            if isinstance(leaf, AggregateLeaf):
                return self._columns.aggregate(self._table, leaf)[first:last]
            path = path_of(self._columns.schema, self._table, str(leaf))
            return self._columns.numbers(self._table, path)(index)

        values = evaluated(self._lens.tree, numbers, self._code)
        whole: Doubles = np.broadcast_to(self._lens.rounded(values), (last - first,))
        return whole

    def _code(self, column: ColumnLeaf, label: str) -> float:
        lens = path_of(self._columns.schema, self._table, str(column)).lens
        value = lens.held(label) if lens is not None else None
        return np.nan if value is None else value


@dataclass(frozen=True)
class _OfOthers:
    lens: OthersLens
    columns: ShownColumns
    table: Table
    stream: Stream
    cuts: dict[tuple[str, int], Doubles] = field(default_factory=dict)

    def block(self, index: int) -> Any:
        return self.lens.block(_Seen(self, index))


class _Seen:
    """What there is to see of the rows of one block."""

    def __init__(self, of: _OfOthers, index: int) -> None:
        self._of, self.index, self.stream = of, index, of.stream
        first, last = block_rows(index, of.table.rows)
        self.n = last - first
        self._series: dict[str, pl.Series] = {}
        self._numbers: dict[str, Doubles] = {}

    def _path(self, column: str) -> Path:
        return path_of(self._of.columns.schema, self._of.table, column)

    def lens(self, column: str) -> Lens | None:
        return self._path(column).lens

    def series(self, column: str) -> pl.Series:
        if column not in self._series:
            made = self._of.columns.series(self._of.table, self._path(column))
            self._series[column] = made(self.index)
        return self._series[column]

    def numbers(self, column: str) -> Doubles:
        if column not in self._numbers:
            made = self._of.columns.numbers(self._of.table, self._path(column))
            self._numbers[column] = made(self.index)
        return self._numbers[column]

    def cuts(self, column: str, n: int) -> Doubles:
        place = (column, n)
        if place not in self._of.cuts:
            made = self._of.columns.numbers(self._of.table, self._path(column))
            numbers = np.sort(made(0))
            known = numbers[: int(np.count_nonzero(~np.isnan(numbers)))]
            at = np.arange(1, n) * len(known) // n
            self._of.cuts[place] = known.take(at) if len(known) else np.zeros(n - 1)
        return self._of.cuts[place]

    def turns(self, key: str | None) -> NDArray[np.int64]:
        of, start = self._of, self.index * BLOCK_ROWS
        return of.columns.turns(of.table, key)[start : start + self.n]

    def rows(self, table: str) -> int:
        return next(t.rows for t in self._of.columns.schema.tables if table in (t.id, t.name))

    def tone(self) -> Doubles:
        return self._tone.block(self.index)

    @cached_property
    def _tone(self) -> Trait:
        return Trait(self._of.columns.schema.seed, self._of.table.id, self._of.table.rows)


@dataclass(frozen=True)
class _Beside:
    lens: HangingLens
    of_other: Lens | None
    other: Callable[[int], Doubles]
    made: BlockColumn

    def block(self, index: int) -> Doubles:
        return self.lens.beside(self.other(index), self.made.block(index), self.of_other)
