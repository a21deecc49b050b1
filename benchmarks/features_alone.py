"""Make the features of a database and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from plurel_cli.config import Config
from plurel_cli.connectivity.stage import plan_keys
from plurel_cli.features.stage import plan_features
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema
from plurel_cli.temporal.stage import plan_time


def features_of(config: Config, seed: int) -> tuple[Schema, Callable[[], Schema]]:
    """A schema with the stages before done, and what makes every value of every feature column,
    keeps none, and gives the schema with its causal graphs."""
    schema = plan_time(plan_keys(sample_schema(config, seed), config), config)

    def make() -> Schema:
        planned, columns = plan_features(schema, config)
        for table in planned.tables:
            sources = columns(table).values()
            for block in range(-(-table.rows // BLOCK_ROWS)):
                for source in sources:
                    source.block(block)
        return planned

    return schema, make
