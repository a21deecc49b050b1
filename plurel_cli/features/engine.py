"""Make the columns of all tables from their causal graphs.

First the graphs are *fitted*, variable by variable in the order of work: a node's mechanisms are
drawn, computed on the reference rows of its table (all of them, where they are few), and drawn
anew while what comes out is degenerate; a column's cut and transform are taken from the same
rows. Then any block of any table can be computed. A table whose reference rows are all its rows
has been computed by then.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping

import numpy as np

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config import Config
from plurel_cli.config.scm import ScmConfig
from plurel_cli.connectivity.stage import key_columns
from plurel_cli.features.blas import one_thread
from plurel_cli.features.budget import BUDGET
from plurel_cli.features.columns import draw_labelling
from plurel_cli.features.degenerate import is_degenerate, is_one_label, is_one_sided
from plurel_cli.features.determined import rounding_step
from plurel_cli.features.encoders import (
    Cause,
    Floats,
    Wanted,
    draw_embeddings,
    draw_mechanisms,
    make_encoders,
)
from plurel_cli.features.gather import Block, gather
from plurel_cli.features.graph import CHILDREN
from plurel_cli.features.mechanisms import is_by_grid
from plurel_cli.features.missing import Threshold
from plurel_cli.features.mixed import Kept, Mixed, Scale
from plurel_cli.features.mixture import Mixtures
from plurel_cli.features.nodes import (
    Given,
    Held,
    NodeModel,
    Values,
    draw_nodes,
    draw_source,
    make_mechanised,
)
from plurel_cli.features.references import ReferencedRows
from plurel_cli.features.rows import Rows, all_rows, block_of_rows, reference_rows
from plurel_cli.features.streams import reference_stream, table_stream
from plurel_cli.features.tables import Computing, TableFeatures
from plurel_cli.features.time_sources import TimeSources
from plurel_cli.features.transforms import transforms
from plurel_cli.features.variables import Reference, Variable, order_of_work, written_nodes
from plurel_cli.features.written import WrittenColumns
from plurel_cli.numerics.stream import BLOCK_ROWS, Stream
from plurel_cli.schema.causal import CausalGraph, Gathered
from plurel_cli.schema.model import Schema, Table

MOST_ATTEMPTS = 8
"""How often a node's mechanisms are drawn before a degenerate one is kept."""

_KEPT_BLOCKS = 4


