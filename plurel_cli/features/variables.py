"""The graph of all variables of a database, over all tables.

An edge leads from a cause to what depends on it: within a table's graph, from the columns of a
referenced row to the nodes of the rows that refer to it, and from a child's variable to the node
of its parent that gathers it. It must have no circle; its order is the order of work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import NamedTuple, NoReturn

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
    vertices, effects, _ = _numbered(graphs)
    return {
        vertex: [vertices[effect] for effect in of_vertex]
        for vertex, of_vertex in zip(vertices, effects, strict=True)
    }


def _numbered(
    graphs: Mapping[str, CausalGraph],
) -> tuple[list[Vertex], list[list[int]], dict[str, int]]:
    """Variables table by table and then references; what depends on each directly, by number; and
    the number of the first variable of each table.
    """
    vertices: list[Vertex] = []
    first: dict[str, int] = {}
    for table, graph in graphs.items():
        first[table] = len(vertices)
        vertices += [Variable(table, j) for j in range(len(graph.nodes))]
    effects: list[list[int]] = [[] for _ in vertices]
    for table, graph in graphs.items():
        nodes = list(enumerate(graph.nodes, first[table]))
        taking = [number for number, node in nodes if node.embedding is not None]
        for parent in graph.parents:
            for j in parent.nodes:
                effects[first[parent.table] + j].append(len(vertices))
            vertices.append(ReferenceVertex(table, parent.foreign_key))
            effects.append(taking)
        for number, node in nodes:
            for name, j in node.reads(table):
                effects[first[name] + j].append(number)
    return vertices, effects, first


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

    Notes
    -----
    The order is that of `graphlib`'s sorter, to which they are told one after another with what
    each depends on: first those that depend on nothing, then each as the last of these is done.
    Part of what a seed means; O(vertices + edges), over whole numbers.
    """
    vertices, effects, first = _numbered(graphs)
    effects = [sorted(of_vertex) for of_vertex in effects]
    causes: list[list[int]] = [[] for _ in vertices]
    for cause, of_cause in enumerate(effects):
        for effect in of_cause:
            causes[effect].append(cause)
    pending = [first[name] + j for name, j in written(graphs)]
    is_needed = [False] * len(vertices)
    for number in pending:
        if not is_needed[number]:
            is_needed[number] = True
            pending += causes[number]
    needed = [number for number in range(len(vertices)) if is_needed[number]]
    in_turn = dict.fromkeys(other for number in needed for other in (number, *causes[number]))
    n_left = [len(of_effect) for of_effect in causes]
    done = [number for number in in_turn if not n_left[number]]
    for number in done:
        for effect in effects[number]:
            n_left[effect] -= 1
            if not n_left[effect] and is_needed[effect]:
                done.append(effect)
    if len(done) < len(needed):
        _refused({vertices[n]: [vertices[cause] for cause in causes[n]] for n in needed})
    return [vertices[number] for number in done]


def _refused(predecessors: Mapping[Vertex, Sequence[Vertex]]) -> NoReturn:
    """Say which variables depend on themselves."""
    list(TopologicalSorter(predecessors).static_order())
    raise AssertionError("no variable depends on itself")


def written(graphs: Mapping[str, CausalGraph]) -> list[Variable]:
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
