"""What every source of time has in common.

They are numbers on a natural scale, the cosine of a phase for what comes round, the logarithm for
what has a long tail, standardised by the reference rows of their table. They follow from times and
keys alone, which no feature moves.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from plurel_cli.blocks.column import BlockColumn, block_rows
from plurel_cli.features.time_sources import TimeSourceRecord
from plurel_cli.numerics.elementary import log1ps
from plurel_cli.numerics.stream import Draws
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.window import Window

DAY = 86_400_000_000_000
"""Nanoseconds."""

Doubles = NDArray[np.float64]
Floats = NDArray[np.float32]


class TimedRows(Protocol):
    """The rows of a table, as a source of time asks for them."""

    @property
    def table(self) -> Table:
        """The table."""
        ...

    @property
    def seed(self) -> int:
        """The database's seed."""
        ...

    @property
    def window(self) -> Window:
        """The window that all times lie in."""
        ...

    @property
    def times(self) -> BlockColumn:
        """Their times, int64 nanoseconds since 1970, rising."""
        ...

    def keys(self, foreign_key: str) -> BlockColumn:
        """Their references; one below 0 is nobody's."""
        ...

    def referenced(self, foreign_key: str) -> Table:
        """The table that a foreign key refers to."""
        ...

    def all_times(self, table: Table) -> NDArray[np.int64]:
        """The times of all rows of another table."""
        ...

    def kept(self, what: tuple[str, ...], make: Callable[[], Floats]) -> Floats:
        """What is made once for all rows, and for all sources that ask for it.

        Parameters
        ----------
        what
            Names it.
        make
            Makes it, the first time.

        Returns
        -------
        ndarray
            Shape (rows,).
        """
        ...


@dataclass(frozen=True)
class DatedTable:
    """A table that may have a source of time."""

    schema: Schema
    table: Table

    @property
    def is_timed(self) -> bool:
        """Whether its rows have times."""
        return self.table.time_column is not None

    @property
    def keys_to_many(self) -> list[str]:
        """Names of its foreign keys of which many rows may hold the same."""
        return [key.name for key in self.table.foreign_keys if not key.one_child]

    def referenced(self, foreign_key: str) -> Table:
        """The table that a foreign key refers to."""
        (column,) = (key for key in self.table.foreign_keys if key.name == foreign_key)
        return self.schema.by_name[str(column.references)]


class TimeSource(TimeSourceRecord):
    """The base of every source of time."""

    is_standard: ClassVar[bool] = False
    """Whether its values have a mean of 0 and a variance of 1 as they are."""

    @classmethod
    @abstractmethod
    def ways(cls, dated: DatedTable) -> list[str | None]:
        """Foreign keys that it may go by in a table; one that is none where it goes by none."""

    @classmethod
    @abstractmethod
    def drawn(cls, foreign_key: str | None, instead: str, draws: Draws) -> Self:
        """Draw one.

        Parameters
        ----------
        foreign_key
            What it goes by, one of its ways.
        instead
            What the node's source was.
        draws
            Randomness of this node alone.

        Returns
        -------
        Self
        """

    @abstractmethod
    def values(self, rows: TimedRows) -> BlockColumn:
        """What makes its values, on a scale of their own; NaN where it has none."""


class Unkeyed(TimeSource):
    """The base of those that follow from a row's time alone."""

    @classmethod
    def ways(cls, dated: DatedTable) -> list[str | None]:
        """One, in a timed table."""
        return [None] if dated.is_timed else []

    @classmethod
    def drawn(cls, foreign_key: str | None, instead: str, draws: Draws) -> Self:
        """Draw one."""
        return cls(instead=instead)


class WholeColumn:
    """Numbers that are there for all rows."""

    def __init__(self, values: Floats) -> None:
        self._values = values

    def block(self, index: int) -> Floats:
        """The numbers of one block of rows."""
        start, stop = block_rows(index, len(self._values))
        return self._values[start:stop]


def log_days(nanoseconds: NDArray[np.int64]) -> Doubles:
    """log(1 + days), and minus that of what lies ahead."""
    days = nanoseconds / DAY
    return np.copysign(log1ps(np.abs(days)), days)


class FunctionOfTime:
    """A function of each row's time."""

    def __init__(
        self, function: Callable[[NDArray[np.int64]], Doubles], times: BlockColumn
    ) -> None:
        self._function, self._times = function, times

    def block(self, index: int) -> NDArray[Any]:
        """Values of one block of rows."""
        return self._function(self._times.block(index))
