"""Stage 2 as a whole: what every foreign key is drawn from, and the keys of every table.

A foreign key is addressed by child, parent and which one it is of the child's keys to that
parent, so that its model and rows depend on nothing else but the two row counts, and, where
references keep to time, the two tables' times.
"""

from __future__ import annotations

from plurel_cli.blocks.column import BlockColumn, RowIndex
from plurel_cli.blocks.kept import KeptBlocks
from plurel_cli.config import Config
from plurel_cli.config.connectivity import ConnectivityConfig
from plurel_cli.connectivity.habits import sample_habits, sample_own_habits
from plurel_cli.connectivity.hsbm import check_reachable, sample_block_model
from plurel_cli.connectivity.junction import UniquePairs
from plurel_cli.connectivity.keys import block_model_keys
from plurel_cli.connectivity.one_to_one import OneToOneKeys, one_to_one_stream
from plurel_cli.connectivity.own import LevelKeys, ThreadKeys
from plurel_cli.connectivity.shaped import ShapedKeys, check_shape
from plurel_cli.connectivity.uniforms import Trait
from plurel_cli.connectivity.weights import parent_weights
from plurel_cli.numerics.stream import SharedStream, Stream
from plurel_cli.schema.habits import Habits
from plurel_cli.schema.model import SELF_FORMS, Column, Schema, Table
from plurel_cli.temporal.clock import Clock

_MOST_OF_JUNCTIONS = 1 << 26


def _stream(schema: Schema, table: Table, column: Column) -> Stream:
    parent = schema.by_name[str(column.references)]
    return Stream(schema.seed).child("fk", table.id, parent.id, column.ordinal or 0)


def _settings(config: Config, table: Table, column: Column) -> ConnectivityConfig:
    own = config.tables.get(table.name)
    settings = config.connectivity.overridden(own.connectivity if own else None)
    if own and own.parents:
        position = table.foreign_keys.index(column)
        settings = settings.overridden(own.parents[position].connectivity)
    return settings


def plan_keys(
    schema: Schema, config: Config, clock: Clock, kept: KeptBlocks | None = None
) -> tuple[Schema, Keys]:
    """Draw the block model and the habits of every foreign key.

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
    Keys
        What makes them.

    Raises
    ------
    ConfigError
        If a model leaves some child row no parent to refer to, has too many clusters for its
        habits, or a table that must be a junction more rows by some time than pairs of parents.
    """
    tables = tuple(
        table.but(columns=tuple(_planned(schema, config, table, c) for c in table.columns))
        for table in schema.tables
    )
    planned = schema.but(tables=tables, stages=(*schema.stages, "fk"))
    keys = Keys(planned, clock, kept)
    return planned.but(tables=tuple(_with_room(keys, config, table) for table in tables)), keys


def _with_room(keys: Keys, config: Config, table: Table) -> Table:
    """A table whose pairs of parents are not held apart where at some time there are too few of
    them, unless that was asked for by its name.
    """
    if table.unique is None or (pairs := keys.pairs(table)).has_room:
        return table
    settings = config.tables.get(table.name)
    if settings is not None and settings.junction:
        raise pairs.refused(f"tables.{table.name}.junction")
    return table.but(unique=None)


def _planned(schema: Schema, config: Config, table: Table, column: Column) -> Column:
    if column.role != "foreign_key" or column.form == "one_to_one":
        return column
    settings, stream = _settings(config, table, column), _stream(schema, table, column)
    common = Stream(schema.seed).child("fk", "habits")
    own = SharedStream(stream.child("habits"), common, settings.alike)
    if column.form in SELF_FORMS:
        habits = sample_own_habits(settings, own, str(column.form))
        return column.but(habits=habits)
    parent = schema.by_name[str(column.references)]
    model = sample_block_model(settings, stream.child("model"))
    place = f"connectivity, for {table.name}.{column.name}"
    check_reachable(model, parent.rows, table.rows, place)
    shared = SharedStream(_shared(schema, table), common, settings.alike)
    coupling = settings.coupling.draw(shared.child("coupling").draws())
    both_timed = table.time_column is not None and parent.time_column is not None
    to_events = bool(parent.holds_events)
    its = sample_habits(settings, own, coupling, both_timed=both_timed, to_events=to_events)
    if its is not None:
        check_shape(model, its, parent.rows, table.rows, place)
    is_nullable = its is not None and its.null_rate > 0
    return column.but(block_model=model, habits=its, nullable=is_nullable)


def _shared(schema: Schema, table: Table) -> Stream:
    return Stream(schema.seed).child("fk", table.id, "shared")


class Keys:
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
        self._pairs: dict[str, UniquePairs] = {}

    def column(self, table: Table, name: str) -> BlockColumn:
        """Primary key or a foreign key of a table; blocks of it are read-only.

        Parameters
        ----------
        table
            The table.
        name
            The key's column.
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
            first, second = (c for c in table.foreign_keys if c.name in (table.unique or ()))
            n_first, n_second = (
                self._schema.by_name[str(c.references)].rows for c in (first, second)
            )
            keys = self._shaped(table, first), self._shaped(table, second)
            sizes = (n_first, n_second)
            self._pairs[table.name] = UniquePairs(keys, sizes, table.rows, self._junctions)
        return self._pairs[table.name]

    def _drawn(self, table: Table, name: str) -> BlockColumn:
        if name == table.primary_key:
            return RowIndex(table.rows)
        if table.unique is not None and name in table.unique:
            return self.pairs(table).column(table.unique.index(name))
        column = next(c for c in table.foreign_keys if c.name == name)
        parent = self._schema.by_name[str(column.references)]
        stream, habits = _stream(self._schema, table, column).child("keys"), column.habits
        if column.form == "one_to_one":
            own = one_to_one_stream(self._schema.seed, table.id, parent.id)
            return OneToOneKeys(parent.rows, table.rows, own)
        if column.form is not None:
            assert habits is not None  # noqa: S101 (planned before)
            if column.form == "thread":
                return ThreadKeys(table.rows, habits.root or 0.0, habits.recency or 1, stream)
            return LevelKeys(table.rows, habits.depth or 0, habits.branching or 1.0, stream)
        if habits is None:
            assert column.block_model is not None  # noqa: S101 (planned before)
            return block_model_keys(column.block_model, parent.rows, table.rows, stream)
        return self._shaped(table, column)

    def _shaped(self, table: Table, column: Column) -> ShapedKeys:
        schema, clock = self._schema, self._clock
        parent = schema.by_name[str(column.references)]
        stream, habits = _stream(schema, table, column), column.habits or Habits()
        assert column.block_model is not None  # noqa: S101 (planned before)
        trait = Trait(schema.seed, parent.id, parent.rows)
        return ShapedKeys(
            column.block_model,
            habits,
            parent.rows,
            table.rows,
            lambda: parent_weights(habits, parent.rows, trait, stream.child("weights")),
            stream.child("keys"),
            _shared(schema, table),
            (clock.column(table), lambda: clock.whole(parent)) if habits.time_order else None,
            Trait(schema.seed, table.id, table.rows),
        )
