"""A database of which all is drawn that takes no time by the row.

The schema, its block models and its causal graphs are drawn, which takes the same hundredth of a
second however many rows there are. How much work the database is, and how large, follows from
them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from plurel_cli.config.model import Config
from plurel_cli.config.output import OutputConfig
from plurel_cli.config.tasks import TasksConfig
from plurel_cli.connectivity.stage import planned_keys
from plurel_cli.features.budget.children import ChildrenShare
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.graph import sample_causal_graphs
from plurel_cli.features.roles.gathering import GatheringNode
from plurel_cli.features.stage import without_series
from plurel_cli.features.taste import all_settings
from plurel_cli.schema.arrivals import Arrivals
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.layout import ROW_GROUP_ROWS
from plurel_cli.temporal.clock import Clock

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
    tasks
        What is asked of it.
    """

    schema: Schema
    graphs: Mapping[str, CausalGraph]
    arrivals: Mapping[str, Arrivals]
    hours: float
    output: OutputConfig
    tasks: TasksConfig

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
        if any(config.for_table(t.id).features.model == "scm" for t in schema.tables):
            causal = without_series(schema)
            graphs = sample_causal_graphs(causal, config, all_settings(config, causal))
        clock = Clock(schema, config)
        timed = [table for table in schema.tables if table.time_column is not None]
        arrivals = {table.name: clock.arrivals(table) for table in timed}
        hours = 24.0 * (clock.window.end - clock.window.start).days
        return cls(schema, graphs, arrivals, hours, config.output, config.tasks)

    @property
    def is_relbench(self) -> bool:
        """Whether it is a RelBench 3 dataset, with scores of columns."""
        return self.output.layout == "relbench"

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
            for gathered in gathered_of(graph.nodes):
                for variable in gathered.reads():
                    nodes[variable.table].add(variable.node)
        return nodes


def n_row_groups(table: Table) -> int:
    """Row groups of a table."""
    return -(-table.rows // ROW_GROUP_ROWS)


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
    return -(-n_row_groups(table) // -(-rows // ROW_GROUP_ROWS))


def gathered_of(nodes: Iterable[CausalNode]) -> Iterable[GatheredRecord]:
    """What nodes gather of children."""
    for node in nodes:
        if node.is_used and isinstance(node, GatheringNode):
            yield node.gathered
        for share in node.budget or ():
            if node.is_used and isinstance(share, ChildrenShare):
                yield share.gathered
