"""Stage 2 as a whole: what every foreign key is drawn from, and the keys of every table."""

from __future__ import annotations

from collections.abc import Iterator

from plurel_cli import compiled
from plurel_cli.blocks.column import BlockColumn, RowIndex
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.config import Config
from plurel_cli.connectivity.checked import CheckedKeys
from plurel_cli.connectivity.forms import sampler_of
from plurel_cli.connectivity.forms.many import shaped_keys
from plurel_cli.connectivity.junction import UniquePairs
from plurel_cli.connectivity.row_order import ReorderedKeys, row_order
from plurel_cli.connectivity.site import Site
from plurel_cli.connectivity.sorted_rows import LoadOrder, SortedKeys, sorting_key
from plurel_cli.numerics.stream import Stream
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.temporal.clock import Clock

_MOST_OF_JUNCTIONS = 1 << 26


def planned_keys(schema: Schema, config: Config) -> Schema:
    """A schema with what every foreign key is drawn from; O(keys × levels), whatever the rows.

    Parameters
    ----------
    schema
        A database with its tables drawn.
    config
        What it is drawn from.

    Returns
    -------
    Schema
        With the stage `fk` done.

    Raises
    ------
    ConfigError
        If a model leaves some child row no parent to refer to, or has too many clusters.
    """

    def planned(table: Table) -> dict[str, ForeignKey]:
        return {
            key.name: sampler_of(key).planned(Site(schema, table, key), config)
            for key in table.foreign_keys
        }

    tables = tuple(
        _sorted(_with_keys(table, planned(table)), schema.seed, config) for table in schema.tables
    )
    return schema.but(tables=tables, stages=(*schema.stages, "fk"))


def _sorted(table: Table, seed: int, config: Config) -> Table:
    """A table with the foreign key by which its rows are sorted, if there is one."""
    stream = Stream(seed).child("sorted", table.id)
    p = config.for_table(table.id).schema.p_sorted.draw(stream.child("p").draws())
    return table.but(sorted_by=sorting_key(table, p, stream.draws()))


def plan_keys(
    schema: Schema, config: Config, clock: Clock, kept: KeptBlocks | None = None
) -> tuple[Schema, DatabaseKeys]:
    """Draw what every foreign key is drawn from.

    Parameters
    ----------
    schema
        A database with its tables drawn.
    config
        What it is drawn from.
    clock
        Its times.
    kept
        Where blocks of keys are kept.

    Returns
    -------
    Schema
        With its keys planned.
    DatabaseKeys
        What makes them.

    Raises
    ------
    ConfigError
        If a model leaves some child row no parent to refer to, has too many clusters for its
        habits, or a table that must be a junction more rows by some time than pairs of parents.
    """
    planned = planned_keys(schema, config)
    tables = planned.tables
    keys = DatabaseKeys(planned, clock, kept)
    roomy = tuple(_with_room(keys, config, table) for table in tables)
    if all(table is other for table, other in zip(tables, roomy, strict=True)):
        return planned, keys
    final = planned.but(tables=roomy)
    return final, DatabaseKeys(final, clock, kept)


def _with_room(keys: DatabaseKeys, config: Config, table: Table) -> Table:
    """A table whose pairs of parents are not held apart where there are too few of them at some
    time, or, where that was asked for by its name, whose keys keep less to time.

    Raises
    ------
    ConfigError
        If it was asked for, and there are too few pairs whatever the time.
    """
    if table.unique is None or (pairs := keys.pairs(table)).has_room:
        return table
    if not config.table(table.id).junction:
        return table.but(unique=None)
    for other in _loosened(table):
        if keys.anew().pairs(other).has_room:
            return other
    raise pairs.refused(f"tables.{table.name}.junction")


def _loosened(table: Table) -> Iterator[Table]:
    """A junction of which the second key, the first or neither keeps to time; the last, with no
    childless parents either.
    """
    first, second = (key for key in table.foreign_keys if key.name in (table.unique or ()))
    for loose in ((second,), (first,), (first, second)):
        yield _with_keys(table, {key.name: key.without_time() for key in loose})
    yield _with_keys(
        table, {key.name: key.without_time().with_all_parents() for key in (first, second)}
    )


def _with_keys(table: Table, keys: dict[str, ForeignKey]) -> Table:
    columns = [keys.get(column.name, column) for column in table.columns]
    return table.but(columns=tuple(columns))


