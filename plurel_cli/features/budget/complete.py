"""Complete budgets with what can be drawn only once the graphs of all tables are there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from plurel_cli.config.scm import ScmConfig
from plurel_cli.features.budget.share import BudgetShare
from plurel_cli.features.streams import table_stream
from plurel_cli.features.taste import TableSettings
from plurel_cli.features.variables import Successors, reachable
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.causal import CausalGraph
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable


def complete_budgets(
    schema: Schema,
    settings: TableSettings,
    table: Table,
    graphs: dict[str, CausalGraph],
    edges: Successors,
) -> None:
    """Draw what a table's budgets leave open until all graphs are there.

    Parameters
    ----------
    schema, table
        The table.
    settings
        Its settings.
    graphs
        The causal graphs of all tables, of which that of the table is replaced.
    edges
        What depends on what, to which what is drawn is added.
    """
    nodes = list(graphs[table.name].nodes)
    for j, node in enumerate(nodes):
        if node.budget is None:
            continue
        stream = table_stream(schema, table).child("budget").child("node", j)
        scm = settings.of_column(node.column).scm
        graphs_of_node = _GraphsOfNode(scm, stream, Variable(table.name, j), graphs, edges)
        budget = []
        for share in node.budget:
            assert isinstance(share, BudgetShare)  # noqa: S101 (as all that are drawn)
            complete = share.completed(graphs_of_node)
            for variable in {*complete.reads()} - {*share.reads()}:
                edges[variable].append(graphs_of_node.variable)
            budget.append(complete)
        nodes[j] = node.but(budget=tuple(budget))
    graphs[table.name] = graphs[table.name].but(nodes=tuple(nodes))


@dataclass(frozen=True)
class _GraphsOfNode:
    """The causal graphs of all tables, for the shares of one node."""

    settings: ScmConfig
    stream: Stream
    variable: Variable
    graphs: Mapping[str, CausalGraph]
    edges: Successors

    def free(self, table: str) -> list[int]:
        below, nodes = reachable(self.edges, [self.variable]), self.graphs[table].nodes
        every = [
            j
            for j, node in enumerate(nodes)
            if node.column is not None and node.is_variable and Variable(table, j) not in below
        ]
        return [j for j in every if nodes[j].kind == "numerical"] or every
