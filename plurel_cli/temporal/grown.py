"""The times of a database that has grown: those that there were, and after them those of a wave.

New rows come in the days that were added, at the rate that their table had: its growth goes on, its
week and year too, while flashes are of the past.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.blocks.continued import Continued, Placed
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.config import Config
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.arrivals import Arrivals
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.wave import wave_of
from plurel_cli.schema.window import Window
from plurel_cli.temporal.clock import Clock
from plurel_cli.temporal.rate import hourly_rate


class GrownClock(Clock):
    """The times of all tables of a database that has grown.

    Parameters
    ----------
    schema, config
        The database.
    kept
        Where blocks of times are kept.
    former
        Its times before it last grew.

    Attributes
    ----------
    wave
        The times of the rows that have come.
    """

    def __init__(self, schema: Schema, config: Config, kept: KeptBlocks, former: Clock) -> None:
        wave = wave_of(schema)
        goes_on = {
            table.name: continued(former.arrivals(table), former.window, wave.window)
            for table in schema.tables
            if wave.window is not None
        }
        super().__init__(schema, config, kept)
        self._former = former
        self._rows = {table.name: table for table in (schema.former or schema).tables}
        self._wave = wave
        self.wave = Clock(wave, config, kept, goes_on)

    def arrivals(self, table: Table) -> Arrivals:
        """What the times of a table were drawn from."""
        return self._former.arrivals(self._rows[table.name])

    def _drawn(self, table: Table) -> BlockColumn:
        before, later = self._rows[table.name], self._wave.by_name[table.name]
        times = self._former.column(before)
        if not later.rows:
            return times
        return Continued(
            times, Placed(self.wave.column(later), before.rows, table.rows), before.rows
        )


def continued(arrivals: Arrivals, window: Window, after: Window) -> Arrivals:
    """What times are drawn from in the days after a window.

    Parameters
    ----------
    arrivals
        What they were drawn from in it.
    window
        The window.
    after
        The days after it.

    Returns
    -------
    Arrivals
        With the same growth a day, and no flashes.
    """
    growth = arrivals.growth * (after.days - 1) / (window.days - 1)
    return arrivals.but(growth=growth, flashes=(), flash_size=None, flash_hours=None)


def expected_share(arrivals: Arrivals, window: Window, end: dt.date) -> float:
    """Rows that are to be expected between the end of a window and a later day, as a share of those
    in it.

    Parameters
    ----------
    arrivals
        What times were drawn from in the window.
    window
        The window.
    end
        The later day.

    Returns
    -------
    float
        Above 0.
    """
    plain = arrivals.but(wander=0.0, flashes=(), flash_size=None, flash_hours=None)
    after = window.but(start=window.end, end=end)
    whole = window.but(end=end)
    days = window.days - 1
    growth = plain.growth * (whole.days - 1) / days
    rate = hourly_rate(whole, plain.but(growth=growth), Stream(0))
    if rate is None:
        return (after.days - 1) / days
    before = np.cumsum(rate)
    return float((before[-1] - before[24 * days - 1]) / before[24 * days - 1])
