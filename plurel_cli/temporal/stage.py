"""Stage 3 as a whole: the window and the times of the tables that have a time column.

With `features.model: series` it gives the feature columns too.
"""

from __future__ import annotations

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.config import Config
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Arrivals
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.temporal.clock import Clock
from plurel_cli.temporal.series import series_column


def plan_time(schema: Schema, clock: Clock) -> Schema:
    """Record the window and its splits, and what the times of each table are drawn from.

    Parameters
    ----------
    schema
        A database with its tables drawn.
    clock
        Its times.

    Returns
    -------
    Schema
        With the stage `temporal` done.
    """
    tables = tuple(table.but(arrivals=_recorded(clock, table)) for table in schema.tables)
    return schema.but(window=clock.window, tables=tables, stages=(*schema.stages, "temporal"))


def _recorded(clock: Clock, table: Table) -> Arrivals | None:
    """What is worth recording of a table's arrivals: nothing if they are the published method's,
    or another table's.
    """
    if table.time_column is None or clock.leader(table) is not None:
        return None
    arrivals = clock.arrivals(table)
    return None if arrivals == Arrivals() else arrivals


def feature_series(schema: Schema, config: Config, table: Table) -> dict[str, BlockColumn]:
    """Feature columns of a table as series, by column name.

    Parameters
    ----------
    schema
        The database.
    config
        What it is drawn from.
    table
        A table of it.

    Returns
    -------
    dict of BlockColumn
        By name of the column.
    """
    stream = Stream(schema.seed).child("series", table.id)
    return {
        feature.name: series_column(
            config.for_column(table.id, feature.name).features.series,
            table.kind,
            table.rows,
            feature.categories,
            stream.child("feature", index),
        )
        for index, feature in enumerate(table.features)
    }
