"""What each column comes from, as plain records: causes by name, and shares of its variance.

`causal` tells the same in sentences. Causes are columns and hidden variables, of the same row, of
rows that it refers to, or of rows that refer to it; what acts through latent nodes alone acts.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from plurel_cli.features.budget import ShareRecord
from plurel_cli.formulas.tree import AggregateLeaf, Leaf, leaves
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.times import TimeLens
from plurel_cli.report.branches import name_of
from plurel_cli.report.causal import ColumnCauses, TableCauses, causes_of
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.column import Attribute, Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import path_of
from plurel_cli.schema.table import Table
from plurel_cli.schema.variable import Variable

PARTS = {
    "own": "own row",
    "parents": "parents",
    "referenced": "parents",
    "children": "children",
    "aggregate": "children",
    "memory": "history",
    "drift": "time",
    "moment": "time",
    "traits": "hidden traits",
    "batches": "hidden traits",
    "blocks": "clusters",
    "noise": "noise",
}
"""Part of a database that a share comes from, by its kind; of the causal graph see `part_of`."""


@dataclass(frozen=True)
class Share:
    """A share of a column's variance.

    Attributes
    ----------
    words
        What it comes from.
    part
        The part of the database that this is of, such as `own row` or `children`.
    share
        Of the variance, 0 to 1.
    """

    words: str
    part: str
    share: float


@dataclass(frozen=True)
class ColumnInfluences:
    """What a column comes from.

    Attributes
    ----------
    name, kind, told
        As in `ColumnCauses`.
    shares
        Of its variance, the largest first; empty where it has no budget.
    causes
        Table and name of each column or hidden variable that acts on it.
    """

    name: str
    kind: str
    told: str
    shares: tuple[Share, ...]
    causes: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class TableInfluences:
    """What the columns of a table come from."""

    table: str
    columns: tuple[ColumnInfluences, ...]


def influences_of(schema: Schema) -> tuple[TableInfluences, ...]:
    """What the columns of a database come from.

    Raises
    ------
    StageError
        If the database has no causal features.
    """
    return tuple(_table(schema, causes) for causes in causes_of(schema))


def _table(schema: Schema, causes: TableCauses) -> TableInfluences:
    table = schema.by_name[causes.table]
    graph = table.causal
    assert graph is not None  # noqa: S101 (causes are of tables that have one)
    nodes = {name: j for j, node in enumerate(graph.nodes) if (name := name_of(node)) is not None}
    return TableInfluences(
        table.name, tuple(_column(schema, table, graph, nodes, one) for one in causes.columns)
    )


def _column(
    schema: Schema, table: Table, graph: CausalGraph, nodes: dict[str, int], one: ColumnCauses
) -> ColumnInfluences:
    column = table.by_column.get(one.column)
    shares: tuple[Share, ...] = ()
    if isinstance(column, Attribute):
        causes = list(_read(schema, table, column))
    else:
        causes = list(_acting(schema, table, graph, nodes[one.column]))
        shares = tuple(_shares(schema, table, graph, graph.nodes[nodes[one.column]]))
        if isinstance(column, Feature) and isinstance(column.lens, TimeLens) and column.lens.base:
            base = path_of(schema, table, column.lens.base)
            causes.append((base.table.name, base.column.name))
    others = [cause for cause in dict.fromkeys(causes) if cause != (table.name, one.column)]
    return ColumnInfluences(one.column, one.kind, one.told, shares, tuple(others))


def _read(schema: Schema, table: Table, column: Attribute) -> Iterator[tuple[str, str]]:
    """Columns that one which is no variable shows."""
    if isinstance(column.lens, FormulaLens):
        for leaf in leaves(column.lens.tree):
            yield from _leaf(schema, table, leaf)
        return
    for path in column.lens.reads:
        end = path_of(schema, table, path)
        yield end.table.name, end.column.name


def _leaf(schema: Schema, table: Table, leaf: Leaf) -> Iterator[tuple[str, str]]:
    if isinstance(leaf, AggregateLeaf):
        other = schema.by_name.get(leaf.table)
        if other is not None:
            yield other.name, leaf.column or other.primary_key
        return
    end = path_of(schema, table, str(leaf))
    yield end.table.name, end.column.name


def _acting(schema: Schema, table: Table, graph: CausalGraph, j: int) -> Iterator[tuple[str, str]]:
    """Columns and hidden variables that act on a node, directly or through latent nodes alone."""
    pending, seen = [j], {j}
    while pending:
        node = graph.nodes[pending.pop(0)]
        of_row = {*node.of_row, *node.of_budget}
        for cause in (*node.acting, *node.of_budget):
            name = name_of(graph.nodes[cause])
            if name is not None:
                yield table.name, name
            elif cause not in seen:
                seen.add(cause)
                pending.append(cause)
        for variable in node.reads(table.name):
            if variable.table != table.name or variable.node not in of_row:
                yield from _named(schema, variable)
        if node.embedding is not None:
            for parent in graph.parents:
                for cause in parent.acting:
                    yield from _named(schema, Variable(parent.table, cause))


def _named(schema: Schema, variable: Variable) -> Iterator[tuple[str, str]]:
    """A variable of some table, if it is a column or a hidden variable."""
    graph = schema.by_name[variable.table].causal
    name = None if graph is None else name_of(graph.nodes[variable.node])
    if name is not None:
        yield variable.table, name


def _shares(schema: Schema, table: Table, graph: CausalGraph, node: CausalNode) -> Iterator[Share]:
    name = partial(_name, schema)
    for share in sorted(node.budget or (), key=lambda one: -one.share):
        words = share.told(node.origin, table.name, name)
        yield Share(words, part_of(graph, node, share), share.share)


def part_of(graph: CausalGraph, node: CausalNode, share: ShareRecord) -> str:
    """The part of a database that a share comes from.

    Parameters
    ----------
    graph
        That of the table.
    node
        The variable.
    share
        One of its budget.

    Returns
    -------
    str
        Of the causal graph `own row`, `parents`, `row and parents`, or `own source`.
    """
    if not share.is_of_graph:
        return PARTS.get(share.kind, share.kind)
    has_parents = node.embedding is not None and any(parent.acting for parent in graph.parents)
    if node.acting:
        return "row and parents" if has_parents else "own row"
    return "parents" if has_parents else "own source"


def _name(schema: Schema, variable: Variable) -> str:
    graph = schema.by_name[variable.table].causal
    name = None if graph is None else name_of(graph.nodes[variable.node])
    return name or f"latent node {variable.node}"
