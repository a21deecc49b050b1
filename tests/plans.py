"""Stages one by one, as tests ask for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config import Config
from plurel_cli.features.engine.engine import Engine
from plurel_cli.features.graph import sample_causal_graphs
from plurel_cli.features.taste import all_settings
from plurel_cli.plan import Plan
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.schema.table import Table


class Planned(NamedTuple):
    """A schema with all stages, and what gives the columns of a table."""

    schema: Schema
    columns: Callable[[Table], dict[str, BlockColumn]]


def plan(config: Config, seed: int) -> Planned:
    """A database with all stages planned."""
    its = Plan.whole(config, seed)
    return Planned(its.schema, lambda table: {c.name: its.column(table, c) for c in table.columns})


def graphs_drawn(config: Config, seed: int) -> Schema:
    """A schema with causal graphs as they are drawn, which the fit of features only adds to."""
    schema = Plan.of(sample_schema(config, seed), config).after("fk").after("temporal").schema
    graphs = sample_causal_graphs(schema, config, all_settings(config, schema))
    return schema.but(tables=tuple(table.but(causal=graphs[table.name]) for table in schema.tables))


def plan_keys(schema: Schema, config: Config) -> Schema:
    """A schema with the stage of keys."""
    return Plan.of(schema, config).after("fk").schema


def key_columns(schema: Schema, config: Config, table: Table) -> dict[str, BlockColumn]:
    """Keys of a table whose keys are planned."""
    return Plan.of(schema, config).relations.columns(table)


def plan_time(schema: Schema, config: Config) -> Schema:
    """A schema with the stage of times, its window drawn anew."""
    return Plan.of(schema.but(window=None), config).after("temporal").schema


def time_columns(schema: Schema, config: Config, table: Table) -> dict[str, BlockColumn]:
    """What the stage of times fills in a table."""
    its = Plan.of(schema, config)
    return {c.name: its.column(table, c) for c in table.filled(("temporal",))}


def engine_of(schema: Schema, config: Config) -> Engine:
    """The features of a database, fitted."""
    engine = Plan.of(schema, config).engine
    assert engine is not None
    return engine
