"""Feature columns as they are written: cut, transformed, with nulls, or determined by others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.features.columns import CategoricalColumn, NumericalColumn
from plurel_cli.features.determined import (
    Band,
    Copied,
    Formula,
    Lookup,
    Rounded,
    Running,
    lookup_entries,
    with_null,
)
from plurel_cli.features.missing import NullRows, RowsBefore, ToldNulls
from plurel_cli.features.nodes import Values
from plurel_cli.features.nulls import Nulls
from plurel_cli.features.plans import n_written
from plurel_cli.features.tables import TableFeatures
from plurel_cli.features.variables import Variable
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.causal import CausalNode, Determined
from plurel_cli.schema.model import Schema, Table


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
    """

    def __init__(
        self,
        schema: Schema,
        states: Mapping[str, TableFeatures],
        block_of: Callable[[TableFeatures, int], Callable[[int], Values]],
        held: Mapping[Variable, float],
    ) -> None:
        self._schema, self._states = schema, states
        self._block_of, self._held = block_of, held
        self._whole: dict[Variable, NDArray[Any]] = {}

    def of(self, table: Table) -> dict[str, BlockColumn]:
        """Columns of a table, by name."""
        state = self._states[table.name]
        own = {
            j: self._own(state, j)
            for j, node in enumerate(state.nodes)
            if node.column is not None and node.determined is None
        }
        for j in {j for node in state.nodes for j in _determining(node)}:
            own[j] = _Remembered(own[j])
        found = {str(state.nodes[j].column): column for j, column in own.items()}
        for j, node in enumerate(state.nodes):
            if node.determined is not None:
                held = self._held_column(state, j)
                found[str(node.column)] = held or self._determined(state, node, own)
        return found

    def _own(self, state: TableFeatures, j: int) -> BlockColumn:
        """A column that its node makes."""
        if (held := self._held_column(state, j)) is not None:
            return held
        block, nulls = self._block_of(state, j), self._nulls(state, j)
        if state.nodes[j].kind == "categorical":
            return CategoricalColumn(block, nulls)
        ties = state.stream.child("node", j, "ties")
        return NumericalColumn(block, state.transforms[j], nulls, ties)

    def _held_column(self, state: TableFeatures, j: int) -> BlockColumn | None:
        held = self._held.get(Variable(state.table.name, j))
        if held is None:
            return None
        kind = np.int32 if state.nodes[j].kind == "categorical" else np.float32
        return _Constant(held, kind, state.table.rows)

    def _nulls(self, state: TableFeatures, j: int) -> NullRows | None:
        """Which rows of a column are null, if it has nulls."""
        node, share = state.nodes[j], state.graph.null_share
        if (its := node.null) is not None:
            own = state.stream.child("missing", "rows", its.group)
            if its.first is not None:
                return RowsBefore(its.first, state.table.rows)
            if its.cause is None:
                return Nulls(state.table.rows, its.share, own)
            return ToldNulls(self._block_of(state, its.cause), state.thresholds[j], own)
        if node.kind == "categorical" or share == 0:
            return None
        return Nulls(state.table.rows, share, state.stream.child("node", j, "nulls"))

    def _determined(
        self, state: TableFeatures, node: CausalNode, own: Mapping[int, BlockColumn]
    ) -> BlockColumn:
        """A column that others make."""
        its = node.determined
        assert its is not None  # noqa: S101 (chosen for it)
        column = next(c for c in state.table.features if c.name == node.column)
        stream = state.stream.child("determined", "column", column.name, "entries")
        sources = [own[j] for j in its.of] if its.table is None else []
        match its.kind:
            case "rounded":
                return Rounded(sources[0], float(its.step or 1.0))
            case "band":
                return Band(sources[0], its.boundaries or ())
            case "lookup":
                source = self._column_of(state.table, its.of[0])
                entries = lookup_entries(column, n_written(source), stream)
                return Lookup(sources[0], entries, is_boolean=source.type == "boolean")
            case "counter" | "total":
                keys = state.keys[str(its.foreign_key)]
                number = sources[0] if sources else None
                return Running(keys, number, self._referenced(state.table, its).rows)
            case "copied":
                parent = self._referenced(state.table, its)
                whole = self._whole_column(parent, its.of[0])
                if column.categories is not None:
                    source = self._column_of(parent, its.of[0])
                    if (n := n_written(source)) != column.categories:
                        entries = with_null(lookup_entries(column, n, stream))
                        whole = entries.take(np.minimum(whole, n - 1))
                return Copied(whole, state.keys[str(its.foreign_key)])
            case formula:
                return Formula(formula, *sources)

    def _column_of(self, table: Table, node: int) -> Any:
        name = self._states[table.name].nodes[node].column
        return next(column for column in table.features if column.name == name)

    def _referenced(self, table: Table, its: Determined) -> Table:
        column = next(c for c in table.foreign_keys if c.name == its.foreign_key)
        return self._schema.by_name[str(column.references)]

    def _whole_column(self, table: Table, node: int) -> NDArray[Any]:
        """All that is written of a column, and a null."""
        place = Variable(table.name, node)
        if place not in self._whole:
            column = self._own(self._states[table.name], node)
            blocks = [column.block(k) for k in range(-(-table.rows // BLOCK_ROWS))]
            self._whole[place] = with_null(np.concatenate(blocks))
        return self._whole[place]


def _determining(node: CausalNode) -> tuple[int, ...]:
    """The columns of its own table that determine a node."""
    its = node.determined
    return its.of if its is not None and its.table is None else ()


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
