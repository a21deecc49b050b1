"""Causes that are stated: they get their share of a column, and hidden variables their nodes.

What is stated leaves a rest to what is drawn. A column that has none depends on what is stated
alone; the causes that its graph drew for it are dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from graphlib import CycleError, TopologicalSorter

from plurel_cli.errors import ConfigError, Problem
from plurel_cli.features.budget import Budget, ShareRecord
from plurel_cli.features.budget.aggregate import AggregateShare
from plurel_cli.features.budget.moment import MomentShare
from plurel_cli.features.budget.noise import NoiseShare
from plurel_cli.features.budget.own import OwnShare
from plurel_cli.features.budget.referenced import ReferencedShare
from plurel_cli.features.gathering import GatheredRecord
from plurel_cli.features.gathering.over import planned
from plurel_cli.features.nulls.random import STATED_GROUP, Random
from plurel_cli.features.roles import CausalNode
from plurel_cli.features.roles.budget import BudgetNode
from plurel_cli.features.variables import (
    Successors,
    Vertex,
    reachable,
    reversed_edges,
    successors,
)
from plurel_cli.formulas.parse import parsed
from plurel_cli.formulas.tree import AggregateLeaf
from plurel_cli.schema.causal import CausalGraph, ParentCauses
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import TIME, key_and_name, key_of
from plurel_cli.schema.stated import StatedModel
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable

Graphs = Mapping[str, CausalGraph]

StatedShare = OwnShare | ReferencedShare | AggregateShare | MomentShare


def hidden_nodes(table: Table) -> Iterator[CausalNode]:
    """Nodes of a table's hidden variables, of nothing but chance as yet."""
    for variable in table.hidden:
        yield BudgetNode(kind="numerical", name=variable.name, budget=(NoiseShare(share=1.0),))


def node_of(graph: CausalGraph, name: str) -> int | None:
    """The node of a column or a hidden variable, if there is one.

    Parameters
    ----------
    graph
        The causal graph of its table.
    name
        The name.

    Returns
    -------
    int or None
        Its number.
    """
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

    Yields
    ------
    tuple of Variable
        A cause, and its effect.
    """
    for table in schema.tables:
        for name, model in table.models.items():
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

    Returns
    -------
    CausalGraph
    """
    graph = graphs[table.name]
    nodes = list(graph.nodes)
    for name, model in table.models.items():
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
) -> Iterator[StatedShare]:
    """Shares of stated causes."""
    for cause in model.causes:
        sign = -1 if cause.falls else 1
        mechanism = cause.mechanism
        if "(" in cause.path:
            gathered = _gathered(schema, table, graphs, name, cause.path)
            yield AggregateShare(
                share=cause.share, gathered=gathered, sign=sign, mechanism=mechanism
            )
            continue
        key, variable = key_and_name(table, cause.path)
        other = table.name if key is None else key.references
        if key is None and _is_time(table, graphs, variable):
            yield MomentShare(share=cause.share, sign=sign, mechanism=mechanism)
            continue
        node = _variable(graphs, other, variable, table, name, cause.path)
        if key is None:
            yield OwnShare(share=cause.share, node=node, sign=sign, mechanism=mechanism)
        else:
            yield ReferencedShare(
                share=cause.share,
                foreign_key=key.name,
                table=other,
                node=node,
                sign=sign,
                mechanism=mechanism,
            )


def _is_time(table: Table, graphs: Graphs, name: str) -> bool:
    """Whether a cause is the time of the row."""
    if table.time_column is None or node_of(graphs[table.name], name) is not None:
        return False
    return name in (TIME, table.time_column)


def _gathered(schema: Schema, table: Table, graphs: Graphs, name: str, path: str) -> GatheredRecord:
    """What is gathered of the rows that refer to the row."""
    leaf = parsed(path)
    assert isinstance(leaf, AggregateLeaf)  # noqa: S101 (checked with the config)
    child = schema.by_name[leaf.table]
    key = key_of(child, table, leaf.key)
    node = None
    if leaf.column is not None:
        node = _variable(graphs, child.name, leaf.column, table, name, path)
    return planned(leaf.function, child.name, key.name, node, half_life=1.0)


def _variable(graphs: Graphs, other: str, variable: str, table: Table, name: str, path: str) -> int:
    """The node of a cause."""
    node = node_of(graphs[other], variable)
    if node is None:
        place = f"tables.{table.id}.columns.{name}.causes.{path}"
        rule = f"must be a variable, but others determine {variable} here"
        remedy = "set features.scm.determined.p of the column to 0"
        raise ConfigError([Problem(place, rule, remedy=remedy)])
    return node


