"""Stage 4 as a whole: the causal graphs of all tables, fitted, and the columns they give."""

from __future__ import annotations

from plurel_cli import compiled
from plurel_cli.config import Config
from plurel_cli.connectivity.stage import DatabaseKeys
from plurel_cli.features.engine.engine import Engine, fit_features
from plurel_cli.features.graph import sample_causal_graphs
from plurel_cli.features.taste import all_settings
from plurel_cli.schema.column import Feature
from plurel_cli.schema.model import Schema
from plurel_cli.temporal.clock import Clock


def fitted(schema: Schema, config: Config, keys: DatabaseKeys, clock: Clock) -> Engine:
    """Draw the causal graphs of all tables and fit them.

    Parameters
    ----------
    schema
        A database with its keys planned.
    config
        What it is drawn from.
    keys, clock
        Its keys and times.

    Returns
    -------
    Engine
    """
    schema = without_series(schema)
    compiled.expect(sum(table.rows * len(table.features) for table in schema.tables))
    settings = all_settings(config, schema)
    graphs = sample_causal_graphs(schema, config, settings)
    plain = graphs
    if any(of_table.columns for of_table in settings.values()):
        without = {name: of_table.plain for name, of_table in settings.items()}
        plain = sample_causal_graphs(schema, config, without)
    return fit_features(schema, settings, graphs, plain, keys, clock)


def without_series(schema: Schema) -> Schema:
    """A schema with those feature columns alone that causal graphs make."""
    if not [c for table in schema.tables for c in table.features if c.stage != "features"]:
        return schema
    return schema.but(
        tables=tuple(
            table.but(
                columns=tuple(
                    column
                    for column in table.columns
                    if not isinstance(column, Feature) or column.stage == "features"
                )
            )
            for table in schema.tables
        )
    )


def plan_features(schema: Schema, engine: Engine | None) -> Schema:
    """Record each table's causal graph, with what the fit has found.

    Parameters
    ----------
    schema
        A database with its keys planned.
    engine
        Its features; none where they are series.

    Returns
    -------
    Schema
        With the stage `features` done.
    """
    graphs = {} if engine is None else engine.graphs()
    tables = tuple(
        table.but(causal=graphs[table.name]) if table.name in graphs else table
        for table in schema.tables
    )
    return schema.but(tables=tables, stages=(*schema.stages, "features"))
