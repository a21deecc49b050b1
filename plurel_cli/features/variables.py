"""The graph of all variables of a database, over all tables.

An edge leads from a cause to what depends on it: within a table's graph, from the columns of a
referenced row to the nodes of the rows that refer to it, and from a child's variable to the node
of its parent that gathers it. It must have no circle; its order is the order of work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import NamedTuple

from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.variable import Variable


class ReferenceVertex(NamedTuple):
    """All that reaches a table's nodes over one foreign key: a stop on the way, not a variable."""

    table: str
    foreign_key: str


@dataclass(frozen=True)
class WrittenVertex:
    """What is written of a column: cut or transformed, with its nulls, or determined by others.

    No tuple, as it would equal the variable of the same place.
    """

    table: str
    node: int


Vertex = Variable | ReferenceVertex | WrittenVertex

Successors = dict[Vertex, list[Vertex]]


def successors(graphs: Mapping[str, CausalGraph]) -> Successors:
    """What depends on each variable directly, references included as vertices of their own."""
    of = {name: [Variable(name, j) for j in range(len(g.nodes))] for name, g in graphs.items()}
    edges: Successors = {variable: [] for several in of.values() for variable in several}
    for table, graph in graphs.items():
        variables = of[table]
        for parent in graph.parents:
            reference = ReferenceVertex(table, parent.foreign_key)
            for j in parent.nodes:
                edges[of[parent.table][j]].append(reference)
            edges[reference] = [
                variable
                for variable, node in zip(variables, graph.nodes, strict=True)
                if node.embedding is not None
            ]
        for variable, node in zip(variables, graph.nodes, strict=True):
            for cause in node.reads(table):
                edges[cause].append(variable)
    return edges


def influence(graphs: Mapping[str, CausalGraph]) -> Successors:
    """What depends on each variable, and what is written of each column as a vertex of its own.

    Notes
    -----
    What is written depends on the column's own variable, on the one that tells its nulls, and,
    where others determine it, on what is written of those, in whatever table. No variable depends
    on what is written.
    """
    edges = successors(graphs)
    for table, graph in graphs.items():
        for j, node in enumerate(graph.nodes):
            if node.column is None:
                continue
            vertex = WrittenVertex(table, j)
            edges.setdefault(vertex, [])
            edges[Variable(table, j)].append(vertex)
            if node.null is not None:
                for cause in node.null.reads(table):
                    edges[cause].append(vertex)
            if not node.is_variable:
                for cause in node.reads(table):
                    edges.setdefault(WrittenVertex(*cause), []).append(vertex)
    return edges


def shown(edges: Successors, columns: Iterable[WrittenVertex]) -> set[Variable]:
    """Variables that must be computed for some columns to be written.

    Parameters
    ----------
    edges
        As `influence` gives them.
    columns
        What is to be written.

    Returns
    -------
    set of Variable
    """
    predecessors = reversed_edges(edges)
    pending: list[Vertex] = list(columns)
    seen: set[Vertex] = set(pending)
    for vertex in pending:
        if isinstance(vertex, WrittenVertex):
            pending += [other for other in predecessors[vertex] if other not in seen]
            seen.update(predecessors[vertex])
    return {vertex for vertex in seen if isinstance(vertex, Variable)}


def reachable(edges: Mapping[Vertex, Iterable[Vertex]], start: Iterable[Vertex]) -> set[Vertex]:
    """Vertices that can be reached along edges from some start, those included.

    Parameters
    ----------
    edges
        Vertices to which edges lead, by the one that they begin at.
    start
        Where to begin.

    Returns
    -------
    set of Vertex
    """
    seen = set(start)
    pending = list(seen)
    for vertex in pending:
        for other in edges.get(vertex, ()):
            if other not in seen:
                seen.add(other)
                pending.append(other)
    return seen


def reversed_edges(edges: Successors) -> Successors:
    """The same graph with every edge turned round."""
    turned: Successors = {vertex: [] for vertex in edges}
    for cause, effects in edges.items():
        for effect in effects:
            turned[effect].append(cause)
    return turned


def order_of_work(graphs: Mapping[str, CausalGraph]) -> list[Vertex]:
    """Vertices that some column or hidden variable depends on, each after all it depends on.

    Raises
    ------
    graphlib.CycleError
        If a variable depends on itself, which no drawn graph does.
    """
    predecessors = reversed_edges(successors(graphs))
    needed = reachable(predecessors, written(graphs))
    sorter: TopologicalSorter[Vertex] = TopologicalSorter(
        {vertex: predecessors[vertex] for vertex in predecessors if vertex in needed}
    )
    return list(sorter.static_order())


def written(graphs: Mapping[str, CausalGraph]) -> list[Vertex]:
    """The variables that someone may ask for: columns of their own, those that tell of their nulls,
    and hidden ones that are stated.
    """
    return [
        Variable(table, j)
        for table, graph in graphs.items()
        for j in (*written_nodes(graph.nodes), *nodes_of_hidden(graph.nodes))
    ]


def nodes_of_hidden(nodes: Sequence[CausalNode]) -> list[int]:
    """Nodes of one table that are variables of a name, and no columns."""
    return [j for j, node in enumerate(nodes) if node.name is not None and node.column is None]


def written_nodes(nodes: Sequence[CausalNode]) -> list[int]:
    """Nodes of one table that are columns of their own, and those that tell of their nulls."""
    telling = {
        variable.node for node in nodes if node.null is not None for variable in node.null.reads("")
    }
    return [
        j
        for j, node in enumerate(nodes)
        if j in telling or (node.column is not None and node.is_variable)
    ]
