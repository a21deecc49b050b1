"""Stage 4 as a whole: the causal graphs of all tables, and the columns they give."""

from __future__ import annotations

from collections.abc import Callable

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config import Config
from plurel_cli.features.engine import Engine
from plurel_cli.features.graph import sample_causal_graphs
from plurel_cli.features.taste import all_settings
from plurel_cli.schema.model import Schema, Table


def plan_features(
    schema: Schema, config: Config
) -> tuple[Schema, Callable[[Table], dict[str, BlockColumn]]]:
    """Draw the causal graphs of all tables, fit them, and give what makes their columns.

    Returns
    -------
    Schema
        With each table's causal graph.
    Callable
        Gives the feature columns of a table, by name.
    """
    done = schema.but(stages=(*schema.stages, "features"))
    if config.features.model != "scm":
        return done, lambda table: {}
    settings = all_settings(config, schema)
    engine = Engine(schema, config, settings, sample_causal_graphs(schema, config, settings))
    graphs = engine.graphs()
    tables = tuple(table.but(causal=graphs[table.name]) for table in schema.tables)
    return done.but(tables=tables), engine.columns