def settled(schema: Schema, planned: Schema) -> Schema:
    """A schema before its keys are planned, with what it says of them as it will be.

    Parameters
    ----------
    schema
        A database with its tables drawn.
    planned
        The same with its keys planned.

    Returns
    -------
    Schema
        In which keys are nullable, and pairs unique, as in `planned`.
    """
    tables = tuple(
        table.but(
            unique=other.unique,
            columns=tuple(
                column.but(nullable=final.nullable)
                for column, final in zip(table.columns, other.columns, strict=True)
            ),
        )
        for table, other in zip(schema.tables, planned.tables, strict=True)
    )
    return schema.but(tables=tables)


class DatabaseKeys:
    """The keys of all tables of a database, what makes each put together once.

    Parameters
    ----------
    schema
        The database, its keys planned.
    clock
        Its times.
    kept
        Where blocks of keys are kept.

    Notes
    -----
    The keys of the last junctions are kept whole, of one at least and of others while they take no
    more than 64 MiB together.
    """

    def __init__(self, schema: Schema, clock: Clock, kept: KeptBlocks | None = None) -> None:
        self._schema, self._clock = schema, clock
        self._kept, self._junctions = kept or KeptBlocks(), KeptBlocks(_MOST_OF_JUNCTIONS)
        self._columns: dict[tuple[str, str], BlockColumn] = {}
        self._orders: dict[str, BlockColumn] = {}
        self._pairs: dict[str, UniquePairs] = {}

    def anew(self) -> DatabaseKeys:
        """The same with nothing put together yet."""
        return DatabaseKeys(self._schema, self._clock, self._kept)

    def column(self, table: Table, name: str) -> BlockColumn:
        """Primary key or a foreign key of a table; blocks of it are read-only.

        Parameters
        ----------
        table
            The table.
        name
            The key's column.

        Returns
        -------
        BlockColumn
            Blocks of int64, below 0 for null.
        """
        place = table.name, name
        if place not in self._columns:
            self._columns[place] = self._kept.column(self._drawn(table, name))
        return self._columns[place]

    def columns(self, table: Table) -> dict[str, BlockColumn]:
        """Primary and foreign keys of a table, by column name."""
        names = [table.primary_key, *(column.name for column in table.foreign_keys)]
        return {name: self.column(table, name) for name in names}

    def pairs(self, table: Table) -> UniquePairs:
        """The first two keys of a junction."""
        if table.name not in self._pairs:
            first, second = (
                Site(self._schema, table, key)
                for key in table.foreign_keys
                if key.name in (table.unique or ())
            )
            keys = shaped_keys(first, self._clock), shaped_keys(second, self._clock)
            sizes = (first.parent.rows, second.parent.rows)
            self._pairs[table.name] = UniquePairs(keys, sizes, table.rows, self._junctions)
        return self._pairs[table.name]

    def _drawn(self, table: Table, name: str) -> BlockColumn:
        if name == table.primary_key:
            return RowIndex(table.rows)
        keys = self._unsorted(table, name)
        if table.sorted_by is None:
            return keys
        if table.name not in self._orders:
            self._orders[table.name] = self._kept.column(self._order(table, table.sorted_by))
        return SortedKeys(keys, self._orders[table.name])

    def _order(self, table: Table, name: str) -> BlockColumn:
        """Which row stands where in a table that is sorted by a key."""
        (key,) = (key for key in table.foreign_keys if key.name == name)
        n_parents = self._schema.by_name[key.references].rows
        times = None if table.time_column is None else self._clock.column(table)
        return LoadOrder(self._unsorted(table, name), n_parents, times)

    def _unsorted(self, table: Table, name: str) -> BlockColumn:
        site = Site(
            self._schema, table, next(key for key in table.foreign_keys if key.name == name)
        )
        compiled.expect(n_keys=table.rows)
        keys: BlockColumn
        if table.unique is not None and name in table.unique:
            keys = self.pairs(table).column(table.unique.index(name))
        else:
            keys = sampler_of(site.key).keys(site, self._clock)
        order = row_order(self._schema.seed, site.parent)
        if order is not None and site.key.blocks is not None:
            keys = ReorderedKeys(keys, order)
        rows = site.parent.rows
        return CheckedKeys(keys, rows, nullable=site.key.nullable, place=site.place)
