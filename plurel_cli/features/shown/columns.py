"""Make the columns that show the row, or other columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.blocks.continued import Continued
from plurel_cli.blocks.frames import as_series, whole_column
from plurel_cli.errors import UsageError
from plurel_cli.features.nulls.random import Nulls
from plurel_cli.features.shown.aggregates import aggregated
from plurel_cli.features.shown.all_columns import AllColumns, AsItWas
from plurel_cli.features.shown.identity import OfRow, TableIdentity
from plurel_cli.features.shown.nulled import Where, WithNulls
from plurel_cli.features.shown.numbers import as_numbers
from plurel_cli.features.shown.seen import OfOthers
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
        self._chosen: dict[tuple[str, str], NDArray[np.int64]] = {}
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
        made = self._unnulled(table, column)
        if column.nulls:
            made = WithNulls(made, self._nulls(table, column))
        return made if column.when is None else self.where(table, column, made)

    def _unnulled(self, table: Table, column: Attribute) -> BlockColumn:
        """What makes an attribute, if no row of it is null."""
        stream, lens = self.stream(table, column), column.lens
        if isinstance(lens, FormulaLens):
            return _OfFormula(lens, self, table)
        if isinstance(lens, GroupLens):
            lens = lens.grouped({c.name: c.lens for c in table.attributes})
        made: BlockColumn
        if isinstance(lens, RowLens):
            made = OfRow(lens, TableIdentity(table, stream, self.schema))
        else:
            assert isinstance(lens, OthersLens)  # noqa: S101 (there are no other kinds)
            made = OfOthers(lens, self, table, stream)
        if (former := self._former) is None:
            return made
        before = former.schema.by_name[table.name]
        return Continued(former._unnulled(before, column), made, before.rows)

    def _nulls(self, table: Table, column: Attribute) -> BlockColumn:
        """Which rows of an attribute are null."""
        stream = self.stream(table, column).child("nulls")
        nulls = Nulls(table.rows, column.nulls, stream)
        if (former := self._former) is None:
            return nulls
        before = former.schema.by_name[table.name]
        return Continued(former._nulls(before, column), nulls, before.rows)

    @cached_property
    def _former(self) -> ShownColumns | None:
        """The same before the database grew: what was drawn for a row then stays."""
        former = self.schema.former
        return None if former is None else ShownColumns(AsItWas(self._database, former))

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

    def chosen(self, table: Table, where: str, place: str) -> NDArray[np.int64]:
        """Rows of a table for which a formula holds, found once.

        Parameters
        ----------
        table
            The table.
        where
            A formula of its columns.
        place
            What an error names.

        Returns
        -------
        ndarray
            int64, rising.

        Raises
        ------
        UsageError
            If there is none.
        """
        at = (table.name, where)
        if at not in self._chosen:
            holds = _OfFormula(FormulaLens(of=where), self, table)
            values = [holds.block(k) for k in blocks_of(table)]
            self._chosen[at] = np.flatnonzero(np.concatenate(values) == 1.0)
        if not len(self._chosen[at]):
            rule = f"is to rows of {table.name} where {where}, of which there is none"
            raise UsageError(place, rule, remedy="make it more likely, or give the table more rows")
        return self._chosen[at]

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
class _Beside:
    lens: HangingLens
    of_other: Lens | None
    other: Callable[[int], Doubles]
    made: BlockColumn

    def block(self, index: int) -> Doubles:
        return self.lens.beside(self.other(index), self.made.block(index), self.of_other)
