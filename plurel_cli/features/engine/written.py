"""Feature columns as they are written: cut, transformed, with nulls, or determined by others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.blocks.continued import Continued
from plurel_cli.features.determined.lookup import with_null
from plurel_cli.features.engine.fits import TableFit
from plurel_cli.features.nodes import Values
from plurel_cli.features.nulls.random import Nulls
from plurel_cli.features.nulls.reason import NullColumn, NullReason, NullRows
from plurel_cli.features.roles.node import NodeOfColumns
from plurel_cli.features.transforms import Transform
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.column import Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable


class WrittenColumns:
    """The feature columns of a whole database.

    Parameters
    ----------
    schema
        The database.
    states
        What is known of each table's features, once they are fitted.
    block_of
        Gives what makes a node's values, block by block.
    held
        Columns that are held, at what they are written as.
    former
        The columns before the database grew, if it did.
    """

    def __init__(
        self,
        schema: Schema,
        states: Mapping[str, TableFit],
        block_of: Callable[[TableFit, int], Callable[[int], Values]],
        held: Mapping[Variable, float],
        former: WrittenColumns | None = None,
    ) -> None:
        self._schema, self._states, self._former = schema, states, former
        self._block_of, self._held = block_of, held
        self._whole: dict[Variable, NDArray[Any]] = {}

    def __call__(self, table: Table) -> dict[str, BlockColumn]:
        """Columns of a table, by name."""
        state = self._states[table.name]
        of_variables = {
            j: self._of_variable(state, j)
            for j, node in enumerate(state.nodes)
            if node.column is not None and node.is_variable
        }
        for j in {j for node in state.nodes for j in _determining(table.name, node)}:
            of_variables[j] = _Remembered(of_variables[j])
        columns = {str(state.node(j).column): column for j, column in of_variables.items()}
        for j, node in enumerate(state.nodes):
            if isinstance(node, NodeOfColumns):
                around = _Surroundings(self, state, str(node.column), of_variables)
                columns[str(node.column)] = self._held_column(state, j) or node.written(around)
        if self._former is None:
            return columns
        former = self._former(before := self._before(table))
        return {
            name: Continued(former[name], column, before.rows) for name, column in columns.items()
        }

    def _before(self, table: Table) -> Table:
        assert self._former is not None  # noqa: S101 (asked only then)
        return self._former.table(table.name)

    def _of_variable(self, state: TableFit, j: int) -> BlockColumn:
        """A column that its node makes."""
        if self._former is not None:
            before = self._before(state.table)
            former = self._former._of_variable(self._former._states[before.name], j)
            return Continued(former, self._made(state, j), before.rows)
        return self._made(state, j)

    def _made(self, state: TableFit, j: int) -> BlockColumn:
        if (held := self._held_column(state, j)) is not None:
            return held
        block, nulls = self._block_of(state, j), self._nulls(state, j)
        if state.node(j).kind == "categorical":
            return CategoricalColumn(block, nulls)
        ties = state.stream.child("node", j, "ties")
        transform = state.fits[j].transform
        assert transform is not None  # noqa: S101 (it is a number that is a column)
        return NumericalColumn(block, transform, nulls, ties)

    def _held_column(self, state: TableFit, j: int) -> BlockColumn | None:
        held = self._held.get(Variable(state.table.name, j))
        if held is None:
            return None
        kind: type[np.generic] = np.float32
        if state.node(j).kind == "categorical":
            kind = np.int32
        elif state.lens(state.node(j)) is not None:
            kind = np.float64
        return _Constant(held, kind, state.table.rows)

    def _nulls(self, state: TableFit, j: int) -> NullRows | None:
        """Which rows of a column are null, if it has nulls."""
        node, share = state.node(j), state.graph.null_share
        share = state.graph.null_shares.get(node.column or "", share)
        if (null := node.null) is not None:
            assert isinstance(null, NullReason)  # noqa: S101 (as all that are drawn)
            stream = state.stream.child("missing", "rows", null.group)
            return null.rows(NullColumn(state.table.rows, stream, partial(self._block_of, state)))
        # A column with a lens has nulls where they are stated, have a reason, or lie in its causes.
        has_none = state.lens(node) is not None or not self.column_of(state.table, j).nullable
        if node.kind == "categorical" or share == 0 or has_none:
            return None
        return Nulls(state.table.rows, share, state.stream.child("node", j, "nulls"))

    def column_of(self, table: Table, node: int) -> Feature:
        """The column that a node of a table is.

        Parameters
        ----------
        table
            The table.
        node
            A node of it that is a column.

        Returns
        -------
        Feature
        """
        name = self._states[table.name].node(node).column
        return next(column for column in table.features if column.name == name)

    def referenced(self, table: Table, foreign_key: str) -> Table:
        """The table that a foreign key refers to.

        Parameters
        ----------
        table
            The table.
        foreign_key
            A foreign key of it.

        Returns
        -------
        Table
        """
        column = next(c for c in table.foreign_keys if c.name == foreign_key)
        return self._schema.by_name[str(column.references)]

    def table(self, name: str) -> Table:
        """A table by its name."""
        return self._schema.by_name[name]

    def whole(self, table: Table, node: int) -> NDArray[Any]:
        """All that is written of a column, and a null.

        Parameters
        ----------
        table
            The table.
        node
            A node of it that is a column.

        Returns
        -------
        ndarray
            Shape (rows + 1,).
        """
        variable = Variable(table.name, node)
        if variable not in self._whole:
            column = self._of_variable(self._states[table.name], node)
            blocks = [column.block(k) for k in range(-(-table.rows // BLOCK_ROWS))]
            self._whole[variable] = with_null(np.concatenate(blocks))
        return self._whole[variable]


def _determining(table: str, node: CausalNode) -> list[int]:
    """The columns of its own table that determine a node."""
    several = () if node.is_variable else node.reads(table)
    return [variable.node for variable in several if variable.table == table]


class _Surroundings:
    """What a determined column may ask for."""

    def __init__(
        self,
        columns: WrittenColumns,
        state: TableFit,
        name: str,
        of_variables: Mapping[int, BlockColumn],
    ) -> None:
        self._columns, self._state, self._of_variables = columns, state, of_variables
        self.column = next(column for column in state.table.features if column.name == name)
        self.stream: Stream = state.stream.child("determined", "column", name)

    def column_of(self, node: int, table: str | None = None) -> Feature:
        """The column that a node is."""
        owner = self._state.table if table is None else self._columns.table(table)
        return self._columns.column_of(owner, node)

    def values(self, node: int) -> BlockColumn:
        """What is written of a column of the same table."""
        return self._of_variables[node]

    def whole(self, node: int, table: str) -> NDArray[Any]:
        """All that is written of a column of another table, and a null."""
        return self._columns.whole(self._columns.table(table), node)

    def keys(self, foreign_key: str) -> BlockColumn:
        """The table's references."""
        return self._state.keys[foreign_key]

    def referenced(self, foreign_key: str) -> Table:
        """The table that a foreign key refers to."""
        return self._columns.referenced(self._state.table, foreign_key)