def without_circles(schema: Schema, graphs: Graphs) -> dict[str, CausalGraph]:
    """Graphs in which nothing of a row acts on rows that refer to it, if these act on it in turn.

    Where a stated cause is an aggregate of children, whatever depends on it does not act on them,
    unless that is stated as well.

    Parameters
    ----------
    schema, graphs
        The database, with what is drawn of it.

    Returns
    -------
    dict
        By table.
    """
    gathering = [
        (share.gathered.reads(), Variable(table.name, node))
        for table in schema.tables
        for name, model in table.models.items()
        if (node := node_of(graphs[table.name], name)) is not None
        for share in _shares(schema, table, model, graphs, name)
        if isinstance(share, AggregateShare)
    ]
    if not any(reads for reads, _ in gathering):
        return dict(graphs)
    edges = successors(graphs)
    for cause, effect in stated_edges(schema, graphs):
        edges[cause].append(effect)
    below = reachable(edges, [effect for reads, effect in gathering if reads])
    return {
        name: graph.but(
            parents=tuple(
                parent.but(nodes=kept_nodes, mechanisms=kept_mechanisms)
                for parent in graph.parents
                if (kept := _free(parent, below))
                for kept_nodes, kept_mechanisms in [kept]
            )
        )
        for name, graph in graphs.items()
    }


def _free(
    parent: ParentCauses, below: Collection[Vertex]
) -> tuple[tuple[int, ...], tuple[str, ...]] | None:
    """Nodes of a referenced row that are not among some variables, with their mechanisms."""
    pairs = [
        (node, mechanism)
        for node, mechanism in zip(parent.nodes, parent.mechanisms, strict=True)
        if Variable(parent.table, node) not in below
    ]
    if not pairs:
        return None
    return tuple(node for node, _ in pairs), tuple(mechanism for _, mechanism in pairs)


def check_circles(edges: Successors) -> None:
    """See that stated causes and drawn ones close no circle.

    Raises
    ------
    ConfigError
        If they do, with its path.
    """
    try:
        TopologicalSorter(reversed_edges(edges)).prepare()
    except CycleError as error:
        circle = [vertex for vertex in error.args[1] if isinstance(vertex, Variable)]
        path = " → ".join(f"{vertex.table} node {vertex.node}" for vertex in circle)
        rule = f"stated causes and drawn ones must not form a circle, but do: {path}"
        remedy = "state the shares of all that depend on aggregates of children"
        raise ConfigError([Problem("tables", rule, remedy=remedy)]) from None


def _is_of_row(table: Table, path: str) -> bool:
    """Whether a cause is a variable of the same row."""
    names = {column.name for column in table.features} | {v.name for v in table.hidden}
    return path in names


def stated_order(table: Table) -> list[str]:
    """Columns of a table that stated causes of the same row join, causes first.

    Raises
    ------
    ConfigError
        If they go round in a circle.
    """
    graph: dict[str, set[str]] = {}
    for name, model in table.models.items():
        of_row = {cause.path for cause in model.causes if _is_of_row(table, cause.path)}
        if of_row:
            graph.setdefault(name, set()).update(of_row)
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


def in_stated_order(
    order: list[int], columns: Sequence[str], table: Table, causes: Sequence[Sequence[int]]
) -> list[int]:
    """Nodes of columns, in their order, such that stated causes close no circle with drawn ones:
    those that stated causes join keep their nodes among them, causes first.

    Parameters
    ----------
    order
        The node of each column, and after them all others; it is changed.
    columns
        Naming of the columns.
    table
        Their table.
    causes
        Causes of each node, as they are drawn.

    Returns
    -------
    list of int
        The order, changed.
    """
    joined = [name for name in stated_order(table) if name in columns]
    if not joined:
        return order
    sorter = TopologicalSorter({j: set(several) for j, several in enumerate(causes)})
    rank = {j: index for index, j in enumerate(sorter.static_order())}
    indices = [columns.index(name) for name in joined]
    nodes = sorted((order[index] for index in indices), key=rank.__getitem__)
    for index, node in zip(indices, nodes, strict=True):
        order[index] = node
    return order


def with_stated_nulls(table: Table, graph: CausalGraph) -> CausalGraph:
    """Give columns the nulls that are stated of them.

    Parameters
    ----------
    table, graph
        The table, and its causal graph.

    Returns
    -------
    CausalGraph
    """
    shares = {column.name: column.null_share for column in table.features if column.null_share}
    if not shares:
        return graph
    return graph.but(
        nodes=tuple(
            node.but(null=Random(share=share, group=STATED_GROUP + j))
            if (share := shares.get(node.column or ""))
            else node
            for j, node in enumerate(graph.nodes)
        )
    )
