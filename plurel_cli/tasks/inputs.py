"""What boosted trees are given of an entity at a cut-off: itself, parents, children, its past.

Every aggregate is over rows up to the cut-off: of each table that refers to the entity, how many
rows there are, how many are new, how long since the last, and means of columns. Columns that tell
the future are left out, and so is what lies after the cut-off. With foreign keys shuffled, the same
aggregates are of the rows of others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from plurel_cli.schema.column import Column
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.table import Table
from plurel_cli.tasks.asked import Value, is_category, is_number
from plurel_cli.tasks.forecast import Forecast
from plurel_cli.tasks.tables import NS_PER_DAY, SortedRows, Tables, Way, way_of

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Breadth(NamedTuple):
    """How much of a database trees are given.

    Attributes
    ----------
    columns
        Columns of a child of which means are taken, and of a parent that are seen.
    children
        Ways to rows that lead to the entity.
    """

    columns: int
    children: int


PARTS = ("row", "parents", "children")
"""What inputs are of, in the order in which what each adds is told."""


@dataclass(frozen=True)
class AskedRows:
    """Rows of labels, as inputs are made for them.

    Attributes
    ----------
    table
        Table of the entities.
    entity
        Key of each row's entity.
    time
        Cut-off of each row, in nanoseconds since 1970; none for a table without times.
    hidden
        Columns of the entity that are not seen.
    horizon_ns
        What counts as new among earlier rows.
    forecast
        What is asked of later rows, if that is the question.
    """

    table: Table
    entity: NDArray[np.int64]
    time: NDArray[np.int64] | None
    hidden: frozenset[str] = frozenset()
    horizon_ns: int = 365 * NS_PER_DAY
    forecast: Forecast | None = None


Running = tuple["NDArray[np.float64]", "NDArray[np.int64]"]
"""Sums of a column over the sorted rows before each, and how many of these have one."""

MOST_ROWS_HELD = 200_000
"""Of tables of more rows, sums are taken anew each time."""


class Inputs:
    """Makes inputs of trees from the tables of a database.

    Parameters
    ----------
    tables
        The database.
    seen
        How much of it is seen.
    shuffled
        Whether foreign keys are shuffled.
    """

    def __init__(self, tables: Tables, seen: Breadth, *, shuffled: bool) -> None:
        self._schema = tables.schema
        self._tables = tables
        self._most = seen
        self._shuffled = shuffled
        self._held: dict[tuple[object, ...], Running] = {}

    def of(self, asked: AskedRows) -> dict[str, NDArray[np.float64]]:
        """The inputs by part: for each a matrix with a row for each row of labels."""
        n = asked.entity.size
        columns = {
            "row": self._row(asked),
            "parents": self._parents(asked),
            "children": self._children(asked),
        }
        return {
            part: np.column_stack(of) if of else np.empty((n, 0)) for part, of in columns.items()
        }

    def _row(self, asked: AskedRows) -> list[NDArray[np.float64]]:
        columns = _seen(asked.table, asked.hidden)
        made = [self._tables.numbers(asked.table, column)[asked.entity] for column in columns]
        if asked.time is not None and asked.table.time_column is not None:
            born = self._tables.times(asked.table)[asked.entity]
            made.append((asked.time - born) / NS_PER_DAY)
        return made

    def _parents(self, asked: AskedRows) -> list[NDArray[np.float64]]:
        made = []
        for key in asked.table.foreign_keys:
            parent = self._schema.by_name[key.references]
            keys = self._keys(asked.table, key)[asked.entity]
            columns = _seen(parent)[: self._most.columns]
            made += [_taken(self._tables.numbers(parent, column), keys) for column in columns]
        return made

    def _children(self, asked: AskedRows) -> list[NDArray[np.float64]]:
        children = self._schema.referring.get(asked.table.name, [])
        ways: list[Way] = [((child, key),) for child, key in children]
        if asked.forecast is not None:
            way = way_of(asked.forecast.ask.events)
            ways = [way, *(other for other in ways if other != way)]
        made: list[NDArray[np.float64]] = []
        for way in ways[: self._most.children]:
            made += self._aggregates(way, asked)
        return made

    def _keys(self, table: Table, key: ForeignKey) -> NDArray[np.int64]:
        return self._tables.keys(table, key, shuffled=self._shuffled)

    def _aggregates(self, way: Way, asked: AskedRows) -> list[NDArray[np.float64]]:
        """Of the rows that lead to each entity, up to its cut-off."""
        child, _ = way[0]
        is_timed = child.time_column is not None and asked.time is not None
        rows = self._tables.sorted_rows(way, shuffled=self._shuffled, is_timed=is_timed)
        until = asked.time if asked.time is not None and is_timed else np.zeros_like(asked.entity)
        first = rows.first(asked.entity)
        end = rows.end(asked.entity, until)
        count = (end - first).astype(float)
        made = [count]
        recent = end
        if is_timed:
            recent = rows.end(asked.entity, until - asked.horizon_ns)
            before = rows.end(asked.entity, until - 2 * asked.horizon_ns)
            times = rows.times
            last = times[np.maximum(end - 1, 0)] if times.size else np.zeros_like(until)
            since = (until - last) / NS_PER_DAY
            made += [(end - recent).astype(float), (recent - before).astype(float)]
            made.append(np.where(count > 0, since, np.nan))
        for sums, counts in self._running(way, rows, asked):
            with np.errstate(invalid="ignore", divide="ignore"):
                made.append((sums[end] - sums[first]) / (counts[end] - counts[first]))
                if is_timed:
                    made.append((sums[end] - sums[recent]) / (counts[end] - counts[recent]))
        return made

    def _running(self, way: Way, rows: SortedRows, asked: AskedRows) -> Iterator[Running]:
        """Sums of columns of which means are taken: first those that are asked of."""
        child, _ = way[0]
        forecast = asked.forecast
        if forecast is not None and way == way_of(forecast.ask.events):
            if forecast.rule.like is not None:
                like = forecast.rule.like
                met = self._tables.meets(like).astype(float)
                yield _running(self._of(child, like.value, met), rows)
            if (value := forecast.ask.value) is not None:
                numbers = self._tables.numbers(value.table, value.column)
                yield _running(self._of(child, value, numbers), rows)
        hidden = () if child.name != asked.table.name else asked.hidden
        for column in _seen(child, hidden)[: self._most.columns]:
            of_way = ((table.name, key.name) for table, key in way)
            name = (*of_way, asked.time is None, column.name)
            running = self._held.get(name)
            if running is None:
                running = _running(self._tables.numbers(child, column), rows)
                if rows.order.size <= MOST_ROWS_HELD:
                    self._held[name] = running
            yield running

    def _of(self, child: Table, value: Value, numbers: NDArray[np.float64]) -> NDArray[np.float64]:
        """A column for the rows of a table, which may refer to the rows that it is of."""
        if value.key is None:
            return numbers
        return _taken(numbers, self._keys(child, value.key))


def _running(column: NDArray[np.float64], rows: SortedRows) -> Running:
    values = column[rows.order]
    is_there = np.isfinite(values)
    sums = np.concatenate(([0.0], np.cumsum(np.where(is_there, values, 0.0))))
    return sums, np.concatenate(([0], np.cumsum(is_there)))


def _taken(values: NDArray[np.float64], keys: NDArray[np.int64]) -> NDArray[np.float64]:
    """Values of the rows that keys name; NaN where there is no key."""
    return np.where(keys >= 0, values[np.maximum(keys, 0)], np.nan)


def _seen(table: Table, hidden: Sequence[str] | frozenset[str] = ()) -> list[Column]:
    """Columns of a table that trees are given."""
    return [
        column
        for column in table.contents
        if column.name not in hidden
        and not column.tells_future
        and (is_number(column) or is_category(column))
    ]
