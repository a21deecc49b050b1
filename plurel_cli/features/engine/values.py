"""The values of nodes: of some rows of a table, and all that are there of a database.

`Computing` computes nodes of some rows, one after another; what several of them ask for is made
once: values of block columns, positions on grids, and what comes from referenced rows. `Known` has
one of each table's reference rows, while nodes are fitted, and with it whole columns that others
refer to or gather, and the last blocks of a large table. A small table's reference rows are all its
rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.features.aggregations import aggregations
from plurel_cli.features.blas import one_thread
from plurel_cli.features.engine.fits import TableFit
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.gathering.aggregate import Block
from plurel_cli.features.gathering.over import gather
from plurel_cli.features.grids import Floats, Positions
from plurel_cli.features.nodes import Values
from plurel_cli.features.rows import Rows, all_rows, block_of_rows
from plurel_cli.features.variables import nodes_of_hidden, written_nodes
from plurel_cli.lenses.numbers import NumberLens
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable

_KEPT_BLOCKS = 4


class Computing:
    """Values of some rows of a table.

    Parameters
    ----------
    fit
        The table, as far as it is fitted.
    rows
        The rows.
    values
        Values of nodes that are there already.

    Attributes
    ----------
    packed
        What compiled code has made of values.
    """

    def __init__(
        self, fit: TableFit, rows: Rows, values: Mapping[int, Values] | None = None
    ) -> None:
        self.rows = rows
        self.packed: dict[Any, Any] = {}
        self.values: dict[int, Values] = dict(values or {})
        self._fit = fit
        self._columns: dict[int, Values] = {}
        self._positions: dict[int, Positions] = {}
        self._shared: dict[str, Floats] | None = None

    def of(self, column: BlockColumn) -> Values:
        """Values of a block column that several nodes ask for, and that stays while they do."""
        if id(column) not in self._columns:
            self._columns[id(column)] = self.rows.of(column)
        return self._columns[id(column)]

    def positions(self, node: int) -> Positions | None:
        """Positions of a node's values on its grid, if it has one."""
        if node not in self._positions:
            grid = self._fit.grid(node)
            if grid is None:
                return None
            self._positions[node] = grid.positions(self.values[node])
        return self._positions[node]

    def shared(self, aggregation: str) -> Floats | None:
        """Aggregate of the encodings of referenced rows, if there are any."""
        if self._shared is None:
            self._shared = self._referenced()
        return self._shared.get(aggregation)

    def _referenced(self) -> dict[str, Floats]:
        aggregates: dict[str, Floats] = {}
        for foreign_key, referenced in self._fit.references.items():
            keys = self.of(self._fit.keys[foreign_key])
            for kind, encodings in referenced.at(keys).items():
                if kind in aggregates:
                    encodings = aggregations[kind].function([aggregates[kind], encodings])
                aggregates[kind] = encodings
        return aggregates

    def compute(self, nodes: Iterable[int]) -> None:
        """Compute some nodes, given in the order of work."""
        for node in nodes:
            model = self._fit.fits[node].model
            if node not in self.values and model is not None:
                values = model(self)
                if not np.isfinite(values).all():  # in the reference it was
                    values = np.nan_to_num(values)
                self.values[node] = values