class Engine:
    """The features of a whole database.

    Parameters
    ----------
    schema
        A database with its keys planned.
    config
        What it is drawn from.
    settings
        Those of each table.
    graphs
        The causal graph of each table.
    """

    def __init__(
        self,
        schema: Schema,
        config: Config,
        settings: Mapping[str, ScmConfig],
        graphs: Mapping[str, CausalGraph],
    ) -> None:
        self._schema, self._config = schema, config
        self._order = order_of_work(graphs)
        self._states = {
            table.name: self._state(table, settings[table.name], graphs[table.name])
            for table in schema.tables
        }
        self._times = TimeSources(schema, config)
        self._mixtures = Mixtures(schema, self._times)
        self._held: dict[Variable, float] = {}  # raw values
        self._written: dict[Variable, float] = {}
        self._fit: Engine | None = None
        self._work()

    @classmethod
    def intervening(cls, fit: Engine, written: Mapping[Variable, float]) -> Engine:
        """The same database with some columns held at written values, whatever their causes."""
        self = cls.__new__(cls)
        self._schema, self._config, self._order = fit._schema, fit._config, fit._order
        self._states = {
            name: self._state(its.table, its.settings, its.graph)
            for name, its in fit._states.items()
        }
        self._times, self._mixtures = fit._times, fit._mixtures
        self._held = {
            its: fit._raw(its, value)
            for its, value in written.items()
            if fit._states[its.table].nodes[its.node].determined is None
        }
        self._written, self._fit = dict(written), fit
        self._work()
        return self

    def _state(self, table: Table, settings: ScmConfig, graph: CausalGraph) -> TableFeatures:
        stream = table_stream(self._schema, table)
        return TableFeatures(
            table=table,
            graph=graph,
            settings=settings,
            stream=stream,
            reference=reference_rows(table.rows, stream.child("reference_rows")),
            nodes=list(graph.nodes),
            keys=key_columns(self._schema, self._config, table),
        )

    def _work(self) -> None:
        # What is not finite is drawn anew.
        with one_thread(), np.errstate(over="ignore", invalid="ignore"):
            for vertex in self._order:
                if isinstance(vertex, Reference):
                    self._reference(vertex)
                else:
                    self._variable(vertex)
        for state in self._states.values():
            self._forget(state)
        self._columns = WrittenColumns(self._schema, self._states, self._block_of, self._written)

    def graphs(self) -> dict[str, CausalGraph]:
        """The graphs with what the fit has found."""
        return {
            name: state.graph.but(nodes=tuple(state.nodes)) for name, state in self._states.items()
        }

    def _raw(self, variable: Variable, written: float) -> float:
        """The raw value of a column that is written as this one, or as near as there is."""
        state, j = self._states[variable.table], variable.node
        if state.is_category(j):
            return written
        if (labelling := state.labellings.get(j)) is not None:
            return labelling.inverse(int(written), state.ordered[j])
        return state.transforms[j].inverse(written)

    # Fitting.

    def _reference(self, vertex: Reference) -> None:
        state = self._states[vertex.table]
        (parent,) = (p for p in state.graph.parents if p.foreign_key == vertex.foreign_key)
        other = self._states[parent.table]
        column = next(c for c in state.table.foreign_keys if c.name == vertex.foreign_key)
        stream = reference_stream(self._schema, state.table, column)
        width = max((node.width or 1 for node in state.nodes if node.causes), default=1)
        causes = [
            self._as_referenced(other, node, family)
            for node, family in zip(parent.nodes, parent.mechanisms, strict=True)
        ]
        generator = stream.child("encoders").generator()
        wanted = [
            Wanted(family, width if cause.is_embedded else 1, width)
            for cause, family in zip(causes, parent.mechanisms, strict=True)
        ]
        mechanisms = draw_mechanisms(wanted, state.settings.mlp, generator)
        shapes = [(its.categories or 2, width) for its in causes if its.is_embedded]
        embeddings = iter(draw_embeddings(shapes, state.settings.mlp, generator))
        encoders = make_encoders(
            causes,
            mechanisms,
            [1.0] * len(causes),
            [next(embeddings) if its.is_embedded else None for its in causes],
        )
        kinds = {n.aggregation for n in state.nodes if n.is_used and n.aggregation is not None}
        values = [self._whole(other, node) for node in parent.nodes]
        state.references[vertex.foreign_key] = ReferencedRows(
            values, causes, encoders, sorted(kinds)
        )

    def _as_referenced(self, state: TableFeatures, node: int, family: str) -> Cause:
        """What a column is to the rows that refer to it: by its label, where it is cut."""
        its = state.nodes[node]
        held = self._held.get(Variable(state.table.name, node))
        if its.kind == "categorical":
            if held is not None and not state.is_category(node):
                held = float(state.labellings[node](np.array([held], np.float32))[0])
            return Cause(its.categories, state.graph.mode == "eager", held=held)
        return self._as_number(state, node, is_by_grid(family), held)

    def _as_number(
        self, state: TableFeatures, node: int, by_grid: bool, held: float | None
    ) -> Cause:
        mean, sd = state.moments(node) if state.settings.standardise else (0.0, 1.0)
        return Cause(grid=state.grid(node) if by_grid else None, held=held, mean=mean, sd=sd)

    def _as_cause(self, state: TableFeatures, node: int, family: str) -> Cause:
        its = node, is_by_grid(family)
        if its not in state.causes:
            held = self._held.get(Variable(state.table.name, node))
            if state.is_category(node):
                state.causes[its] = Cause(state.categories(node), is_embedded=True, held=held)
            else:
                state.causes[its] = self._as_number(state, *its, held)
        return state.causes[its]

    def _variable(self, vertex: Variable) -> None:
        state, j = self._states[vertex.table], vertex.node
        if self._fit is not None:
            self._refit(state, self._fit._states[vertex.table], j)
            return
        node = state.nodes[j]
        for attempt in range(MOST_ATTEMPTS):
            values, can_mix = self._attempted(state, j, attempt)
            is_fine = self._is_fine(state, j, values, attempt) and can_mix
            if is_fine or attempt == MOST_ATTEMPTS - 1:
                break
        self._seen(state).values[j] = values
        state.drawn.pop(j, None)
        if state.is_small:
            state.forget(j)
        if attempt > 0 or j in state.labellings:
            found = {"attempt": attempt, "boundaries": self._boundaries(state, j)}
            state.nodes[j] = state.nodes[j].but(**found)
        if node.transform is not None:
            fit = transforms[node.transform].function
            own = state.stream.child("node", j, "transform")
            state.transforms[j] = fit(state.ordered[j], state.table.rows, own.generator())

    def _attempted(self, state: TableFeatures, j: int, attempt: int) -> tuple[Values, bool]:
        """Values of an attempt at a node, and whether its causes give something to mix."""
        seen, node = self._seen(state), state.nodes[j]
        if node.budget is None:
            state.models[j] = self._drawn(state, j, attempt)
            return state.models[j](seen), True
        given, scale, values = None, None, None
        if node.source != BUDGET:
            given = self._drawn(state, j, attempt)
            values = given(seen)
            scale = self._scale(state.scales, j, values)
        parts = self._mixtures.parts(state.table, state.nodes, j, state.keys, seen)
        if (share := node.budget.children) is not None:
            whole = self._gathered(share.gathered, state.table)
            its = self._scale(state.child_scales, j, seen.rows.taken(whole))
            parts.append(Kept(its.standardised(whole, share.sign * math.sqrt(share.share))))
        strength = self._mixtures.strength(state.table, state.nodes, j, seen)
        mixed = Mixed(given, scale, math.sqrt(node.budget.causes), parts, strength)
        state.models[j] = mixed
        return mixed.of(values, seen), scale is None or scale.is_fine

    def _scale(self, scales: dict[int, Scale], j: int, values: Values) -> Scale:
        """The scale of these values, or in an intervention that of the fit."""
        if self._fit is None:
            scales[j] = Scale.of(values)
        return scales[j]

    def _boundaries(self, state: TableFeatures, node: int) -> tuple[float, ...] | None:
        its = state.labellings.get(node)
        return None if its is None else tuple(its.boundaries.tolist())

    def _own(self, state: TableFeatures, j: int, attempt: int) -> Stream:
        """Randomness of one attempt at a node alone."""
        return state.stream.child("node", j, attempt)

    def _drawn(self, state: TableFeatures, j: int, attempt: int) -> NodeModel:
        node = state.nodes[j]
        if node.source == CHILDREN:
            assert node.gathered is not None  # noqa: S101 (its source says so)
            return Given(self._gathered(node.gathered, state.table))
        if node.time is not None:
            if attempt == 0:
                return self._times.source(state.table, node.time, state.keys, state.reference)
            node = state.nodes[j] = node.but(source=node.time.instead, time=None)
        if not node.causes:
            series, own = self._config.features.series, self._own(state, j, attempt)
            return draw_source(node, state.table, state.is_category(j), series, own)
        causes = [
            self._as_cause(state, cause, family)
            for cause, family in zip(node.causes, node.mechanisms, strict=False)
        ]
        if attempt not in state.drawn.get(j, {}):
            self._draw_together(state, j, attempt)
        return make_mechanised(node, causes, state.drawn[j].pop(attempt), state.noise(j))

    def _draw_together(self, state: TableFeatures, j: int, attempt: int) -> None:
        """Draw an attempt with others: the first of the whole table, a later one with as many
        after it as there were before it.
        """
        if attempt == 0:
            used = [k for k, its in enumerate(state.nodes) if its.is_used and its.causes]
            places, stream = [(k, 0) for k in used], state.stream.child("mechanisms")
        else:
            first = 1 << attempt.bit_length() - 1
            places = [(j, first + k) for k in range(first)]
            stream = self._own(state, j, first).child("mechanisms")
        nodes = [state.nodes[k] for k, _ in places]
        categories = [
            [*map(state.categories, its.causes), state.categories(k)]
            for its, (k, _) in zip(nodes, places, strict=True)
        ]
        drawn = draw_nodes(nodes, categories, state.settings.mlp, stream.generator())
        for (k, its_attempt), its in zip(places, drawn, strict=True):
            state.drawn.setdefault(k, {})[its_attempt] = its

    def _is_fine(self, state: TableFeatures, j: int, values: Values, attempt: int) -> bool:
        node = state.nodes[j]
        if state.is_category(j):
            return node.column is None or not is_one_sided(values, node.categories or 2)
        if node.column is None:
            state.loose[j] = values
            is_fine = math.isfinite(values.min()) and math.isfinite(values.max())
            if not is_fine:
                np.nan_to_num(values, copy=False)
            return is_fine
        ordered = np.sort(values)
        if not (math.isfinite(ordered[0]) and math.isfinite(ordered[-1])):
            np.nan_to_num(values, copy=False)
            state.ordered[j] = np.sort(values)
            return False
        state.ordered[j] = ordered
        is_fine = not is_degenerate(ordered)
        if node.kind == "categorical":
            n = node.categories or 2
            own = self._own(state, j, attempt).child("labels")
            labelling = draw_labelling(ordered, n, state.settings, own)
            state.labellings[j] = labelling
            is_fine = is_fine and not is_one_label(ordered, labelling.boundaries)
        return is_fine

    def _refit(self, state: TableFeatures, fit: TableFeatures, j: int) -> None:
        """Take a node's fit over, but for what an intervention reaches."""
        state.nodes[j] = fit.nodes[j]
        for name in ("labellings", "ordered", "loose", "scales", "child_scales", "transforms"):
            if j in (found := getattr(fit, name)):
                getattr(state, name)[j] = found[j]
        held = self._held.get(Variable(state.table.name, j))
        if held is not None:
            state.models[j] = Held(held, np.int32 if state.is_category(j) else np.float32)
            seen = self._seen(state)
            seen.values[j] = state.models[j](seen)
        else:
            values, _ = self._attempted(state, j, state.nodes[j].attempt)
            self._seen(state).values[j] = values

    def _seen(self, state: TableFeatures) -> Computing:
        if state.seen is None:
            state.seen = Computing(state, state.reference)
        return state.seen

    def _forget(self, state: TableFeatures) -> None:
        """Drop what only the fit has needed."""
        if state.seen is not None:
            self._fit_nulls(state, state.seen.values)
            self._fit_determined(state, state.seen.values)
            if state.is_small:
                for j in written_nodes(state.nodes):
                    state.whole[j] = self._as_column(state, j, state.seen.values[j])
        state.seen = None

    def _fit_nulls(self, state: TableFeatures, seen: Mapping[int, Values]) -> None:
        """Find from which value of its cause on a column is null."""
        for j, node in enumerate(state.nodes):
            its = node.null
            if its is None or its.cause is None:
                continue
            if self._fit is not None:
                state.thresholds[j] = self._fit._states[state.table.name].thresholds[j]
                continue
            values = self._as_column(state, its.cause, seen[its.cause])
            found = state.thresholds[j] = Threshold.of(values, its.share, its.side == "above")
            state.nodes[j] = node.but(null=its.but(threshold=found.value))

    def _fit_determined(self, state: TableFeatures, seen: Mapping[int, Values]) -> None:
        """Find what numbers are rounded to, and where their bands begin."""
        for j, node in enumerate(state.nodes):
            its = node.determined
            if its is None or its.kind not in ("rounded", "band"):
                continue
            if self._fit is not None:
                state.nodes[j] = self._fit._states[state.table.name].nodes[j]
                continue
            own = state.stream.child("determined", "column", str(node.column))
            source = its.of[0]
            transform = state.transforms[source]
            numbers = np.nan_to_num(transform(seen[source], own.child("ties").generator()))
            if its.kind == "rounded":
                found: dict[str, object] = {"step": rounding_step(numbers)}
            else:
                n, draws = node.categories or 2, own.child("bands")
                labelling = draw_labelling(np.sort(numbers), n, state.settings, draws)
                found = {"boundaries": tuple(labelling.boundaries.tolist())}
            state.nodes[j] = node.but(determined=its.but(**found))

    # Whole columns, for what refers to them or gathers them.

    def _as_column(self, state: TableFeatures, node: int, values: Values) -> Values:
        labelling = state.labellings.get(node)
        return values if labelling is None else labelling(values)

    def _whole(self, state: TableFeatures, node: int) -> Values:
        if node not in state.whole:
            if state.is_small:
                values = self._seen(state).values[node]
            else:
                values = np.concatenate([its[node] for its in self._all_blocks(state, [node])])
            state.whole[node] = self._as_column(state, node, values)
        return state.whole[node]

    def _all_blocks(self, state: TableFeatures, nodes: list[int]) -> Iterable[dict[int, Values]]:
        for block in range(-(-state.table.rows // BLOCK_ROWS)):
            yield self._computed(state, block_of_rows(state.table.rows, block), nodes)

    def _computed(
        self, state: TableFeatures, rows: Rows, nodes: Iterable[int]
    ) -> dict[int, Values]:
        wanted = set()
        pending = list(nodes)
        for node in pending:
            if node not in wanted:
                wanted.add(node)
                pending += state.nodes[node].causes
        computing = Computing(state, rows)
        computing.compute(j for j in state.models if j in wanted)  # in their order of work
        return computing.values

    def _gathered(self, its: Gathered, parent: Table) -> Floats:
        state = self._states[its.table]
        blocks = self._children(state, its.foreign_key, its.node)
        return gather(its, parent.rows, state.table.rows, blocks)

    def _children(
        self, state: TableFeatures, foreign_key: str, node: int | None
    ) -> Iterable[Block]:
        keys = state.keys[foreign_key]
        if node is None:
            for block in range(-(-state.table.rows // BLOCK_ROWS)):
                found = keys.block(block)
                yield block * BLOCK_ROWS, found, np.empty(0, np.float32)
        elif state.is_small:
            values = self._seen(state).values[node]
            yield 0, all_rows(state.table.rows).of(keys), values
        else:
            for block, computed in enumerate(self._all_blocks(state, [node])):
                yield block * BLOCK_ROWS, keys.block(block), computed[node]

    # Columns.

    def columns(self, table: Table) -> dict[str, BlockColumn]:
        """Feature columns of a table as they are written, by name."""
        return self._columns.of(table)

    def _block_of(self, state: TableFeatures, node: int) -> Callable[[int], Values]:
        def block(index: int) -> Values:
            start = index * BLOCK_ROWS
            if node in state.whole:
                return state.whole[node][start : start + BLOCK_ROWS]
            if index not in state.blocks:
                while len(state.blocks) >= _KEPT_BLOCKS:
                    del state.blocks[next(iter(state.blocks))]
                wanted = written_nodes(state.nodes)
                rows = block_of_rows(state.table.rows, index)
                with one_thread(), np.errstate(over="ignore", invalid="ignore"):
                    values = self._computed(state, rows, wanted)
                state.blocks[index] = {j: self._as_column(state, j, values[j]) for j in wanted}
            return state.blocks[index][node]

        return block