class _Remembered:
    """A column whose last block is kept, for those who ask next."""

    def __init__(self, column: BlockColumn) -> None:
        self._column, self._index, self._values = column, -1, np.empty(0)

    def block(self, index: int) -> NDArray[Any]:
        if index != self._index:
            self._index, self._values = index, self._column.block(index)
        return self._values


class _Constant:
    """The same in every row."""

    def __init__(self, value: float, kind: type[np.generic], n_rows: int) -> None:
        self._value, self._kind, self._n_rows = value, kind, n_rows

    def block(self, index: int) -> NDArray[Any]:
        first, last = block_rows(index, self._n_rows)
        return np.full(last - first, self._value, dtype=self._kind)


class CategoricalColumn:
    """A categorical column, as it is written: −1 stands for null.

    Parameters
    ----------
    block
        Gives the categories of a block.
    nulls
        Which rows are null.
    """

    def __init__(self, block: Callable[[int], Values], nulls: NullRows | None = None) -> None:
        self._block, self._nulls = block, nulls

    def block(self, index: int) -> Values:
        """Written values of one block of rows."""
        values = self._block(index)
        if self._nulls is not None:
            values = values.copy()
            values[self._nulls.block(index)] = -1
        return values


class NumericalColumn:
    """A numerical column, as it is written: NaN stands for null.

    Parameters
    ----------
    block
        Gives the raw values of a block.
    transform
        What is done to them.
    nulls
        Which rows are null.
    stream
        Randomness of ties alone.
    """

    def __init__(
        self,
        block: Callable[[int], Values],
        transform: Transform,
        nulls: NullRows | None,
        stream: Stream,
    ) -> None:
        self._block, self._transform, self._nulls, self._stream = block, transform, nulls, stream

    def block(self, index: int) -> NDArray[Any]:
        """Written values of one block of rows."""
        raw = self._block(index)
        values = self._transform(raw, self._stream.generator(index))
        if not np.isfinite(values).all():
            # An intervention, or a row beyond the reference, can overflow where the fit has not.
            values = self._transform(np.nan_to_num(raw), self._stream.generator(index))
            if not np.isfinite(values).all():  # NaN means null from here on
                raise AssertionError("a feature is not finite")
        if self._nulls is not None:
            values = values.copy()
            values[self._nulls.block(index)] = np.nan
        return values