class Known:
    """Values of the nodes of all tables.

    Parameters
    ----------
    tables
        What is fitted of each table.
    seen
        Values of reference rows that are there already.
    whole
        Values of whole columns, a number that is cut as its label, that are there already.
    wanted
        The variables of which blocks are asked for, where it is known; else those of all columns.
    former
        Of tables that have grown: the values of their first rows.
    """

    def __init__(
        self,
        tables: Mapping[str, TableFit],
        seen: Mapping[Variable, Values] | None = None,
        whole: Mapping[Variable, Values] | None = None,
        wanted: Collection[Variable] | None = None,
        former: Known | None = None,
    ) -> None:
        self._tables, self._former = tables, former
        by_table: defaultdict[str, dict[int, Values]] = defaultdict(dict)
        for (name, j), values in (seen or {}).items():
            by_table[name][j] = values
        self._seen = {
            name: Computing(fit, fit.reference, by_table[name]) for name, fit in tables.items()
        }
        self._whole = dict(whole or {})
        self._wanted = wanted
        self._blocks: dict[str, dict[int, dict[int, Values]]] = {name: {} for name in tables}

    def but(
        self,
        tables: Mapping[str, TableFit],
        changed: Collection[Variable],
        wanted: Collection[Variable],
        former: Known | None,
    ) -> Known:
        """The same values but for those of some variables, which are to be made anew.

        Parameters
        ----------
        tables
            What is fitted of each table now.
        changed
            The variables.
        wanted
            Those of which blocks will be asked for.
        former
            Of tables that have grown: the values of their first rows now.

        Returns
        -------
        Known
        """
        seen = {
            Variable(name, j): values
            for name, computing in self._seen.items()
            for j, values in computing.values.items()
            if (name, j) not in changed
        }
        whole = {
            variable: values for variable, values in self._whole.items() if variable not in changed
        }
        return Known(tables, seen, whole, wanted, former)

    def continued(self, tables: Mapping[str, TableFit]) -> Known:
        """What is known when all tables have further rows: the values of the first ones.

        Parameters
        ----------
        tables
            The tables with all rows.

        Returns
        -------
        Known
        """
        seen = {
            Variable(name, j): values
            for name, computing in self._seen.items()
            for j, values in computing.values.items()
        }
        return Known(tables, seen, former=self)

    def written(self) -> Known:
        """What is needed to write: whole columns of small tables, and what is hidden of them; of
        large ones those of the reference rows, which need not be computed again.
        """
        asked = [
            (fit, j)
            for fit in self._tables.values()
            for j in (*written_nodes(fit.nodes), *nodes_of_hidden(fit.nodes))
        ]
        whole = {
            Variable(fit.table.name, j): self.whole(fit, j) for fit, j in asked if fit.is_small
        }
        seen = {
            Variable(fit.table.name, j): values
            for fit, j in asked
            if not fit.is_small and (values := self.seen(fit).values.get(j)) is not None
        }
        return Known(self._tables, seen, {**self._whole, **whole}, former=self._former)

    def table(self, name: str) -> TableFit:
        """What is fitted of a table."""
        return self._tables[name]

    def seen(self, fit: TableFit) -> Computing:
        """Values of a table's reference rows."""
        return self._seen[fit.table.name]

    def whole(self, fit: TableFit, j: int) -> Values:
        """All values of a column, a number that is cut as its label.

        Parameters
        ----------
        fit, j
            Its table, and its node.

        Returns
        -------
        Values
            Shape (rows,).
        """
        variable = Variable(fit.table.name, j)
        if variable not in self._whole:
            if fit.is_small:
                values = self.seen(fit).values[j]
            else:
                values = np.concatenate([values[j] for values in self._all_blocks(fit, j)])
            values = fit.fits[j].as_column(values)
            self._whole[variable] = self._after_former(fit, j, values, 0)
        return self._whole[variable]

    def _after_former(self, fit: TableFit, j: int, values: Values, first: int) -> Values:
        """Values of rows from one on, in which those that there were stay as they were."""
        if self._former is None:
            return values
        before = self._former.table(fit.table.name)
        n = min(before.table.rows - first, len(values))
        if n <= 0:
            return values
        values = values.copy()
        if first == 0 and n == before.table.rows:
            values[:n] = self._former.whole(before, j)
        else:
            values[:n] = self._former.blocks(before, j)(first // BLOCK_ROWS)[:n]
        return values

    def gathered(
        self, gathered: GatheredRecord, parent: Table, *, as_written: bool = False
    ) -> Floats:
        """What is gathered of all children.

        Parameters
        ----------
        gathered
            What of which.
        parent
            The table that gathers.
        as_written
            Whether numbers are those that a lens writes of the variable.

        Returns
        -------
        ndarray
            Shape (rows of the parent,).
        """
        fit = self._tables[gathered.table]
        node = next((variable.node for variable in gathered.reads()), None)
        children = self._children(fit, gathered.foreign_key, node)
        if as_written and node is not None and isinstance(fit.lens(fit.node(node)), NumberLens):
            children = _written(children, fit, node)
        return gather(gathered, parent.rows, fit.table.rows, children)

    def blocks(self, fit: TableFit, j: int) -> Callable[[int], Values]:
        """What makes a column's values, a number that is cut as its label, block by block.

        Parameters
        ----------
        fit, j
            Its table, and its node.

        Returns
        -------
        Callable[[int], Values]
            From the number of a block to its values.
        """

        def block(index: int) -> Values:
            start, variable = index * BLOCK_ROWS, Variable(fit.table.name, j)
            if fit.is_small or variable in self._whole:
                return self.whole(fit, j)[start : start + BLOCK_ROWS]
            blocks = self._blocks[fit.table.name]
            if index not in blocks or j not in blocks[index]:
                while len(blocks) >= _KEPT_BLOCKS:
                    del blocks[next(iter(blocks))]
                blocks[index] = self._written_block(fit, index, j)
            return blocks[index][j]

        return block

    def _written_block(self, fit: TableFit, index: int, j: int) -> dict[int, Values]:
        """Values of a block of all columns that are to be written, and of one more."""
        name = fit.table.name
        wanted = {
            k for k in written_nodes(fit.nodes) if self._wanted is None or (name, k) in self._wanted
        } | {j}
        with one_thread(), np.errstate(over="ignore", invalid="ignore"):
            values = self._computed(fit, index, wanted)
        first = index * BLOCK_ROWS
        return {
            k: self._after_former(fit, k, fit.fits[k].as_column(values[k]), first) for k in wanted
        }

    def _all_blocks(self, fit: TableFit, j: int) -> Iterable[dict[int, Values]]:
        for block in range(-(-fit.table.rows // BLOCK_ROWS)):
            yield self._computed(fit, block, [j])

    def _computed(self, fit: TableFit, block: int, nodes: Collection[int]) -> dict[int, Values]:
        """Values of some nodes in a block of rows; those of reference rows are there already."""
        rows, seen = block_of_rows(fit.table.rows, block), self.seen(fit)
        there = {piece.index: piece for piece in seen.rows}
        known = [piece.index for piece in rows if piece.index in there]
        if self._former is not None or not known or any(j not in seen.values for j in nodes):
            return _computed(fit, rows, nodes)
        others = Rows(fit.table.rows, [piece.index for piece in rows if piece.index not in there])
        computed = _computed(fit, others, nodes) if others.n else {}
        return {j: rows.joined(seen.rows, seen.values[j], others, computed.get(j)) for j in nodes}

    def _children(self, fit: TableFit, foreign_key: str, node: int | None) -> Iterable[Block]:
        keys, rows = fit.keys[foreign_key], fit.table.rows
        if node is None:
            for block in range(-(-rows // BLOCK_ROWS)):
                yield block * BLOCK_ROWS, keys.block(block), np.empty(0, np.float32)
        elif fit.is_small:
            yield 0, all_rows(rows).of(keys), self.seen(fit).values[node]
        else:
            for block, computed in enumerate(self._all_blocks(fit, node)):
                yield block * BLOCK_ROWS, keys.block(block), computed[node]


def _written(children: Iterable[Block], fit: TableFit, node: int) -> Iterator[Block]:
    """Children with the numbers that a lens writes."""
    transform, ties = fit.fits[node].transform, fit.stream.child("node", node, "ties")
    assert transform is not None  # noqa: S101 (it is a column with a lens, and fitted)
    for first, keys, values in children:
        written = transform(values, ties.generator(first // BLOCK_ROWS))
        yield first, keys, written.astype(np.float32)


def _computed(fit: TableFit, rows: Rows, nodes: Iterable[int]) -> dict[int, Values]:
    """Values of some nodes and of what they depend on within their row."""
    wanted = set()
    pending = list(nodes)
    for j in pending:
        if j not in wanted:
            wanted.add(j)
            if fit.fits[j].held is None:
                node = fit.node(j)
                pending += (*node.of_row, *node.of_budget)
    computing = Computing(fit, rows)
    computing.compute(j for j in fit.fits if j in wanted)  # in their order of work
    return computing.values
