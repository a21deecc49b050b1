"""Make the features of a database and nothing else."""

from __future__ import annotations

from collections.abc import Callable

from plurel_cli.config import Config
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.plan import Plan
from plurel_cli.schema.model import Schema
from plurel_cli.schema.sample import sample_schema


def features_of(config: Config, seed: int) -> tuple[Schema, Callable[[], Schema]]:
    """A schema with the stages before done, and what makes every value of every feature column,
    keeps none, and gives the schema with its causal graphs."""
    schema = Plan.of(sample_schema(config, seed), config).after("fk").after("temporal").schema

    def make() -> Schema:
        plan = Plan.of(schema, config).after("features")
        for table in plan.schema.tables:
            sources = [plan.column(table, feature) for feature in table.features]
            for block in range(-(-table.rows // BLOCK_ROWS)):
                for source in sources:
                    source.block(block)
        return plan.schema

    return schema, make
