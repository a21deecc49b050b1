"""Which columns cause which, within and across tables, as recorded in the causal graphs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from functools import partial
from typing import Any

from plurel_cli.errors import StageError, UsageError
from plurel_cli.formulas.tree import AggregateLeaf, leaves
from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.lenses.times import TimeLens
from plurel_cli.report.branches import (
    Branch,
    acting_names,
    branches_of,
    in_order,
    name_of,
    variable_name,
    visible,
)
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.column import Attribute, Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.paths import path_of
from plurel_cli.schema.stated import HiddenVariable
from plurel_cli.schema.table import Table

_FUTURE = "; tells the future"


@dataclass(frozen=True)
class ColumnCauses:
    """What a feature column depends on.

    Attributes
    ----------
    column
        The name of the column.
    kind
        Such as `numerical` or `categorical of 4`, or the lens, as `money` or `category of 3`; of
        a hidden variable `hidden`.
    role
        What it is, such as `computed` or `determined`; of what shows other columns `shown`.
    words
        What makes it, as `sum of mlp, width 32` or `count of orders by foreign_row_0`.
    causes
        Columns and hidden variables of the same row that act on it, directly or through latent
        nodes alone; of a column that shows others these, as `amount` or `customer_id.plan`.
    inert
        Columns of the same row that are causes of it in the graph, but do not act.
    n_latent
        Latent nodes of the same row that act on it.
    from_parents
        Whether the columns of referenced rows act on it.
    budget
        What shares of the variance come from where, where it is a mixture, as `causes 60%, trait 1
        40%`.
    nulls
        Which rows are null, where they have a reason of their own, as `30% where feature_2 is
        above 0.5`.
    held
        What an intervention holds it at, whatever else is told of it.
    tells_future
        Whether it tells what is not known at the time of its row.
    told
        What makes it and what acts on it, in one line.
    branches
        What it depends on, the largest share first.
    notes
        What is to know besides: what it equals or is held at, its nulls.
    """

    column: str
    kind: str
    role: str
    words: str
    causes: tuple[str, ...]
    inert: tuple[str, ...]
    n_latent: int
    from_parents: bool
    budget: str | None
    nulls: str | None
    held: float | None
    tells_future: bool
    told: str
    branches: tuple[Branch, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class TableCauses:
    """The causal graph of one table."""

    table: str
    layout: str
    mode: str
    edge_weight: str
    null_share: float
    n_nodes: int
    n_used: int
    n_redrawn: int
    parents: dict[str, tuple[str, ...]]
    latent: tuple[str, ...]
    columns: tuple[ColumnCauses, ...]


def causes_of(schema: Schema) -> tuple[TableCauses, ...]:
    """The causal graph of every table, seen from its columns.

    Raises
    ------
    StageError
        If the database has no causal features.
    """
    several = tuple(_table(schema, table) for table in schema.tables if table.causal is not None)
    if not several:
        remedy = "features.model must be scm, and the features stage done"
        raise StageError("database", "has no causal graphs", remedy=remedy)
    return several


def only(several: tuple[TableCauses, ...], place: str | None) -> tuple[TableCauses, ...]:
    """The causes of one table, or of one column or hidden variable of it.

    Parameters
    ----------
    several
        Those of all tables.
    place
        `table` or `table.column`; all where there is none.

    Returns
    -------
    tuple of TableCauses

    Raises
    ------
    UsageError
        If there is no such table, or nothing of that name that has causes.
    """
    if place is None:
        return several
    name, _, column = place.partition(".")
    tables = {table.table: table for table in several}
    if name not in tables:
        raise UsageError("TABLE", f"must be one of {', '.join(tables)}", name)
    if not column:
        return (tables[name],)
    columns = {each.column: each for each in tables[name].columns}
    if column not in columns:
        raise UsageError("TABLE.COLUMN", f"must be of {name}: {', '.join(columns)}", column)
    return (replace(tables[name], columns=(columns[column],)),)


def as_dicts(several: tuple[TableCauses, ...]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [asdict(table) for table in several]


def _table(schema: Schema, table: Table) -> TableCauses:
    graph = table.causal
    assert graph is not None  # noqa: S101 (chosen for having one)
    nodes = {name: j for j, node in enumerate(graph.nodes) if (name := name_of(node)) is not None}
    return TableCauses(
        table=table.name,
        layout=graph.layout,
        mode=graph.mode,
        edge_weight=graph.edge_weight,
        null_share=graph.null_share,
        n_nodes=len(graph.nodes),
        n_used=sum(node.is_used for node in graph.nodes),
        n_redrawn=sum(node.attempt > 0 for node in graph.nodes),
        parents={
            f"{parent.foreign_key} → {parent.table}": tuple(
                acting_names(schema, parent.table, parent.acting)
            )
            for parent in graph.parents
        },
        latent=tuple(_latent(schema, table)),
        columns=tuple(_columns(schema, table, graph, nodes)),
    )


def _columns(
    schema: Schema, table: Table, graph: CausalGraph, nodes: dict[str, int]
) -> Iterator[ColumnCauses]:
    """The columns of a table that have causes, or show others; then its hidden variables."""
    for column in table.contents:
        if isinstance(column, Attribute):
            if column.lens.reads or isinstance(column.lens, FormulaLens):
                yield _shown(schema, table, column)
        elif column.name in nodes:  # others are series
            yield _column(schema, table.name, graph, nodes[column.name], column)
    for hidden in table.hidden:
        yield _column(schema, table.name, graph, nodes[hidden.name], hidden)


def _shown(schema: Schema, table: Table, column: Attribute) -> ColumnCauses:
    """What a column that is no variable shows."""
    lens, reads = column.lens, column.lens.reads
    words = "shown"
    gathered: dict[str, tuple[str, ...]] = {}
    if isinstance(lens, FormulaLens):
        words, reads = lens.of, tuple(dict.fromkeys(map(str, leaves(lens.tree))))
        gathered = {
            str(leaf): () if leaf.column is None else (f"{leaf.table}.{leaf.column}",)
            for leaf in leaves(lens.tree)
            if isinstance(leaf, AggregateLeaf)
        }
    sentence = f"= {words}" if isinstance(lens, FormulaLens) else f"shows {', '.join(reads)}"
    return ColumnCauses(
        column=column.name,
        kind=lens.kind,
        role="shown",
        words=words,
        causes=reads,
        inert=(),
        n_latent=0,
        from_parents=False,
        budget=None,
        nulls=f"{column.nulls:.0%} at random" if column.nulls else None,
        held=None,
        tells_future=column.tells_future,
        told=sentence + _FUTURE * column.tells_future,
        branches=tuple(
            Branch(None, path, gathered[path] if path in gathered else _cause(schema, table, path))
            for path in reads
        ),
        notes=(
            *((sentence,) if isinstance(lens, FormulaLens) else ()),
            *((f"null: {column.nulls:.0%} at random",) if column.nulls else ()),
        ),
    )


def _cause(schema: Schema, table: Table, path: str) -> tuple[str, ...]:
    """The column that a path of a table leads to, if it leads to one."""
    key, _, column = path.rpartition(".")
    if not key:
        return (f"{table.name}.{column}",)
    keys = {each.name: each.references for each in table.foreign_keys}
    return (f"{keys[key]}.{column}",) if key in keys else ()


def _latent(schema: Schema, table: Table) -> Iterator[str]:
    """What latent nodes are through which other rows or time come in."""
    graph = table.causal
    for node in () if graph is None else graph.nodes:
        is_entry = node.is_linked and node.embedding is None
        if is_entry and node.is_used and name_of(node) is None:
            yield node.words(table.name, partial(variable_name, schema))


def _column(
    schema: Schema, table: str, graph: CausalGraph, j: int, column: Feature | HiddenVariable
) -> ColumnCauses:
    node = graph.nodes[j]
    columns, n_latent = visible(graph, j)
    causes = in_order(columns)
    direct = {name for cause in node.of_row if (name := name_of(graph.nodes[cause])) is not None}
    inert = in_order(direct - columns)
    from_parents = node.embedding is not None and any(parent.acting for parent in graph.parents)
    words = node.words(table, partial(variable_name, schema))
    acting = [
        *causes,
        *([f"{n_latent} latent"] if n_latent else []),
        *(["referenced rows"] if from_parents else []),
    ]
    budget, nulls = _budget(schema, table, node), _nulls(schema, table, graph, node)
    lens = column.lens if isinstance(column, Feature) else None
    held, tells_future = column.held, isinstance(column, Feature) and column.tells_future
    kind: str = node.kind if isinstance(column, Feature) else "hidden"
    if lens is not None:
        kind = lens.kind
    parts = (
        node.told(words, acting),
        inert and f"without influence: {', '.join(inert)}",
        budget and f"budget: {budget}",
        nulls and f"null: {nulls}",
        isinstance(lens, TimeLens) and lens.base and f"from {_base(schema, table, lens.base)}",
    )
    sentence = "; ".join(part for part in parts if part) + _FUTURE * tells_future
    return ColumnCauses(
        column=str(name_of(node)),
        kind=f"{kind} of {node.categories}" if node.categories and kind != "flag" else kind,
        role=node.role,
        words=words,
        causes=causes,
        inert=inert,
        n_latent=n_latent,
        from_parents=from_parents,
        budget=budget,
        nulls=nulls,
        held=held,
        tells_future=tells_future,
        told=sentence if held is None else f"held at {held:g}",
        branches=tuple(branches_of(schema, table, graph, j)),
        notes=tuple(
            note
            for note in (
                held is not None and f"held at {held:g}",
                node.role == "determined" and node.told(words, ()),
                *parts[3:],
            )
            if note
        ),
    )


def _base(schema: Schema, table: str, path: str) -> str:
    """The name of a time that another is from."""
    base = path_of(schema, schema.by_name[table], path)
    return base.column.name if base.key is None else f"{base.key.name}.{base.column.name}"


def _budget(schema: Schema, table: str, node: CausalNode) -> str | None:
    if node.budget is None:
        return None
    name = partial(variable_name, schema)
    shares = [(share.share, share.told(node.origin, table, name)) for share in node.budget]
    return ", ".join(f"{words} {share:.0%}" for share, words in sorted(shares, reverse=True))


def _nulls(schema: Schema, table: str, graph: CausalGraph, node: CausalNode) -> str | None:
    null = node.null
    if null is None:
        return None
    others = [n.column for n in graph.nodes if n.null and n.null.group == null.group and n != node]
    company = f", with {', '.join(sorted(map(str, others)))}" if others else ""
    return null.words(table, partial(variable_name, schema)) + company
