"""Sources that are a row's time, its place among others, or its hidden trait.

They are numbers on a natural scale, the cosine of a phase for what comes round, the logarithm for
what has a long tail, standardised by the reference rows of their table. They follow from times and
keys alone, which no feature moves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.choices.choice import Choice, restricted
from plurel_cli.config import Config
from plurel_cli.config.scm import TIME_SOURCES, TimeSourcesConfig
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.features.nodes import Source
from plurel_cli.features.rows import Rows
from plurel_cli.numerics.elementary import cosines, log1ps, logs
from plurel_cli.numerics.normal_quantile import normal_quantile
from plurel_cli.numerics.stream import BLOCK_ROWS, Draws, Stream
from plurel_cli.numerics.sums import mean_and_sd
from plurel_cli.schema.causal import CausalNode, TimeSource
from plurel_cli.schema.model import Column, Schema, Table, Window
from plurel_cli.temporal.clock import Clock

TIME = "time"
"""The source of a node that is one of these."""

CYCLES = ("hour", "weekday", "season")
"""What comes round."""

BY_KEY = ("age", "since_last", "so_far")
"""What goes by a foreign key."""

DAY = 86_400_000_000_000
"""Nanoseconds."""

_MONDAY = 3  # days from the one before 1970-01-01, a Thursday, back to a Monday
_YEAR_DAYS = 365.2425
_NEVER = -(1 << 63)

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]


# Drawing.


def draw_time_sources(
    schema: Schema,
    table: Table,
    nodes: Sequence[CausalNode],
    candidates: Sequence[int],
    settings: TimeSourcesConfig,
    stream: Stream,
) -> list[CausalNode]:
    """Let some sources of a table be of its rows' time.

    Parameters
    ----------
    schema, table
        The table.
    nodes
        The nodes of its graph.
    candidates
        Sources that may become one of these.
    settings
        Those of these sources.
    stream
        Randomness of these choices alone.
    """
    found = list(nodes)
    possible = {what: keys for what in TIME_SOURCES if (keys := _keys(schema, table, what))}
    p = settings.p.draw(stream.child("p").draws())
    kind = restricted(settings.kind, possible)
    for j in candidates if kind is not None else ():
        draws = stream.child("node", j).draws()
        if kind is not None and draws.chance(p):
            found[j] = found[j].but(source=TIME, time=_drawn(kind, possible, nodes[j], draws))
    return found


def _drawn(
    kind: Choice[str], possible: dict[str, list[str | None]], node: CausalNode, draws: Draws
) -> TimeSource:
    what = kind.draw(draws)
    foreign_key = draws.item(possible[what])
    phase = draws.uniform() if what in CYCLES else None
    instead = node.source or "uniform"
    return TimeSource(what=what, foreign_key=foreign_key, phase=phase, instead=instead)


def _keys(schema: Schema, table: Table, what: str) -> list[str | None]:
    """Foreign keys that something may go by; one that is none where it goes by none."""
    if what == "trait":
        return [None]
    if table.time_column is None:
        return []
    if what not in BY_KEY:
        return [None]
    return [
        column.name
        for column in table.foreign_keys
        if column.form != "one_to_one"
        and (what != "age" or schema.by_name[str(column.references)].time_column is not None)
    ]


# Values.


class TimeSources:
    """The values of these sources in all tables of a database.

    Parameters
    ----------
    schema
        The database, its keys planned.
    config
        What it is drawn from.
    """

    def __init__(self, schema: Schema, config: Config) -> None:
        self._schema, self._config = schema, config
        self._clock: Clock | None = None
        self._times: dict[str, BlockColumn] = {}
        self._whole: dict[tuple[str, str, str], Floats] = {}

    def source(
        self, table: Table, its: TimeSource, keys: dict[str, BlockColumn], reference: Rows
    ) -> Source:
        """What makes one of them.

        Parameters
        ----------
        table, its
            Which.
        keys
            The table's keys, by column.
        reference
            Its reference rows.
        """
        column = self._column(table, its, keys)
        if its.what == "trait":
            return Source(column, np.float32)
        seen = reference.of(column).astype(np.float64)
        seen = seen[~np.isnan(seen)]
        mean, sd = mean_and_sd(seen) if len(seen) else (0.0, 1.0)
        return Source(_Standardised(column, mean, sd if sd > 1e-9 else 1.0), np.float32)

    def _its_clock(self) -> Clock:
        if self._clock is None:
            self._clock = Clock(self._schema, self._config)
        return self._clock

    @property
    def window(self) -> Window:
        """The window that all times lie in."""
        return self._its_clock().window

    def column(self, table: Table) -> BlockColumn:
        """The times of a table that has some."""
        if table.name not in self._times:
            self._times[table.name] = self._its_clock().column(table)
        return self._times[table.name]

    def _column(self, table: Table, its: TimeSource, keys: dict[str, BlockColumn]) -> BlockColumn:
        if its.what == "trait":
            return TraitScores(Trait(self._schema.seed, table.id, table.rows))
        times = self.column(table)
        if its.foreign_key is None:
            return _OfTime(its, times, self.window)
        column = next(c for c in table.foreign_keys if c.name == its.foreign_key)
        parent = self._schema.by_name[str(column.references)]
        if its.what == "age":
            return _Age(times, keys[column.name], self._its_clock().whole(parent))
        return _Kept(self._passed(table, column, its.what, keys[column.name], times, parent.rows))

    def _passed(
        self,
        table: Table,
        column: Column,
        what: str,
        keys: BlockColumn,
        times: BlockColumn,
        n_parents: int,
    ) -> Floats:
        place = (table.name, column.name, what)
        if place not in self._whole:
            parts = history(what, keys, times, table.rows, n_parents)
            self._whole[place] = np.concatenate(list(parts))
        return self._whole[place]


class _Standardised:
    """Numbers by their mean and deviation; what is NaN becomes the mean."""

    def __init__(self, column: BlockColumn, mean: float, sd: float) -> None:
        self._column, self._mean, self._sd = column, mean, sd

    def block(self, index: int) -> Floats:
        values = self._column.block(index).astype(np.float64)
        values -= self._mean
        values /= self._sd
        return np.nan_to_num(values, copy=False, nan=0.0).astype(np.float32)


class TraitScores:
    """A trait as normal scores."""

    def __init__(self, trait: Trait) -> None:
        self._trait = trait

    def block(self, index: int) -> Floats:
        """Scores of the rows of one block."""
        return normal_quantile(self._trait.block(index)).astype(np.float32)


class _OfTime:
    def __init__(self, its: TimeSource, times: BlockColumn, window: Window) -> None:
        self._its, self._times = its, times
        self._start = np.datetime64(window.start, "ns").astype(np.int64)
        self._span = np.datetime64(window.end, "ns").astype(np.int64) - self._start

    def block(self, index: int) -> Doubles:
        times = self._times.block(index)
        if self._its.what == "moment":
            moment: Doubles = (times - self._start) / self._span
            return moment
        turns = _turns(self._its.what, times)
        turns -= self._its.phase or 0.0
        return cosines(turns)


def _turns(what: str, times: NDArray[np.int64]) -> Doubles:
    """How far round each time is, from 0 to 1."""
    if what == "hour":
        return (times % DAY) / DAY
    days = times // DAY
    if what == "weekday":
        return ((days + _MONDAY) % 7) / 7.0
    years = days.astype("datetime64[D]").astype("datetime64[Y]")
    return (days - years.astype("datetime64[D]").astype(np.int64)) / _YEAR_DAYS


class _Age:
    def __init__(self, times: BlockColumn, keys: BlockColumn, of_parents: NDArray[Any]) -> None:
        self._times, self._keys, self._of_parents = times, keys, of_parents

    def block(self, index: int) -> Doubles:
        keys = self._keys.block(index)
        age = _log_days(self._times.block(index) - self._of_parents.take(np.maximum(keys, 0)))
        age[keys < 0] = np.nan
        return age


class _Kept:
    def __init__(self, values: Floats) -> None:
        self._values = values

    def block(self, index: int) -> Floats:
        start, stop = block_rows(index, len(self._values))
        return self._values[start:stop]


def _log_days(nanoseconds: NDArray[np.int64]) -> Doubles:
    """log(1 + days), and minus that of what lies ahead."""
    days = nanoseconds / DAY
    return np.copysign(log1ps(np.abs(days)), days)


def history(
    what: str, keys: BlockColumn, times: BlockColumn, n_rows: int, n_parents: int
) -> Iterator[Floats]:
    """What each row's parent has seen before it, block by block.

    Parameters
    ----------
    what
        `so_far`: log(1 + n) for the n earlier rows with the same reference. `since_last`: log(1 +
        days) since the last of them.
    keys, times
        The rows' references and times.
    n_rows, n_parents
        Row counts.

    Yields
    ------
    ndarray
        float32; NaN where there is no reference, and of `since_last` no earlier row.

    Notes
    -----
    A stable sort of each block's keys, O(rows log rows) time, and a number a parent.
    """
    carried = np.full(n_parents, _NEVER if what == "since_last" else 0, dtype=np.int64)
    for index in range(-(-n_rows // BLOCK_ROWS)):
        block = keys.block(index)
        found = np.full(len(block), np.nan, dtype=np.float32)
        rows = np.flatnonzero(block >= 0)
        rows = rows.take(block.take(rows).argsort(kind="stable"))
        its = block.take(rows)
        is_first = np.ones(len(its), dtype=np.bool_)
        np.not_equal(its[1:], its[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        ends = np.append(starts[1:], len(its)) - 1
        if what == "so_far":
            sizes = ends - starts + 1
            before = np.arange(len(its)) - starts.repeat(sizes)
            before += carried.take(its)
            found[rows] = logs(before + np.float64(1.0))
            carried[its.take(starts)] += sizes
        elif len(its):
            at = times.block(index).take(rows)
            last = np.empty_like(at)
            last[1:] = at[:-1]
            last[starts] = carried.take(its.take(starts))
            since = _log_days(at - last)
            since[last == _NEVER] = np.nan
            found[rows] = since
            carried[its.take(ends)] = at.take(ends)
        yield found
