"""The times of a database's tables, for every stage that needs them.

A table's times are a function of the seed, its identity, its rows, the window and the config, never
of keys or features. So `fk` may ask which rows exist by a time before `temporal` writes the times,
and both get the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, cast

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.blocks.frames import whole_column
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.config import Config
from plurel_cli.config.time import FLAT, GRANULARITIES, ArrivalsConfig
from plurel_cli.connectivity.one_to_one import OneToOneKeys, leading_stream
from plurel_cli.numerics.stream import SharedStream, Stream
from plurel_cli.schema.arrivals import Arrivals, Profile
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.window import Window
from plurel_cli.temporal.arrivals import sample_arrivals, sample_profile
from plurel_cli.temporal.dates import DAY_NS, EvenDates, first_nanosecond
from plurel_cli.temporal.details import Details, details_of
from plurel_cli.temporal.rate import Calendar, hourly_rate
from plurel_cli.temporal.spacings import spacings
from plurel_cli.temporal.window import sample_window


class Clock:
    """The times of all tables of a database.

    Parameters
    ----------
    schema
        The database, from the first stage on.
    config
        What it is drawn from.
    kept
        Where blocks of times are kept.
    arrivals
        What the times of tables are drawn from, by name, where that is known.

    Notes
    -----
    A table's arrivals, its calendar and what places its rows are drawn once. Times of all rows of a
    table stay, 8 bytes a row, once something has asked for them.
    """

    def __init__(
        self,
        schema: Schema,
        config: Config,
        kept: KeptBlocks | None = None,
        arrivals: Mapping[str, Arrivals] | None = None,
    ) -> None:
        self._schema = schema
        self._kept = kept or KeptBlocks()
        self._columns: dict[str, BlockColumn] = {}
        self._arrivals = dict(arrivals or {})
        self._config = config
        self._stream = Stream(schema.seed).child("time")
        self._details: dict[str, Details] = {}
        self._whole: dict[str, NDArray[np.int64]] = {}
        self.window: Window = schema.window or self._sampled_window(config)

    def _sampled_window(self, config: Config) -> Window:
        profile = sample_profile(config.time.arrivals, self._stream.child("profile"))
        return sample_window(config.time, self._stream.child("window")).but(profile=profile)

    def _profile_of(self, settings: ArrivalsConfig) -> Profile | Literal["flat"] | None:
        """The profile of a table; none where it is that of the window."""
        whole = self._config.time.arrivals
        if (settings.profile, settings.profiles) == (whole.profile, whole.profiles):
            return None
        return sample_profile(settings, self._stream.child("profile")) or FLAT

    def _own(self, table: Table) -> Stream:
        return self._stream.child("arrivals", table.id)

    def leader(self, table: Table) -> Table | None:
        """The table whose rows' times those of a table go by; none where it has its own."""
        key = next(iter(table.foreign_keys), None)
        if key is None or not key.takes_times:
            return None
        parent = self._schema.by_name[str(key.references)]
        return parent if parent.time_column is not None else None

    def details(self, table: Table) -> Details:
        """The rows of a table that its parents make; made once."""
        if table.name not in self._details:
            key = table.foreign_keys[0]
            parent, leader = self._schema.by_name[str(key.references)], self.leader(table)
            last = first_nanosecond(self.window)
            last += (self.window.end - self.window.start).days * DAY_NS
            times = None if leader is None else self.column(leader)
            self._details[table.name] = details_of(
                self._schema.seed, table, parent, times, last, self._unit(table)
            )
        return self._details[table.name]

    def _unit(self, table: Table) -> int:
        """Nanoseconds of which the times of a table are multiples."""
        while (leader := self.leader(table)) is not None:
            table = leader
        is_timed = table.time_column is not None
        return GRANULARITIES[self.arrivals(table).granularity] if is_timed else 1

    def arrivals(self, table: Table) -> Arrivals:
        """What the times of a table are drawn from."""
        if table.name not in self._arrivals:
            kind = "activity" if table.holds_events else table.kind
            common = self._stream.child("arrivals_in_common")
            settings = self._config.for_table(table.id).time.arrivals
            stream = SharedStream(self._own(table), common, settings.alike)
            arrivals = sample_arrivals(settings, kind, self.window, stream)
            self._arrivals[table.name] = arrivals.but(profile=self._profile_of(settings))
        return self._arrivals[table.name]

    def column(self, table: Table) -> BlockColumn:
        """The time column of a table that has one: rising int64 nanoseconds since 1970.

        Notes
        -----
        Random spacings count the rows of all intervals first, a nanosecond a row; each block then
        takes time and memory of its own. Blocks are read-only.
        """
        if table.name not in self._columns:
            self._columns[table.name] = self._kept.column(self._drawn(table))
        return self._columns[table.name]

    def _drawn(self, table: Table) -> BlockColumn:
        if (leader := self.leader(table)) is not None:
            if table.foreign_keys[0].draws_counts:
                return cast("BlockColumn", self.details(table).times)
            stream = leading_stream(self._schema.seed, table.id, leader.id, "one_to_one")
            return TakenTimes(self.whole(leader), OneToOneKeys(leader.rows, table.rows, stream))
        arrivals = self.arrivals(table)
        stream = self._own(table)
        calendar = Calendar(self.window, hourly_rate(self.window, arrivals, stream.child("weeks")))
        unit = GRANULARITIES[arrivals.granularity]
        if arrivals.spacing == "even" and calendar.is_flat:
            even = EvenDates(self.window, table.rows)
            return even if unit == 1 else FlooredTimes(even, unit)
        hours = 24.0 * (self.window.end - self.window.start).days
        positions = spacings[arrivals.spacing].function(
            table.rows,
            hours,
            stream.child("positions", arrivals.spacing),
            **arrivals.parameters,
        )
        first = first_nanosecond(self.window) if table.kind == "entity" else None
        times = PlacedTimes(positions, calendar, first)
        return times if unit == 1 else FlooredTimes(times, unit)

    def whole(self, table: Table) -> NDArray[np.int64]:
        """All times of a table, read-only; made once."""
        if table.name not in self._whole:
            times = whole_column(self.column(table), table.rows)
            times.flags.writeable = False
            self._whole[table.name] = times
        return self._whole[table.name]


