"""Interventions: hold a column at a value, and make anew what depends on it.

The mechanisms are those of the database, with every cut, transform and choice that its fit has
found; only the column's own causes are cut off. Keys, times and every column that does not depend
on it stay as they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.blocks.frames import as_series, category_label, whole_column
from plurel_cli.errors import UsageError
from plurel_cli.features.engine.engine import Engine
from plurel_cli.features.shown.all_columns import AllColumns
from plurel_cli.features.shown.influence import affected
from plurel_cli.features.variables import WrittenVertex, influence, reachable
from plurel_cli.schema.causal import CausalGraph
from plurel_cli.schema.column import Feature
from plurel_cli.schema.model import Schema
from plurel_cli.schema.variable import Variable

if TYPE_CHECKING:
    import polars as pl

LARGEST = float(np.finfo(np.float32).max)


def holding(
    schema: Schema, table: str, column: str, value: float | str | bool
) -> tuple[Schema, Variable]:
    """The schema of a database with a column held, and the variable that is.

    Parameters
    ----------
    table, column
        The feature column to hold.
    schema
        A database with its features done.
    value
        What it is held at in every row, as the column has it: a number, a category's number or
        label, or true or false.

    Returns
    -------
    tuple[Schema, Variable]

    Raises
    ------
    UsageError
        If there is no such feature column, or it cannot have the value.
    """
    variable = Variable(table, _node(schema, table, column))
    place = f"{table}.{column}"
    held = schema.by_name[table].by_column.get(column)
    if held is None:
        return _holding_hidden(schema, table, column, _number(place, value)), variable
    assert isinstance(held, Feature)  # noqa: S101 (it has a node)
    number = _checked(held, place, value)
    return _holding(schema, table, held, number), variable


def intervened(
    schema: Schema,
    fit: Engine,
    database: AllColumns,
    tables: dict[str, pl.DataFrame],
    variable: Variable,
) -> dict[str, pl.DataFrame]:
    """The tables of a database after an intervention.

    Parameters
    ----------
    schema
        The database, which tells what is held.
    fit
        Its features before any intervention.
    database
        What gives all columns, with what is held.
    tables
        Its tables before this one.
    variable
        What is held by it.

    Returns
    -------
    dict
        A frame a table. Where nothing depends on the column, the same frames.
    """
    reached = reachable(influence(fit.graphs()), [variable])
    names: dict[str, set[str]] = {}
    for other in schema.tables:
        assert other.causal is not None  # noqa: S101 (the stage is done)
        nodes = enumerate(other.causal.nodes)
        names[other.name] = {
            str(node.column) for j, node in nodes if WrittenVertex(other.name, j) in reached
        }
    changed = [(table, column) for table, columns in names.items() for column in columns]
    for table, column in affected(schema, changed):
        names[table].add(column)
    made = dict(tables)
    for other in schema.tables:
        columns = [column for column in other.columns if column.name in names[other.name]]
        if columns:
            made[other.name] = made[other.name].with_columns(
                as_series(column, whole_column(database.column(other, column), other.rows))
                for column in columns
            )
    return made


def held_engine(schema: Schema, fit: Engine) -> Engine:
    """The features of a database with all that its schema says is held.

    Parameters
    ----------
    schema
        The database, which tells what is held.
    fit
        Its features before any intervention.

    Returns
    -------
    Engine

    Raises
    ------
    UsageError
        If another release made the database, and this one would draw other features.
    """
    _check_drawn(schema, fit)
    return fit.holding(_held(schema))


def _check_drawn(schema: Schema, fit: Engine) -> None:
    """See that the graphs in the schema are those that this release draws."""
    drawn = fit.graphs()
    for table in schema.tables:
        if table.causal is not None and _skeleton(table.causal) != _skeleton(drawn[table.name]):
            raise UsageError(
                "database",
                "was made by another release of plurel, which drew its features otherwise",
                remedy="make it anew with this release, from the same config and seed",
            )


def _skeleton(graph: CausalGraph) -> tuple[object, ...]:
    """What of a graph is drawn before anything is fitted."""
    nodes = [(node.column, node.of_row, node.embedding) for node in graph.nodes]
    return graph.layout, graph.mode, nodes


def _holding(schema: Schema, table: str, column: Feature, value: float) -> Schema:
    """The schema, with a column held at a value."""
    former = schema.by_name[table]
    columns = tuple(c.but(held=value) if c is column else c for c in former.columns)
    held = former.but(columns=columns)
    return schema.but(tables=tuple(held if t is former else t for t in schema.tables))


def _holding_hidden(schema: Schema, table: str, name: str, value: float) -> Schema:
    """The schema, with a hidden variable held at a value."""
    whole = schema.by_name[table]
    hidden = tuple(h.but(held=value) if h.name == name else h for h in whole.hidden)
    held = whole.but(hidden=hidden)
    return schema.but(tables=tuple(held if t is whole else t for t in schema.tables))


def _held(schema: Schema) -> dict[Variable, float]:
    """All that is held, by this intervention and those before it."""
    return {
        Variable(table.name, _node(schema, table.name, column.name)): column.held
        for table in schema.tables
        for column in [*table.features]
        if column.held is not None
    } | {
        Variable(table.name, _node(schema, table.name, hidden.name)): hidden.held
        for table in schema.tables
        for hidden in table.hidden
        if hidden.held is not None
    }


def _node(schema: Schema, table: str, column: str) -> int:
    if table not in schema.by_name:
        raise UsageError("table", "must be one of " + ", ".join(schema.by_name), table)
    graph = schema.by_name[table].causal
    if graph is None:
        raise UsageError("database", "has no causal features", remedy="features.model must be scm")
    nodes = {
        name: j
        for j, node in enumerate(graph.nodes)
        if (name := node.column or node.name) is not None
    }
    if column in {attribute.name for attribute in schema.by_name[table].attributes}:
        remedy = "hold one of: " + ", ".join(nodes)
        raise UsageError("column", "is no variable, so that nothing can hold it", column, remedy)
    if column in {series.name for series in schema.by_name[table].features} - nodes.keys():
        remedy = f"tables.{table}.features.model must be scm"
        raise UsageError("column", "is a series, which nothing acts on", column, remedy)
    if column not in nodes:
        raise UsageError("column", f"must be a feature of {table}: " + ", ".join(nodes), column)
    return nodes[column]


def _number(place: str, value: float | str | bool) -> float:
    if isinstance(value, str | bool) or not abs(value) <= LARGEST:
        raise UsageError(place, "can be held at a finite float32 number", value)
    return float(value)


def _checked(column: Feature, place: str, value: float | str | bool) -> float:
    if (lens := column.lens) is not None:
        if lens.reads:
            remedy = f"hold {lens.reads[0]}, or what it depends on"
            hangs = f"hangs on {lens.reads[0]}, and cannot be held"
            raise UsageError(place, hangs, value, remedy)
        number = lens.held(value)
        if number is None or not abs(number) <= LARGEST:
            raise UsageError(place, f"can be held at {lens.held_values}", value)
        return number
    if column.categories is None:
        return _number(place, value)
    n = column.categories
    if isinstance(value, str):
        labels = [category_label(category) for category in range(n)]
        if value in labels:
            return labels.index(value)
    elif value in range(n):
        return int(value)
    raise UsageError(place, f"can be held at a category, 0 to {n - 1} or its label", value)
