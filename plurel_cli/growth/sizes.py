"""By how much each table of a database grows, which makes the schema of the grown one.

Tables are gone through with parents first. Rows that their parents make follow from those of the
parents; a table with times goes on at its rate; one without times keeps its rows for each row of
the parent that grows, and where there is none it stays as it is or grows as it was asked to.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from plurel_cli.config.wording import nearest
from plurel_cli.errors import UsageError
from plurel_cli.lenses import ColumnSite
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.column import Attribute, Feature
from plurel_cli.schema.detail_sizes import drawn_numbers
from plurel_cli.schema.era import Era, known_until
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms.detail import DetailHabits
from plurel_cli.schema.model import Schema
from plurel_cli.schema.stages import STAGES
from plurel_cli.schema.table import Table
from plurel_cli.schema.wave import wave_of
from plurel_cli.schema.window import Window
from plurel_cli.temporal.clock import Clock
from plurel_cli.temporal.grown import expected_share

LATEST = dt.date(2250, 1, 1)
"""Last day that a database can reach."""

SHORT = 200
"""Up to so many rows of a table without times and parents are a list, which stays as it is."""


@dataclass(frozen=True)
class Growth:
    """What is asked of a database that grows.

    Attributes
    ----------
    until
        The last day that it is to reach.
    rows
        How many rows it is to have in all.
    tables
        How many rows single tables are to have.
    """

    until: dt.date | None = None
    rows: int | None = None
    tables: Mapping[str, int] = field(default_factory=dict)


def grown(schema: Schema, clock: Clock, growth: Growth) -> Schema:
    """The schema of a database with further rows.

    Parameters
    ----------
    schema
        The database, all stages done.
    clock
        Its times.
    growth
        What is asked.

    Returns
    -------
    Schema
        With the number of rows of each table, the new last day, and an era more.

    Raises
    ------
    UsageError
        If it cannot grow, or not so.
    """
    window = schema.window
    _check(schema, growth)
    assert window is not None  # noqa: S101 (all stages are done)
    end = growth.until or _end(schema, window, growth)
    before = Era(rows={table.name: table.rows for table in schema.tables}, end=window.end)
    whole = schema.but(
        tables=tuple(known_until(table, window.end, end) for table in schema.tables),
        window=window.but(end=end),
        eras=(*(schema.eras or ()), before),
        tasks=None,
    )
    new = _NewRows(schema, whole, clock, growth, end).counts
    if not any(new.values()):
        remedy = "say --rows, which makes tables without times grow as well"
        raise UsageError("--until", f"brings no row by {end}: no table has times", remedy=remedy)
    final = whole.but(
        tables=tuple(table.but(rows=table.rows + new[table.name]) for table in whole.tables)
    )
    _check_unique(final)
    return final


def _check(schema: Schema, growth: Growth) -> None:
    if schema.stages != STAGES:
        missing = STAGES[len(schema.stages)]
        raise UsageError("database", f"lacks the {missing} stage", remedy="finish it first")
    for table in schema.tables:
        held = [feature.held for feature in table.features]
        held += [variable.held for variable in table.hidden]
        if any(value is not None for value in held):
            rule = f"has a column of {table.name} that is held"
            raise UsageError("database", rule, remedy="let it grow first, and then use plurel do")
    if growth.until is None and growth.rows is None and not growth.tables:
        remedy = "say --until 2026-12-31, --rows 100000 or --rows orders=5000"
        raise UsageError("--until and --rows", "are both missing", remedy=remedy)
    window = schema.window
    assert window is not None  # noqa: S101 (all stages are done)
    if growth.until is not None and not window.end < growth.until <= LATEST:
        rule = f"must be later than {window.end}, the last day that there is, and until {LATEST}"
        raise UsageError("--until", rule, str(growth.until))
    if window.end >= LATEST:
        raise UsageError("database", f"reaches to {window.end}, and no further day can be held")
    total = sum(table.rows for table in schema.tables)
    if growth.rows is not None and growth.rows <= total:
        raise UsageError("--rows", f"must be more than the {total} that there are", growth.rows)
    for name, rows in growth.tables.items():
        if name not in schema.by_name:
            near = nearest(name, schema.by_name)
            raise UsageError("--rows", "must name a table", name, near)
        table = schema.by_name[name]
        if rows < table.rows:
            rule = f"must be at least {table.rows} for {name}, since no row goes"
            raise UsageError("--rows", rule, rows)
        key = next(iter(table.foreign_keys), None)
        if key is not None and key.draws_counts:
            rule = f"cannot say how many rows {name} has, which those of {key.references} make"
            raise UsageError("--rows", rule, remedy=f"say how many {key.references} has")


def _end(schema: Schema, window: Window, growth: Growth) -> dt.date:
    """The last day of a database that grows in rows: as much later as it has more of them."""
    total = sum(table.rows for table in schema.tables)
    factors = [(growth.rows or total) / total]
    factors += [rows / schema.by_name[name].rows for name, rows in growth.tables.items()]
    days = max(1, math.ceil((window.days - 1) * (max(factors) - 1)))
    return window.end + dt.timedelta(days=min(days, (LATEST - window.end).days))


class _NewRows:
    """How many rows come to each table."""

    def __init__(
        self, schema: Schema, whole: Schema, clock: Clock, growth: Growth, end: dt.date
    ) -> None:
        self._schema, self._clock, self._growth, self._end = schema, clock, growth, end
        self._seed = wave_of(whole).seed
        total = sum(table.rows for table in schema.tables)
        self._factor = (growth.rows or total) / total - 1.0
        self.counts: dict[str, int] = {}
        graph = {
            table.name: {key.references for key in table.foreign_keys} - {table.name}
            for table in schema.tables
        }
        for name in TopologicalSorter(graph).static_order():
            self.counts[name] = self._count(schema.by_name[name])

    def _count(self, table: Table) -> int:
        key = next(iter(table.foreign_keys), None)
        if key is not None and key.draws_counts:
            return self._made(table, key)
        asked = self._growth.tables.get(table.name)
        if key is not None and key.one_child:
            return self._only_rows(table, key, asked)
        if asked is not None:
            return asked - table.rows
        return round(table.rows * self._share(table))

    def _made(self, table: Table, key: ForeignKey) -> int:
        """Rows that the new rows of the parent make."""
        parent = self._schema.by_name[key.references]
        n_parents, habits = self.counts[parent.name], key.shape
        if not n_parents:
            return 0
        assert isinstance(habits, DetailHabits)  # noqa: S101 (drawn with the schema)
        if habits.total is not None:
            return max(1, round(table.rows * n_parents / parent.rows))
        numbers = drawn_numbers(habits, self._seed, table.id, parent.id, n_parents)
        return int(numbers.edges[-1])

    def _only_rows(self, table: Table, key: ForeignKey, asked: int | None) -> int:
        """Rows of which each new row of the parent has one at most."""
        parent = self._schema.by_name[key.references]
        n_parents = self.counts[parent.name]
        if asked is None:
            return min(n_parents, round(table.rows * n_parents / parent.rows))
        if asked - table.rows > n_parents:
            most = table.rows + n_parents
            rule = f"must be at most {most} for {table.name}, one for each new row of {parent.name}"
            raise UsageError("--rows", rule, asked)
        return asked - table.rows

    def _share(self, table: Table) -> float:
        """New rows of a table as a share of those that it has."""
        others = [key.references for key in table.foreign_keys if not key.to_self]
        growing = next((name for name in others if self.counts[name]), None)
        if table.time_column is not None and self._growth.until is not None:
            window = self._clock.window
            return expected_share(self._clock.arrivals(table), window, self._end)
        if self._growth.rows is not None:
            is_list = not others and table.time_column is None and table.rows <= SHORT
            return 0.0 if is_list else self._factor
        if growing is not None:
            return self.counts[growing] / self._schema.by_name[growing].rows
        return 0.0


def _check_unique(schema: Schema) -> None:
    """See that unique columns have a value for each row.

    Raises
    ------
    ConfigError, UsageError
        If one has not.
    """
    new = {table.name: table.rows for table in wave_of(schema).tables}
    for table, column in _unique(schema):
        lens = column.lens
        assert lens is not None  # noqa: S101 (it is unique)
        lens.completed(ColumnSite(table.name, column.name, table.rows), Stream(schema.seed))
        other = next((t for t in schema.tables if lens.refers_to in (t.id, t.name)), None)
        if other is not None and new[table.name] > new[other.name]:
            rule = f"brings {new[table.name]} rows to {table.name}, of which each links to another"
            remedy = f"let {other.name} grow by as many"
            raise UsageError("--rows", f"{rule} new row of {other.name}", remedy=remedy)


def _unique(schema: Schema) -> Iterator[tuple[Table, Feature | Attribute]]:
    for table in schema.tables:
        for column in table.contents:
            if column.lens is not None and column.lens.unique:
                yield table, column
