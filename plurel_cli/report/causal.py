"""Which columns cause which, within and across tables, as recorded in the causal graphs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from plurel_cli.errors import StageError
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.model import Schema, Table
from plurel_cli.schema.variable import Variable

_KIND_WIDTH = 16


@dataclass(frozen=True)
class ColumnCauses:
    """What a feature column depends on.

    Attributes
    ----------
    column
        Its name.
    kind
        Such as `numerical` or `categorical of 4`.
    causes
        Columns of the same row that act on it, directly or through latent nodes alone.
    n_latent
        Latent nodes of the same row that act on it.
    source
        What draws it, where it has no causes.
    time
        What of its row's time it is, as `age by foreign_row_0`.
    gathered
        What it gathers of its children, as `count of orders by foreign_row_0`.
    from_parents
        Whether the columns of referenced rows act on it.
    determined
        What determines it exactly, as `sum of feature_0, feature_1`.
    mechanism
        How it is computed, as `sum of mlp, width 32`.
    budget
        What shares of its variance come from where, where it is a mixture, as `causes 60%, trait 1
        40%`.
    nulls
        Which rows are null, where they have a reason of their own, as `30% where feature_2 is
        above 0.5`.
    held
        What an intervention holds it at, whatever else is told of it.
    """

    column: str
    kind: str
    causes: tuple[str, ...]
    n_latent: int
    source: str | None
    time: str | None
    gathered: str | None
    from_parents: bool
    determined: str | None
    mechanism: str | None
    budget: str | None
    nulls: str | None
    held: float | None


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
    time: tuple[str, ...]
    columns: tuple[ColumnCauses, ...]


def causes_of(schema: Schema) -> tuple[TableCauses, ...]:
    """The causal graph of every table, seen from its columns.

    Raises
    ------
    StageError
        If the database has no causal features.
    """
    found = tuple(_table(schema, table) for table in schema.tables if table.causal is not None)
    if not found:
        remedy = "features.model must be scm, and the features stage done"
        raise StageError("database", "has no causal graphs", remedy=remedy)
    return found


def as_dicts(found: tuple[TableCauses, ...]) -> list[dict[str, Any]]:
    """The same as plain data."""
    return [asdict(table) for table in found]


def _table(schema: Schema, table: Table) -> TableCauses:
    graph = table.causal
    assert graph is not None  # noqa: S101 (chosen for having one)
    by_column = {node.column: j for j, node in enumerate(graph.nodes) if node.column is not None}
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
                _names(schema, parent.table, parent.nodes)
            )
            for parent in graph.parents
        },
        time=tuple(
            told for its in graph.nodes if not its.column and its.is_used and (told := _time(its))
        ),
        columns=tuple(
            _column(schema, table.name, graph, by_column[column.name], column.held)
            for column in table.features
            if column.name in by_column  # others are series
        ),
    )


def _names(schema: Schema, table: str, nodes: tuple[int, ...]) -> Iterator[str]:
    graph = schema.by_name[table].causal
    assert graph is not None  # noqa: S101 (all tables have one, or none)
    return (str(graph.nodes[node].column) for node in nodes)


def _column(
    schema: Schema, table: str, graph: CausalGraph, node: int, held: float | None
) -> ColumnCauses:
    its = graph.nodes[node]
    columns, latent = _visible(graph, node)
    kind = its.kind if its.categories is None else f"{its.kind} of {its.categories}"
    return ColumnCauses(
        column=str(its.column),
        kind=kind,
        causes=tuple(sorted(columns, key=lambda name: (len(name), name))),
        n_latent=latent,
        source=its.source,
        time=_time(its),
        gathered=_gathered(its),
        from_parents=bool(its.causes) and bool(graph.parents),
        determined=_determined(schema, table, its),
        mechanism=_mechanism(its),
        budget=_budget(its),
        nulls=_nulls(schema, table, graph, its),
        held=held,
    )


def _visible(graph: CausalGraph, node: int) -> tuple[set[str], int]:
    """Columns that act on a node through no other column, and how many latent nodes are between."""
    columns: set[str] = set()
    seen: set[int] = set()
    pending = list(graph.nodes[node].causes)
    for cause in pending:
        name = graph.nodes[cause].column
        if name is not None:
            columns.add(name)
        elif cause not in seen:
            seen.add(cause)
            pending += graph.nodes[cause].causes
    return columns, len(seen)


def _gathered(node: CausalNode) -> str | None:
    return None if node.gathered is None else node.gathered.words()


def _time(node: CausalNode) -> str | None:
    return None if node.time is None else node.time.words()


def _determined(schema: Schema, table: str, node: CausalNode) -> str | None:
    its = node.determined
    if its is None:
        return None
    return its.words(table, lambda variable: _name(schema, variable))


def _name(schema: Schema, variable: Variable) -> str:
    """The column that a variable is, or the node where it is latent."""
    graph = schema.by_name[variable.table].causal
    assert graph is not None  # noqa: S101 (all tables have one, or none)
    return graph.nodes[variable.node].column or f"latent node {variable.node}"


def _budget(node: CausalNode) -> str | None:
    if node.budget is None:
        return None
    origin = "source" if node.source else "causes"
    told = sorted(((share.share, share.words(origin)) for share in node.budget), reverse=True)
    return ", ".join(f"{words} {share:.0%}" for share, words in told)


def _nulls(schema: Schema, table: str, graph: CausalGraph, node: CausalNode) -> str | None:
    its = node.null
    if its is None:
        return None
    others = [n.column for n in graph.nodes if n.null and n.null.group == its.group and n != node]
    company = f", with {', '.join(sorted(map(str, others)))}" if others else ""
    return its.words(table, lambda variable: _name(schema, variable)) + company


def _mechanism(node: CausalNode) -> str | None:
    if not node.causes:
        return None
    families = ", ".join(sorted(set(node.mechanisms)))
    return f"{node.aggregation} of {families}, width {node.width}"


def render(found: tuple[TableCauses, ...]) -> str:
    """Text for a terminal: a paragraph a table, a line a column."""
    return "\n".join("\n".join(_lines(table)) + "\n" for table in found)


def _lines(its: TableCauses) -> Iterator[str]:
    nulls = (
        "nulls by column"
        if any(column.nulls for column in its.columns)
        else (f"{its.null_share:.1%} nulls in numbers")
    )
    yield (
        f"{its.table}: {its.layout} graph, {its.mode}, {its.edge_weight or 'no'} weights, "
        f"{its.n_nodes} nodes ({its.n_used} used, {its.n_redrawn} drawn anew), {nulls}"
    )
    for place, columns in its.parents.items():
        yield f"  {place}: {', '.join(columns)}"
    if its.time:
        yield f"  latent: {', '.join(its.time)}"
    width = max((len(column.column) for column in its.columns), default=0)
    kinds = max(_KIND_WIDTH, *(len(column.kind) for column in its.columns), 0)
    for column in its.columns:
        causes = list(column.causes)
        if column.n_latent:
            causes.append(f"{column.n_latent} latent")
        if column.from_parents:
            causes.append("referenced rows")
        origin = column.gathered or (f"source: {column.source}" if column.source else "")
        if column.time:
            origin += f", {column.time}"
        told = f"← {', '.join(causes)} ({column.mechanism})" if column.mechanism else origin
        if column.determined:
            told = f"= {column.determined}"
        if column.budget:
            budget = f"budget: {column.budget}"
            told = budget if column.source == "budget" else f"{told}; {budget}"
        if column.nulls:
            told += f"; null: {column.nulls}"
        if column.held is not None:
            told = f"held at {column.held:g}"
        yield f"  {column.column:{width}}  {column.kind:{kinds}} {told}"