class PlacedTimes:
    """Times of rows by their positions.

    Parameters
    ----------
    positions
        Rising positions in [0, 1) by blocks.
    calendar
        What makes times of them.
    first
        Time of the first row, if it is given: nobody refers to a row that does not exist yet.
    """

    def __init__(self, positions: BlockColumn, calendar: Calendar, first: int | None) -> None:
        self._positions = positions
        self._calendar = calendar
        self._first = first

    def block(self, index: int) -> NDArray[np.int64]:
        """Nanoseconds since 1970 of one block of rows."""
        times = self._calendar.times(self._positions.block(index))
        if index == 0 and self._first is not None:
            times[0] = self._first
        return times


class FlooredTimes:
    """Times floored to a unit.

    Parameters
    ----------
    times
        Finer times, by blocks.
    unit
        Nanoseconds of the unit; it divides a day.
    """

    def __init__(self, times: BlockColumn, unit: int) -> None:
        self._times = times
        self._unit = unit

    def block(self, index: int) -> NDArray[np.int64]:
        """Nanoseconds since 1970 of one block of rows."""
        times: NDArray[np.int64] = self._times.block(index) // self._unit
        times *= self._unit
        return times


class TakenTimes:
    """Times of the rows that a table's rows refer to.

    Parameters
    ----------
    times
        Times of all rows referred to.
    keys
        The row that each row refers to, by blocks.
    """

    def __init__(self, times: NDArray[np.int64], keys: BlockColumn) -> None:
        self._times = times
        self._keys = keys

    def block(self, index: int) -> NDArray[np.int64]:
        """Nanoseconds since 1970 of one block of rows."""
        times: NDArray[np.int64] = self._times[self._keys.block(index)]
        return times
