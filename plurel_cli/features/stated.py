"""Causes that are stated: they get their share of a column, and hidden variables their nodes.

What is stated leaves a rest to what is drawn. A column that has none depends on what is stated
alone; the causes that its graph drew for it are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from plurel_cli.errors import ConfigError, Problem
from plurel_cli.features.budget import Budget, ShareRecord
from plurel_cli.features.budget.noise import NoiseShare
from plurel_cli.features.budget.own import OwnShare
from plurel_cli.features.budget.referenced import ReferencedShare
from plurel_cli.features.nulls.random import STATED_GROUP, Random
from plurel_cli.features.roles import CausalNode
from plurel_cli.features.roles.budget import BudgetNode
from plurel_cli.schema.causal import CausalGraph
from plurel_cli.schema.column import Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import key_and_name
from plurel_cli.schema.stated import StatedModel
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable

Graphs = Mapping[str, CausalGraph]


def models(table: Table) -> dict[str, StatedModel]:
    """What is stated of a table's columns and hidden variables, by name."""
    columns = {c.name: c.model for c in table.features if c.model is not None}
    return columns | {variable.name: variable.model for variable in table.hidden}


def hidden_nodes(table: Table) -> Iterator[CausalNode]:
    """Nodes of a table's hidden variables, of nothing but chance as yet."""
    for variable in table.hidden:
        yield BudgetNode(kind="numerical", name=variable.name, budget=(NoiseShare(share=1.0),))


def node_of(graph: CausalGraph, name: str) -> int | None:
    """The node of a column or a hidden variable, if there is one."""
    for j, node in enumerate(graph.nodes):
        if name in (node.column, node.name) and node.is_variable:
            return j
    return None


def stated_edges(schema: Schema, graphs: Graphs) -> Iterator[tuple[Variable, Variable]]:
    """Stated causes, each with what depends on it.

    Parameters
    ----------
    schema, graphs
        The database, with the nodes of hidden variables.
    """
    for table in schema.tables:
        for name, model in models(table).items():
            effect = node_of(graphs[table.name], name)
            for share in _shares(schema, table, model, graphs, name):
                for cause in (*share.reads(), *(Variable(table.name, j) for j in share.of_row)):
                    assert effect is not None  # noqa: S101 (all that is stated has a node)
                    yield cause, Variable(table.name, effect)


def with_stated(schema: Schema, table: Table, graphs: Graphs) -> CausalGraph:
    """The graph of a table with the shares that are stated.

    Parameters
    ----------
    schema, table
        The table.
    graphs
        The graphs of all tables, budgets drawn.
    """
    graph = graphs[table.name]
    nodes = list(graph.nodes)
    for name, model in models(table).items():
        j = node_of(graph, name)
        assert j is not None  # noqa: S101 (all that is stated has a node)
        stated = _shares(schema, table, model, graphs, name)
        nodes[j] = _with_budget(nodes[j], [*stated], model)
    return graph.but(nodes=tuple(nodes))


def _with_budget(node: CausalNode, stated: Sequence[ShareRecord], model: StatedModel) -> CausalNode:
    """A node with the shares that are stated, and what is drawn for the rest."""
    noise, rest = model.noise, model.rest
    drawn: list[ShareRecord] = []
    if rest > 0.0 and node.budget and node.name is None:
        drawn = [share.but(share=share.share * rest) for share in node.budget]
    else:
        noise += rest
    budget: Budget = (*stated, *([NoiseShare(share=noise)] if noise > 0.0 else ()), *drawn)
    if not any(share.is_of_graph for share in budget):
        return node.becoming(BudgetNode, budget=budget)
    return node.but(budget=budget)


def _shares(
    schema: Schema, table: Table, model: StatedModel, graphs: Graphs, name: str
) -> Iterator[OwnShare | ReferencedShare]:
    """Shares of stated causes."""
    for cause in model.causes:
        key, variable = key_and_name(table, cause.path)
        other = table.name if key is None else key.references
        node = node_of(graphs[other], variable)
        if node is None:
            raise ConfigError(
                [
                    Problem(
                        f"tables.{table.name}.columns.{name}.causes",
                        "must name columns that are variables, and hidden variables",
                        cause.path,
                    )
                ]
            )
        sign = -1 if cause.falls else 1
        if key is None:
            yield OwnShare(share=cause.share, node=node, sign=sign, mechanism=cause.mechanism)
        else:
            yield ReferencedShare(
                share=cause.share,
                foreign_key=key.name,
                table=other,
                node=node,
                sign=sign,
                mechanism=cause.mechanism,
            )


def stated_order(table: Table) -> list[str]:
    """Columns of a table that stated causes of the same row join, causes first.

    Raises
    ------
    ConfigError
        If they go round in a circle.
    """
    graph: dict[str, set[str]] = {}
    for name, model in models(table).items():
        own = {cause.path for cause in model.causes if "." not in cause.path}
        if own:
            graph.setdefault(name, set()).update(own)
    try:
        order = [*TopologicalSorter(graph).static_order()]
    except CycleError as error:
        circle = " → ".join(reversed(error.args[1]))
        place = f"tables.{table.name}.columns"
        raise ConfigError(
            [Problem(place, f"causes must not form a circle, but do: {circle}")]
        ) from None
    features = {column.name for column in table.features}
    return [name for name in order if name in features]


def is_transformed(feature: Feature | None) -> bool:
    """Whether a node is a number that is written by a transform, and not by a lens."""
    return feature is not None and feature.kind == "numerical" and feature.lens is None


def in_stated_order(
    order: list[int], columns: Sequence[str], table: Table, causes: Sequence[Sequence[int]]
) -> list[int]:
    """Nodes of columns, in their order, such that stated causes close no circle with drawn ones:
    those that stated causes join keep their nodes among them, causes first.
    """
    joined = [name for name in stated_order(table) if name in columns]
    if not joined:
        return order
    sorter = TopologicalSorter({j: set(several) for j, several in enumerate(causes)})
    rank = {j: place for place, j in enumerate(sorter.static_order())}
    places = [columns.index(name) for name in joined]
    nodes = sorted((order[place] for place in places), key=rank.__getitem__)
    for place, node in zip(places, nodes, strict=True):
        order[place] = node
    return order


def with_stated_nulls(table: Table, graph: CausalGraph) -> CausalGraph:
    """Give columns the nulls that are stated of them."""
    shares = {column.name: column.null_share for column in table.features}
    return graph.but(
        nodes=tuple(
            node.but(null=Random(share=share, group=STATED_GROUP + j))
            if (share := shares.get(node.column or ""))
            else node
            for j, node in enumerate(graph.nodes)
        )
    )
