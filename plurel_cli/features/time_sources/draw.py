"""Draw which sources of a table are of its rows' time, and make their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn
from plurel_cli.choices.choice import restricted
from plurel_cli.features.nodes import Blocks
from plurel_cli.features.roles.time import TimeNode
from plurel_cli.features.rows import Rows
from plurel_cli.features.time_sources import TimeSourceRecord, time_sources
from plurel_cli.features.time_sources.settings import TimeSourcesConfig
from plurel_cli.features.time_sources.source import DatedTable, Floats, TimeSource
from plurel_cli.numerics.stream import Stream
from plurel_cli.numerics.sums import mean_and_sd
from plurel_cli.schema.causal import CausalNode
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.window import Window
from plurel_cli.temporal.clock import Clock


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

    Returns
    -------
    list of CausalNode
        The nodes, some of the candidates with a source of time.
    """
    several = list(nodes)
    kinds = time_sources.of(TimeSource)
    place = DatedTable(schema, table)
    possible = {kind: ways for kind, time in kinds.items() if (ways := time.ways(place))}
    p = settings.p.draw(stream.child("p").draws())
    choice = restricted(settings.kind, possible)
    for j in candidates if choice is not None else ():
        draws = stream.child("node", j).draws()
        if choice is not None and draws.chance(p):
            kind = choice.draw(draws)
            foreign_key = draws.item(possible[kind])
            time = kinds[kind].drawn(foreign_key, several[j].draw, draws)
            several[j] = several[j].becoming(TimeNode, time=time)
    return several


class TimeSources:
    """The values of these sources in all tables of a database.

    Parameters
    ----------
    schema
        The database, its keys planned.
    clock
        Its times.
    """

    def __init__(self, schema: Schema, clock: Clock) -> None:
        self._schema, self._clock = schema, clock
        self._whole: dict[tuple[str, ...], Floats] = {}

    def source(
        self,
        table: Table,
        time: TimeSourceRecord,
        keys: Mapping[str, BlockColumn],
        reference: Rows,
    ) -> Blocks:
        """What makes one of them.

        Parameters
        ----------
        table, time
            Which.
        keys
            The table's keys, by column.
        reference
            Its reference rows.

        Returns
        -------
        Blocks
            Standardised by the reference rows.
        """
        assert isinstance(time, TimeSource)  # noqa: S101 (as all that are drawn)
        column = time.values(_TableRows(self._schema, self._clock, table, keys, self._whole))
        if time.is_standard:
            return Blocks(column, np.float32)
        seen = reference.of(column).astype(np.float64)
        seen = seen[~np.isnan(seen)]
        mean, sd = mean_and_sd(seen) if len(seen) else (0.0, 1.0)
        return Blocks(_StandardisedSource(column, mean, sd if sd > 1e-9 else 1.0), np.float32)

    @property
    def window(self) -> Window:
        """The window that all times lie in."""
        return self._clock.window

    def column(self, table: Table) -> BlockColumn:
        """The times of a table that has some."""
        return self._clock.column(table)


class _TableRows:
    """The rows of a table, for its sources of time."""

    def __init__(
        self,
        schema: Schema,
        clock: Clock,
        table: Table,
        keys: Mapping[str, BlockColumn],
        whole: dict[tuple[str, ...], Floats],
    ) -> None:
        self.table, self.seed = table, schema.seed
        self._schema, self._clock, self._keys, self._whole = schema, clock, keys, whole

    @property
    def window(self) -> Window:
        return self._clock.window

    @property
    def times(self) -> BlockColumn:
        return self._clock.column(self.table)

    def keys(self, foreign_key: str) -> BlockColumn:
        return self._keys[foreign_key]

    def referenced(self, foreign_key: str) -> Table:
        return DatedTable(self._schema, self.table).referenced(foreign_key)

    def all_times(self, table: Table) -> NDArray[np.int64]:
        return self._clock.whole(table)

    def kept(self, what: tuple[str, ...], make: Callable[[], Floats]) -> Floats:
        place = (self.table.name, *what)
        if place not in self._whole:
            self._whole[place] = make()
        return self._whole[place]


class _StandardisedSource:
    """Numbers by their mean and deviation; what is NaN becomes the mean."""

    def __init__(self, column: BlockColumn, mean: float, sd: float) -> None:
        self._column, self._mean, self._sd = column, mean, sd

    def block(self, index: int) -> Floats:
        values = self._column.block(index).astype(np.float64)
        values -= self._mean
        values /= self._sd
        return np.nan_to_num(values, copy=False, nan=0.0).astype(np.float32)
