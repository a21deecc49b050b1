"""What a variable depends on, by the names of columns and hidden variables.

Latent nodes have no name: what acts through them is named, and they are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.model import Schema
from plurel_cli.schema.variable import Variable


@dataclass(frozen=True)
class Branch:
    """One thing that a column depends on, or several that come in together.

    Attributes
    ----------
    share
        Its share of the variance, where the column is a mixture.
    words
        What it is, by the names of columns and hidden variables.
    causes
        The columns and hidden variables that it is, as `table.column`.
    parts
        What it is made of, where the causal graph gives it.
    """

    share: float | None
    words: str
    causes: tuple[str, ...] = ()
    parts: tuple[Branch, ...] = ()


def branches_of(schema: Schema, table: str, graph: CausalGraph, j: int) -> Iterator[Branch]:
    """What a variable depends on.

    Parameters
    ----------
    schema, table
        The database, and the name of the table.
    graph, j
        The causal graph of the table, and the node of the variable.

    Yields
    ------
    Branch
        The largest share first.
    """
    node, name = graph.nodes[j], partial(variable_name, schema)
    if node.budget is None:
        yield from _of_graph(schema, table, graph, j)
        return
    for share in sorted(node.budget, key=lambda share: -share.share):
        variables = (*(Variable(table, cause) for cause in share.of_row), *share.reads())
        causes = tuple(f"{variable.table}.{name(variable)}" for variable in variables)
        parts = tuple(_of_graph(schema, table, graph, j)) if share.is_of_graph else ()
        yield Branch(share.share, share.told(node.origin, table, name), causes, parts)


def _of_graph(schema: Schema, table: str, graph: CausalGraph, j: int) -> Iterator[Branch]:
    """What its graph lets act on a variable: a source, columns, what lies behind, other rows."""
    node, name = graph.nodes[j], partial(variable_name, schema)
    columns, n_latent = visible(graph, j)
    if node.embedding is None:
        others = node.reads(table)
        for variable in others:
            yield Branch(None, name(variable), (f"{variable.table}.{name(variable)}",))
        if not others:
            yield Branch(None, node.told(node.words(table, name), ()))
        return
    for column in in_order(columns):
        yield Branch(None, column, (f"{table}.{column}",))
    if n_latent:
        yield Branch(None, f"{n_latent} latent variable{'s' * (n_latent > 1)}")
    for parent in graph.parents:
        if names := tuple(acting_names(schema, parent.table, parent.acting)):
            words = f"{parent.foreign_key} → {parent.table}: {', '.join(names)}"
            yield Branch(None, words, tuple(f"{parent.table}.{each}" for each in names))


def acting_names(schema: Schema, table: str, nodes: tuple[int, ...]) -> Iterator[str]:
    """The columns that some nodes are.

    Parameters
    ----------
    schema, table, nodes
        The database, the name of a table, and nodes of it that are columns.

    Yields
    ------
    str
    """
    graph = schema.by_name[table].causal
    assert graph is not None  # noqa: S101 (all tables have one, or none)
    return (str(name_of(graph.nodes[node])) for node in nodes)


def name_of(node: CausalNode) -> str | None:
    """The column that a node is, or the hidden variable; none where it is latent."""
    return node.column or node.name


def in_order(names: set[str]) -> tuple[str, ...]:
    """Naming by their length, and then by the alphabet, so that `a_2` comes before `a_10`."""
    return tuple(sorted(names, key=lambda name: (len(name), name)))


def visible(graph: CausalGraph, node: int) -> tuple[set[str], int]:
    """What acts on a node through no other column.

    Parameters
    ----------
    graph, node
        Its graph, and the node.

    Returns
    -------
    columns : set of str
        Columns and hidden variables of the same row.
    n_latent : int
        How many latent nodes are between.
    """
    columns: set[str] = set()
    seen: set[int] = set()
    pending = list(graph.nodes[node].acting)
    for cause in pending:
        name = name_of(graph.nodes[cause])
        if name is not None:
            columns.add(name)
        elif cause not in seen:
            seen.add(cause)
            pending += graph.nodes[cause].acting
    return columns, len(seen)


def variable_name(schema: Schema, variable: Variable) -> str:
    """The column or hidden variable that a variable is.

    Parameters
    ----------
    schema, variable
        The database, and a variable of it.

    Returns
    -------
    str
    """
    graph = schema.by_name[variable.table].causal
    assert graph is not None  # noqa: S101 (all tables have one, or none)
    return name_of(graph.nodes[variable.node]) or "a latent variable"
