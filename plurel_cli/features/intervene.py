"""Interventions: hold a column at a value, and make anew what depends on it.

The mechanisms are those of the database, with every cut, transform and choice that its fit has
found; only the column's own causes are cut off. Keys, times and every column that does not depend
on it stay as they were.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from plurel_cli.blocks.frames import as_series, category_label
from plurel_cli.blocks.kept import whole_column
from plurel_cli.errors import UsageError
from plurel_cli.features.engine.engine import Engine
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
    held = next(c for c in schema.by_name[table].features if c.name == column)
    number = _checked(held, f"{table}.{column}", value)
    return _holding(schema, table, held, number), variable


def intervened(
    schema: Schema, fit: Engine, tables: dict[str, pl.DataFrame], variable: Variable
) -> dict[str, pl.DataFrame]:
    """The tables of a database after an intervention.

    Parameters
    ----------
    schema
        The database, which tells what is held.
    fit
        Its features before any intervention.
    tables
        Its tables before this one.
    variable
        What is held by it.

    Returns
    -------
    dict
        A frame a table. Where nothing depends on the column, the same frames.

    Raises
    ------
    UsageError
        If another release made the database, and this one would draw other features.
    """
    _check_drawn(schema, fit)
    engine = fit.holding(_held(schema))
    reached = reachable(influence(fit.graphs()), [variable])
    made = dict(tables)
    for other in schema.tables:
        assert other.causal is not None  # noqa: S101 (the stage is done)
        nodes = enumerate(other.causal.nodes)
        names = {node.column for j, node in nodes if WrittenVertex(other.name, j) in reached}
        changed = [c for c in other.features if c.name in names]
        if not changed:
            continue
        columns = engine.columns(other)
        made[other.name] = made[other.name].with_columns(
            as_series(c, whole_column(columns[c.name], other.rows)) for c in changed
        )
    return made


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


def _held(schema: Schema) -> dict[Variable, float]:
    """All that is held, by this intervention and those before it."""
    return {
        Variable(table.name, _node(schema, table.name, column.name)): column.held
        for table in schema.tables
        for column in table.features
        if column.held is not None
    }


def _node(schema: Schema, table: str, column: str) -> int:
    if table not in schema.by_name:
        raise UsageError("table", "must be one of " + ", ".join(schema.by_name), table)
    graph = schema.by_name[table].causal
    if graph is None:
        raise UsageError("database", "has no causal features", remedy="features.model must be scm")
    nodes = {node.column: j for j, node in enumerate(graph.nodes) if node.column is not None}
    if column in {series.name for series in schema.by_name[table].features} - nodes.keys():
        remedy = f"tables.{table}.features.model must be scm"
        raise UsageError("column", "is a series, which nothing acts on", column, remedy)
    if column not in nodes:
        raise UsageError("column", f"must be a feature of {table}: " + ", ".join(nodes), column)
    return nodes[column]


def _checked(column: Feature, place: str, value: float | str | bool) -> float:
    if column.categories is None:
        if isinstance(value, str | bool) or not abs(value) <= LARGEST:
            raise UsageError(place, "can be held at a finite float32 number", value)
        return float(value)
    n = column.categories
    if isinstance(value, str):
        labels = [category_label(category) for category in range(n)]
        if value in labels:
            return labels.index(value)
    elif value in range(n):
        return int(value)
    raise UsageError(place, f"can be held at a category, 0 to {n - 1} or its label", value)
