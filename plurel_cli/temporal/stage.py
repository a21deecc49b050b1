"""Stage 3 as a whole: the window and the dates of activity tables.

With `features.model: series` it fills the feature columns too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from plurel_cli.columns import BlockColumn, block_rows
from plurel_cli.config import Config
from plurel_cli.random import Stream
from plurel_cli.schema.model import Schema, Table, Window
from plurel_cli.temporal.dates import even_dates
from plurel_cli.temporal.series import series_column
from plurel_cli.temporal.window import sample_window


def plan_time(schema: Schema, config: Config) -> Schema:
    """Draw the window and its splits."""
    window = sample_window(config.time, Stream(schema.seed).child("time", "window"))
    return schema.but(window=window, stages=(*schema.stages, "temporal"))


class EvenDates:
    """The time column of an activity table.

    Parameters
    ----------
    window
        The database's window.
    n_rows
        Rows of the table.
    """

    def __init__(self, window: Window, n_rows: int) -> None:
        self._window = window
        self._n_rows = n_rows

    def block(self, index: int) -> NDArray[np.int64]:
        """Nanoseconds since 1970 of one block of rows."""
        return even_dates(self._window, self._n_rows, *block_rows(index, self._n_rows))


def time_columns(schema: Schema, config: Config, table: Table) -> dict[str, BlockColumn]:
    """Time column and, where they are series, feature columns of a table, by column name."""
    columns: dict[str, BlockColumn] = {}
    if table.time_column is not None:
        assert schema.window is not None  # noqa: S101 (planned before)
        columns[table.time_column] = EvenDates(schema.window, table.rows)
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
