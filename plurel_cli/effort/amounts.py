"""How much work a database is, counted before any of it is done.

The schema, its block models and its causal graphs are drawn, which takes the same hundredth of a
second however many rows there are. From these follow amounts of work: rows of keys by form, rows
of times by spacing, encodings, sources and cuts by kind. Each has a cost, which `costs` knows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from plurel_cli.config import Config
from plurel_cli.config.output import OutputConfig
from plurel_cli.connectivity.stage import planned_keys
from plurel_cli.features.budget.causes import CausesShare
from plurel_cli.features.budget.children import ChildrenShare
from plurel_cli.features.budget.memory import MemoryShare
from plurel_cli.features.budget.noise import NoiseShare
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.graph import sample_causal_graphs
from plurel_cli.features.mechanisms import is_by_grid
from plurel_cli.features.references import DENSE_ROWS
from plurel_cli.features.rows import REFERENCE_ROWS, SLICE_ROWS
from plurel_cli.features.taste import all_settings
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.arrivals import Arrivals
from plurel_cli.schema.causal import CausalGraph, CausalNode, ParentCauses
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema, Table
from plurel_cli.schema.sample import sample_schema
from plurel_cli.storage.layout import GROUP_ROWS
from plurel_cli.temporal.clock import Clock

Amounts: TypeAlias = Counter[str]
"""Amounts of work by name."""

KINDS = ("schema", "keys", "times", "fit", "values", "writing")
"""Kinds of work, in the order in which they are told."""

_NO_GRAPH = CausalGraph(layout="", mode="lazy", edge_weight="", null_share=0.0, nodes=())


@dataclass(frozen=True)
class DrawnDatabase:
    """A database of which all is drawn that takes no time by the row.

    Attributes
    ----------
    schema
        Its tables, with the block models of their keys.
    graphs
        Its causal graphs, by table; none where features are series.
    arrivals
        What the times of each table that has some are drawn from.
    hours
        Length of its window.
    output
        How it is written.
    """

    schema: Schema
    graphs: Mapping[str, CausalGraph]
    arrivals: Mapping[str, Arrivals]
    hours: float
    output: OutputConfig

    @classmethod
    def of(cls, config: Config, seed: int) -> DrawnDatabase:
        """Draw a database.

        Parameters
        ----------
        config
            What to draw from.
        seed
            Seed of the database.

        Returns
        -------
        DrawnDatabase
        """
        schema = planned_keys(sample_schema(config, seed), config)
        graphs: Mapping[str, CausalGraph] = {}
        if config.features.model == "scm":
            graphs = sample_causal_graphs(schema, config, all_settings(config, schema))
        clock = Clock(schema, config)
        timed = [table for table in schema.tables if table.time_column is not None]
        arrivals = {table.name: clock.arrivals(table) for table in timed}
        hours = 24.0 * (clock.window.end - clock.window.start).days
        return cls(schema, graphs, arrivals, hours, config.output)

    @cached_property
    def rows(self) -> int:
        """Rows of all tables."""
        return sum(table.rows for table in self.schema.tables)

    @cached_property
    def cells(self) -> int:
        """Cells of all tables."""
        return sum(table.rows * len(table.columns) for table in self.schema.tables)

    def graph(self, table: Table) -> CausalGraph:
        """The causal graph of a table, empty where there is none."""
        return self.graphs.get(table.name, _NO_GRAPH)

    def whole_nodes(self, table: Table) -> set[int]:
        """Nodes of a table of which all rows are needed before any is written."""
        return self._whole[table.name]

    @cached_property
    def _whole(self) -> Mapping[str, set[int]]:
        nodes: defaultdict[str, set[int]] = defaultdict(set)
        for graph in self.graphs.values():
            for parent in graph.parents:
                nodes[parent.table] |= set(parent.nodes)
            for gathered in _gathered(graph.nodes):
                for variable in gathered.reads():
                    nodes[variable.table].add(variable.node)
        return nodes

    @cached_property
    def work(self) -> dict[str, Amounts]:
        """Amounts of work, by its kind."""
        work: dict[str, Amounts] = {kind: Counter() for kind in KINDS}
        features = _Features(self)
        work["schema"]["database"] = work["writing"]["database"] = 1
        for table in self.schema.tables:
            work["schema"]["table"] += 1
            work["schema"]["column"] += len(table.columns)
            again = features.times_over(table)
            for key in table.foreign_keys:
                work["keys"].update(_key_work(self.schema, table, key, again))
            work["times"].update(self._time_work(table, again))
            work["values"].update(features.values(table))
            work["writing"].update(_writing_work(self, table))
        work["fit"].update(features.fit())
        return work

    def _time_work(self, table: Table, again: float) -> Amounts:
        if table.time_column is None:
            return Counter()
        arrivals = self.arrivals[table.name]
        spacing = arrivals.spacing if arrivals != Arrivals() else "plain"
        rows = round(table.rows * again)
        amounts: Amounts = Counter({"table": 1, spacing: rows, f"count_{spacing}": table.rows})
        amounts[f"hours_{spacing}"] += round(self.hours)
        return amounts


def _key_work(schema: Schema, table: Table, key: ForeignKey, again: float) -> Amounts:
    """Work of a foreign key of which each row is made so often."""
    rows, parents = round(table.rows * again), schema.by_name[key.references].rows
    n_levels = len(key.blocks.levels) if key.blocks is not None else 0
    form = key.form if key.shape is None else "shaped"
    form = "pairs" if table.unique is not None and key.name in table.unique else form
    amounts: Amounts = Counter({"key": 1, form: rows, f"levels_{form}": rows * n_levels})
    if key.shape is not None:
        amounts["shaped_parents"] += parents
    if key.keeps_to_time:
        amounts["in_time"] += rows
    return amounts


def n_groups(table: Table) -> int:
    """Row groups of a table."""
    return -(-table.rows // GROUP_ROWS)


def n_files(drawn: DrawnDatabase, table: Table) -> int:
    """Files of a table.

    Parameters
    ----------
    drawn
        The database.
    table
        A table of it.

    Returns
    -------
    int
        At least 1.
    """
    rows = drawn.output.part_rows
    if rows is None or drawn.output.layout == "relbench":
        return 1
    return -(-n_groups(table) // -(-rows // GROUP_ROWS))


def _writing_work(drawn: DrawnDatabase, table: Table) -> Amounts:
    """Work of writing a table."""
    amounts: Amounts = Counter(file=n_files(drawn, table))
    amounts["column"] += len(table.columns) * n_groups(table)
    for column in table.columns:
        amounts[column.type] += table.rows
    amounts[f"compressed_{drawn.output.compression}"] += table.rows * len(table.columns)
    return amounts


class _Features:
    """The work of the features of a database.

    Small tables are computed once, in the fit. Of a large one the fit computes reference rows, and
    all rows of what others refer to or gather, one column after another.
    """

    def __init__(self, drawn: DrawnDatabase) -> None:
        self._drawn = drawn
        self._nodes = {
            table.name: [
                _node_work(drawn.graph(table), j) for j in range(len(drawn.graph(table).nodes))
            ]
            for table in drawn.schema.tables
        }

    def times_over(self, table: Table) -> float:
        """How often a key or a time of a table is made."""
        if table.rows <= REFERENCE_ROWS or not self._drawn.graph(table).nodes:
            return 1.0
        sample = min(1.0, BLOCK_ROWS * (REFERENCE_ROWS // SLICE_ROWS) / table.rows)
        n_whole = len(self._drawn.whole_nodes(table)) if self._drawn.graph(table).parents else 0
        return 1.0 + sample + n_whole

    def fit(self) -> Amounts:
        """Work of the fit of all tables."""
        amounts: Amounts = Counter(database=1)
        for table in self._drawn.schema.tables:
            graph = self._drawn.graph(table)
            used = [j for j, node in enumerate(graph.nodes) if node.is_used]
            if not used:
                continue
            rows = min(table.rows, REFERENCE_ROWS)
            amounts["table"] += 1
            amounts["unused"] += len(graph.nodes) - len(used)
            for j in used:
                self._add(amounts, table, j, rows)
                amounts.update(_fit_work(graph, j, rows))
            for parent in graph.parents:
                amounts["referenced"] += len(parent.nodes)
                amounts.update(self._reference_work(table, parent, rows, is_encoded=True))
            for gathered in _gathered(graph.nodes):
                children = self._drawn.schema.by_name[gathered.table].rows
                amounts["gathered_rows"] += children
                amounts["gathered"] += 1
            if table.rows > REFERENCE_ROWS:
                for j in self._drawn.whole_nodes(table):
                    for k in self._closure(graph, [j]):
                        self._add(amounts, table, k, table.rows)
            for rows_of_chain in self._chains(table, graph):
                amounts["chain_rows"] += rows_of_chain
        return amounts

    def values(self, table: Table) -> Amounts:
        """Work of what is written of a table's features."""
        graph = self._drawn.graph(table)
        amounts: Amounts = Counter()
        if not graph.nodes:
            for feature in table.features:
                amounts[f"series_{feature.kind}"] += table.rows
                amounts["series"] += 1
            return amounts
        columns = [j for j, node in enumerate(graph.nodes) if node.column is not None]
        if table.rows > REFERENCE_ROWS:
            for j in self._closure(graph, columns):
                self._add(amounts, table, j, table.rows)
            for parent in graph.parents:
                amounts.update(self._reference_work(table, parent, table.rows, is_encoded=False))
        for j in columns:
            node = graph.nodes[j]
            amounts["column"] += 1
            if node.determined is not None:
                amounts["determined"] += table.rows
            elif node.kind == "numerical":
                amounts["transformed"] += table.rows
            else:
                amounts["category"] += table.rows
            if node.null is not None or (graph.null_share and node.kind == "numerical"):
                amounts["nulls"] += table.rows
        return amounts

    def _add(self, amounts: Amounts, table: Table, j: int, rows: int) -> None:
        """Add the work of a node on so many rows of its table."""
        slices = -(-rows // SLICE_ROWS)
        for name, amount in self._nodes[table.name][j].items():
            amounts[name] += amount * (slices if name.startswith("call") else rows)

    @staticmethod
    def _closure(graph: CausalGraph, nodes: Iterable[int]) -> set[int]:
        """Nodes, and those of the same row that they depend on."""
        reached: set[int] = set()
        pending = list(nodes)
        for j in pending:
            if j not in reached:
                reached.add(j)
                pending += graph.nodes[j].causes
        return reached

    def _reference_work(
        self, table: Table, parent: ParentCauses, rows: int, *, is_encoded: bool
    ) -> Amounts:
        """Work of what comes over a foreign key to so many rows."""
        nodes = self._drawn.graph(table).nodes
        n_parents = self._drawn.schema.by_name[parent.table].rows
        width = max((node.width or 1 for node in nodes if node.causes), default=1)
        n_kinds = len({n.aggregation for n in nodes if n.is_used and n.aggregation is not None})
        is_dense = n_parents <= DENSE_ROWS
        encoded = n_parents if is_dense else min(rows, n_parents)
        if is_dense and not is_encoded:
            encoded = 0
        work = encoded * len(parent.nodes)
        return Counter(
            referenced_rows=work,
            referenced_width=work * width * (1 + n_kinds),
            call_referenced=-(-encoded // SLICE_ROWS) * len(parent.nodes) * (1 + n_kinds),
            looked_up=0 if is_dense else rows,
            carried=rows * width * n_kinds,
        )

    @staticmethod
    def _chains(table: Table, graph: CausalGraph) -> Iterable[int]:
        """Rows of each chain of memory."""
        chains = {
            (share.foreign_key, share.chain)
            for node in graph.nodes
            for share in node.budget or ()
            if isinstance(share, MemoryShare)
        }
        return [table.rows] * len(chains)


def _gathered(nodes: Iterable[CausalNode]) -> Iterable[GatheredRecord]:
    """What nodes gather of children."""
    for node in nodes:
        if node.is_used and node.gathered is not None:
            yield node.gathered
        for share in node.budget or ():
            if node.is_used and isinstance(share, ChildrenShare):
                yield share.gathered


def _node_work(graph: CausalGraph, j: int) -> Amounts:
    """Work of a node: by the row, and of those that begin with `call` by the slice."""
    node = graph.nodes[j]
    amounts: Amounts = Counter()
    if node.determined is not None:
        return amounts
    if node.budget is not None:
        amounts["mixed"] += 1 + sum(
            not isinstance(share, CausesShare | ChildrenShare | NoiseShare) for share in node.budget
        )
        amounts["normal"] += any(isinstance(share, NoiseShare) for share in node.budget)
        amounts["call_mixed"] += 1
    is_category = graph.mode == "eager" and node.kind == "categorical"
    if not node.causes:
        name = "time" if node.time else "gathered" if node.gathered else node.source
        amounts[f"source_{'category' if is_category else name}"] += 1
        return amounts
    width = node.width or 1
    *families, decoder = node.mechanisms
    for cause, family in zip(node.causes, families, strict=True):
        way = "grid" if is_by_grid(family) else "line"
        if graph.mode == "eager" and graph.nodes[cause].kind == "categorical":
            way = "taken"
        amounts[f"encoded_{way}"] += width
        amounts["encoded"] += 1
        amounts["call_encoded"] += 1
    heavy = "slow" if node.aggregation in ("product", "logsumexp") else "plain"
    amounts[f"aggregated_{heavy}"] += width * len(node.causes)
    amounts["noise"] += width
    amounts["taken"] += width * len(graph.parents)
    amounts["decoded_" + ("grid" if is_by_grid(decoder) else "line")] += width
    if is_category:
        amounts["compared"] += width * (node.categories or 2)
        amounts["decided"] += node.categories or 2
    amounts["call_node"] += 1
    return amounts


def _fit_work(graph: CausalGraph, j: int, rows: int) -> Amounts:
    """Work of the fit of a node beside its values."""
    node = graph.nodes[j]
    amounts: Amounts = Counter(node=1)
    if node.determined is not None:
        amounts["determined"] += 1
        return amounts
    amounts["mechanism"] += len(node.mechanisms)
    amounts["mechanism_width"] += len(node.mechanisms) * (node.width or 0)
    if graph.mode == "lazy" or node.kind == "numerical":
        amounts["sorted"] += rows
    if node.kind == "categorical":
        amounts["categories"] += node.categories or 0
    return amounts
