"""Columns and hidden variables in sentences: what they hold, what makes them, their nulls."""

from __future__ import annotations

from collections.abc import Iterator

from plurel_cli.features.transforms import transforms
from plurel_cli.prose import (
    clause,
    clauses_listed,
    counted,
    listed,
    number,
    percent,
    quoted,
    sentence,
)
from plurel_cli.report.branches import in_order, name_of, visible
from plurel_cli.report.explain.names import VariableNames
from plurel_cli.schema.causal import CausalGraph, CausalNode
from plurel_cli.schema.column import Attribute, Feature, TimeColumn
from plurel_cli.schema.foreign_key import ForeignKey, KeySite
from plurel_cli.schema.habits import Habits
from plurel_cli.schema.model import Schema
from plurel_cli.schema.stated import HiddenVariable
from plurel_cli.schema.table import Table


def columns_told(schema: Schema, table: Table) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What is told of each column of a table but its primary key, then of hidden variables.

    Parameters
    ----------
    schema
        The database.
    table
        The table.

    Yields
    ------
    tuple
        The name, and sentences.
    """
    for column in table.columns:
        if isinstance(column, ForeignKey):
            n_parents = schema.by_name[column.references].rows
            is_timed = table.time_column is not None
            coupled = tuple(
                key.name
                for key in table.foreign_keys
                if key is not column and isinstance(key.shape, Habits) and key.shape.coupling
            )
            site = KeySite(table.name, table.rows, n_parents, is_timed, coupled)
            yield column.name, tuple(column.sentences(site))
        elif isinstance(column, TimeColumn):
            yield column.name, tuple(_time(schema, table))
        elif isinstance(column, Feature | Attribute):
            yield column.name, tuple(_content(schema, table, column))
    for hidden in table.hidden:
        yield hidden.name, tuple(_hidden(schema, table, hidden))


def _time(schema: Schema, table: Table) -> Iterator[str]:
    """When the rows of a table come."""
    first = table.foreign_keys[0] if table.foreign_keys else None
    takes = first is not None and first.takes_times
    if first is not None and takes and schema.by_name[first.references].time_column:
        yield f"The time of the row, from that of the row that {quoted(first.name)} refers to."
    else:
        order = "; rows lie in its order" * (table.row_order is None)
        yield f"The time of the row{order}."
    if table.arrivals is not None:
        yield from table.arrivals.sentences()
    elif "temporal" in schema.stages and not takes:
        has_calendar = schema.window is not None and schema.window.profile is not None
        yield f"Rows come evenly{', as far as the calendar lets them' * has_calendar}."


def _content(schema: Schema, table: Table, column: Feature | Attribute) -> Iterator[str]:
    """What is told of a column that is no key or time."""
    graph = table.causal
    node = None if graph is None else _node(graph, column.name)
    yield _what(column, graph, node)
    if graph is not None and node is not None:
        yield from _causes(schema, table, graph, node)
    yield from _nulls(schema, table, column, node)
    if isinstance(column, Feature) and column.held is not None:
        yield f"An intervention holds it at {number(column.held)}, whatever acts on it."
    if column.tells_future:
        yield "It tells what is not known at the time of its row."


def _hidden(schema: Schema, table: Table, hidden: HiddenVariable) -> Iterator[str]:
    """What is told of a hidden variable."""
    yield "A hidden variable, which no column shows."
    graph = table.causal
    node = None if graph is None else _node(graph, hidden.name)
    if graph is not None and node is not None:
        yield from _causes(schema, table, graph, node)
    if hidden.held is not None:
        yield f"An intervention holds it at {number(hidden.held)}, whatever acts on it."


def _node(graph: CausalGraph, name: str) -> int | None:
    """The node of a name."""
    return next((j for j, node in enumerate(graph.nodes) if name_of(node) == name), None)


def _what(column: Feature | Attribute, graph: CausalGraph | None, node: int | None) -> str:
    """What a column holds."""
    if column.lens is not None:
        lens = column.lens
        if node is not None and graph is not None and not graph.nodes[node].is_variable:
            lens = lens.without_shape()
        unique = ("no two rows the same",) * lens.unique
        return sentence([lens.phrase, *lens.clauses(), *unique])
    assert isinstance(column, Feature)  # noqa: S101 (an attribute has a lens)
    what = "a number"
    if column.categories is not None:
        what = f"one of {counted(column.categories, 'category')}"
    if column.stage == "temporal":
        return sentence(f"{what}, which is a series over the rows")
    transform = None if graph is None or node is None else graph.nodes[node].transform
    if transform in (None, "identity"):
        return sentence(what)
    summary = transforms[transform].summary if transform in transforms.names() else ""
    return sentence(
        f"{what}, by the transform {transform}{f' ({clause(summary)})' * bool(summary)}"
    )


def _causes(schema: Schema, table: Table, graph: CausalGraph, node: int) -> Iterator[str]:
    """What makes a variable, and which shares of it come from where."""
    record, names = graph.nodes[node], VariableNames(schema)
    origin = record.phrase(table.name, names, _acting(graph, node, record))
    if record.budget is None:
        yield f"It {'comes from' if record.is_variable else 'is exactly'} {origin}."
        return
    if origin == "chance alone" and len(record.budget) > 1:
        origin = "chance"
    phrases = [
        f"{percent(share.share)} comes from {share.phrase(origin, table.name, names)}"
        for share in sorted(record.budget, key=lambda share: -share.share)
    ]
    if len(phrases) == 1:
        yield f"All of its variance{phrases[0].removeprefix('100%')}."
    else:
        parts = [phrases[0], *(phrase.replace(" comes", "", 1) for phrase in phrases[1:])]
        yield f"Of its variance, {clauses_listed(parts)}."


def _acting(graph: CausalGraph, node: int, record: CausalNode) -> list[str]:
    """What acts on a variable, in words."""
    columns, n_latent = visible(graph, node)
    acting = [quoted(name) for name in in_order(columns)]
    if n_latent:
        acting.append(counted(n_latent, "latent variable"))
    if record.embedding is not None:
        keys = [quoted(parent.foreign_key) for parent in graph.parents if parent.acting]
        one = len(keys) == 1
        rows, refer = ("row", "refers") if one else ("rows", "refer")
        acting += [f"columns of the {rows} that {listed(keys)} {refer} to"] * bool(keys)
    return acting


def _nulls(
    schema: Schema, table: Table, column: Feature | Attribute, node: int | None
) -> Iterator[str]:
    """In which rows a column is null, and why."""
    graph = table.causal
    if column.when is not None:
        yield f"It has a value only where {quoted(column.when)}, and is null elsewhere."
    if isinstance(column, Attribute):
        if column.nulls:
            yield _null_in(column.nulls)
        return
    if graph is None or node is None:
        return
    null = graph.nodes[node].null
    if null is not None:
        with_it = in_order(
            {
                other.column
                for j, other in enumerate(graph.nodes)
                if j != node and other.column and other.null and other.null.group == null.group
            }
        )
        company = f", and {listed(map(quoted, with_it))} with it" if with_it else ""
        yield f"It is null {null.phrase(table.name, VariableNames(schema))}{company}."
        return
    if (empty := _read_with_nulls(schema, table, graph.nodes[node])) and column.nullable:
        yield f"It is null where {' or '.join(empty)} is."
        return
    share = graph.null_shares.get(column.name, graph.null_share)
    if share and column.is_transformed and column.nullable:
        yield _null_in(share)


def _read_with_nulls(schema: Schema, table: Table, record: CausalNode) -> list[str]:
    """Columns that determine another, where rules make some of them null."""
    names = VariableNames(schema)
    if record.is_variable:
        return []
    return [names.name(variable) for variable in record.reads(table.name) if names.null(variable)]


def _null_in(share: float) -> str:
    """In how many rows a column is null for no reason."""
    if share >= 1:
        return "It is null in every row."
    return f"It is null in {percent(share)} of rows, at random."
