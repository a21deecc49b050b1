"""Stage 3 as a whole: the window and the times of the tables that have a time column.

With `features.model: series` it fills the feature columns too.
"""

from __future__ import annotations

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config import Config
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Arrivals
from plurel_cli.schema.model import Schema, Table
from plurel_cli.temporal.clock import Clock
from plurel_cli.temporal.series import series_column


def plan_time(schema: Schema, config: Config) -> Schema:
    """Draw the window and its splits, and what the times of each table are drawn from."""
    clock = Clock(schema.but(window=None), config)
    tables = tuple(table.but(arrivals=_recorded(clock, table)) for table in schema.tables)
    return schema.but(window=clock.window, tables=tables, stages=(*schema.stages, "temporal"))


def _recorded(clock: Clock, table: Table) -> Arrivals | None:
    """What is worth recording of a table's arrivals: nothing if they are the published method's,
    or another table's.
    """
    if table.time_column is None or clock.taken(table) is not None:
        return None
    arrivals = clock.arrivals(table)
    return None if arrivals == Arrivals() else arrivals


def time_columns(schema: Schema, config: Config, table: Table) -> dict[str, BlockColumn]:
    """Time column and, where they are series, feature columns of a table, by column name."""
    columns: dict[str, BlockColumn] = {}
    if table.time_column is not None:
        columns[table.time_column] = Clock(schema, config).column(table)
    if config.features.model != "series":
        return columns
    stream = Stream(schema.seed).child("series", table.id)
    for index, feature in enumerate(table.features):
        columns[feature.name] = series_column(
            config.features.series,
            table.kind,
            table.rows,
            feature.categories,
            stream.child("feature", index),
        )
    return columns
