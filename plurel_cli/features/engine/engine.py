"""The order of work: every variable of a database after those it depends on, attempt by attempt."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.connectivity.stage import DatabaseKeys
from plurel_cli.features.blas import one_thread
from plurel_cli.features.budget.mixtures import Mixtures
from plurel_cli.features.engine.after import determined_fits, null_fits
from plurel_cli.features.engine.changed import replace
from plurel_cli.features.engine.fits import NodeFit, TableFit
from plurel_cli.features.engine.values import Known
from plurel_cli.features.engine.work import Surroundings, Work
from plurel_cli.features.engine.written import WrittenColumns
from plurel_cli.features.garbage import looked_for_rarely
from plurel_cli.features.heap import keep_freed
from plurel_cli.features.nodes import Values
from plurel_cli.features.references import ReferencedRows
from plurel_cli.features.rows import reference_rows
from plurel_cli.features.streams import table_stream
from plurel_cli.features.taste import TableSettings
from plurel_cli.features.time_sources.draw import TimeSources
from plurel_cli.features.variables import (
    ReferenceVertex,
    WrittenVertex,
    influence,
    order_of_work,
    reachable,
    shown,
)
from plurel_cli.schema.causal import CausalGraph
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable
from plurel_cli.temporal.clock import Clock


class Engine:
    """The features of a whole database, fitted.

    Parameters
    ----------
    around
        What the fit builds on.
    tables
        What it has found of each table.
    known
        Values that are there.
    written
        Columns that are held, at what they are written as.
    former
        The features before the database grew, if it did.

    Attributes
    ----------
    columns
        Gives the feature columns of a table as they are written, by name.
    """

    def __init__(
        self,
        around: Surroundings,
        tables: Mapping[str, TableFit],
        known: Known,
        written: Mapping[Variable, float] | None = None,
        former: Engine | None = None,
    ) -> None:
        self._around, self._tables, self._known = around, tables, known
        self._written, self._former = dict(written or {}), former
        before = None if former is None else former.columns
        self.columns: WrittenColumns = WrittenColumns(
            around.schema, tables, known.blocks, self._written, before
        )

    def graphs(self) -> dict[str, CausalGraph]:
        """The graphs with what the fit has found."""
        return {name: fit.settled_graph for name, fit in self._tables.items()}

    def variable(self, table: Table, node: int) -> BlockColumn:
        """A variable of a table, whether it is a column or not: a number as it is carried.

        Parameters
        ----------
        table, node
            The variable.

        Returns
        -------
        BlockColumn
        """
        return _Blocks(self._known.blocks(self._tables[table.name], node))

    def done(self) -> Engine:
        """The same without what only a fit or an intervention needs."""
        known = self._known.written()
        return Engine(self._around, self._tables, known, self._written, self._former)

    def grown(self, schema: Schema, keys: DatabaseKeys, clock: Clock) -> Engine:
        """The features of the same database with further rows.

        Parameters
        ----------
        schema
            The database with these rows.
        keys, clock
            Keys and times of all rows.

        Returns
        -------
        Engine

        Notes
        -----
        The first rows keep their values, and nothing is fitted anew: what the reference rows have
        decided holds for the new rows too. The models are put together again, since these reach
        further.
        """
        tables = {
            name: replace(fit, table=schema.by_name[name], keys=keys.columns(schema.by_name[name]))
            for name, fit in self._tables.items()
        }
        times = TimeSources(schema, clock)
        around = Surroundings(schema, self._around.order, times, Mixtures(schema, times))
        work = Work(around, tables)
        known = self._known.continued(work.tables)
        attempts = work.attempts(known)
        with one_thread(), np.errstate(over="ignore", invalid="ignore"):
            for vertex in around.order:
                if isinstance(vertex, ReferenceVertex):
                    work.refer_again(vertex, known)
                elif isinstance(vertex, Variable):
                    work.put_together(vertex, attempts)
        return Engine(around, work.tables, known, self._written, self)

    def holding(self, written: Mapping[Variable, float]) -> Engine:
        """The same database with some columns held at written values, whatever their causes.

        Notes
        -----
        What depends on none of them keeps its fit and values. What does keeps all that was taken
        from its reference sample, and its model is put together again.
        """
        held = {
            variable: _raw(self._tables[variable.table].fits[variable.node], value)
            for variable, value in written.items()
            if self._tables[variable.table].node(variable.node).is_variable
        }
        edges = influence(self.graphs())
        reached = reachable(edges, written)
        work = Work(self._around, self._tables)
        changed = {vertex for vertex in reached if isinstance(vertex, Variable)}
        columns = [vertex for vertex in reached if isinstance(vertex, WrittenVertex)]
        former = None if self._former is None else self._former.holding(written)
        before = None if former is None else former._known
        known = self._known.but(work.tables, changed, shown(edges, columns), before)
        attempts = work.attempts(known)
        with one_thread(), np.errstate(over="ignore", invalid="ignore"):
            for vertex in self._around.order:
                if vertex not in reached:
                    continue
                if isinstance(vertex, ReferenceVertex):
                    work.refer_again(vertex, known)
                elif isinstance(vertex, Variable):
                    work.fit_again(vertex, attempts, known, held.get(vertex))
        return Engine(self._around, work.tables, known, written, former)


@dataclass(frozen=True)
class _Blocks:
    """A column by what makes its blocks."""

    make: Callable[[int], Values]

    def block(self, index: int) -> Values:
        return self.make(index)


def _raw(fit: NodeFit, written: float) -> float:
    """The raw value of a column that is written as this one, or as near as there is."""
    if fit.sample is not None and fit.labelling is not None:
        return fit.labelling.inverse(int(written), fit.sample.ordered)
    return written if fit.transform is None else fit.transform.inverse(written)


def fit_features(
    schema: Schema,
    settings: Mapping[str, TableSettings],
    graphs: Mapping[str, CausalGraph],
    plain: Mapping[str, CausalGraph],
    keys: DatabaseKeys,
    clock: Clock,
) -> Engine:
    """Fit the causal graphs of a database.

    Parameters
    ----------
    schema
        A database with its keys planned.
    settings, graphs
        Settings and causal graph of each table.
    plain
        The causal graphs, if no column stated anything for itself.
    keys, clock
        Keys and times of its tables.

    Returns
    -------
    Engine
    """
    keep_freed()
    times = TimeSources(schema, clock)
    order = tuple(order_of_work(graphs))
    around = Surroundings(schema, order, times, Mixtures(schema, times))
    blank = (
        _blank(schema, table, settings[table.name], graphs[table.name], plain[table.name], keys)
        for table in schema.tables
    )
    work = Work(around, {fit.table.name: fit for fit in blank})
    known = Known(work.tables)
    attempts = work.attempts(known)
    # What is not finite is drawn anew.
    with looked_for_rarely(), one_thread(), np.errstate(over="ignore", invalid="ignore"):
        for vertex in order:
            if isinstance(vertex, ReferenceVertex):
                work.refer(vertex, known)
            elif isinstance(vertex, Variable):
                work.fit(vertex, attempts, known)
        for name, fit in work.tables.items():
            seen = known.seen(fit).values
            for fits in (null_fits, determined_fits):
                work.fits[name].update(fits(fit, seen))
    return Engine(around, work.tables, known)


def _blank(
    schema: Schema,
    table: Table,
    settings: TableSettings,
    graph: CausalGraph,
    plain: CausalGraph,
    keys: DatabaseKeys,
) -> TableFit:
    """A table of which nothing is fitted."""
    stream = table_stream(schema, table)
    reference = reference_rows(table.rows, stream.child("reference_rows"))
    nothing: dict[int, NodeFit] = {}
    nobody: dict[str, ReferencedRows] = {}
    columns = keys.columns(table)
    return TableFit(table, graph, settings, stream, plain, reference, columns, nothing, nobody)
