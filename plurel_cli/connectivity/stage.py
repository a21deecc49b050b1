"""Stage 2 as a whole: what every foreign key is drawn from, and the keys of every table.

A foreign key is addressed by child, parent and which one it is of the child's keys to that
parent, so that its model and rows depend on nothing else but the two row counts, and, where
references keep to time, the two tables' times.
"""

from __future__ import annotations

from plurel_cli.blocks.column import BlockColumn, RowIndex
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


def plan_keys(schema: Schema, config: Config) -> Schema:
    """Draw the block model and the habits of every foreign key.

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
    clock = Clock(planned, config)
    return planned.but(tables=tuple(_with_room(planned, config, clock, its) for its in tables))


def _with_room(schema: Schema, config: Config, clock: Clock, table: Table) -> Table:
    """A table whose pairs of parents are not held apart where at some time there are too few of
    them, unless that was asked for by its name.
    """
    if table.unique is None or (pairs := _pairs(schema, clock, table)).has_room:
        return table
    own = config.tables.get(table.name)
    if own is not None and own.junction:
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


def key_columns(schema: Schema, config: Config, table: Table) -> dict[str, BlockColumn]:
    """Primary and foreign keys of a table, by column name."""
    clock = Clock(schema, config)
    columns: dict[str, BlockColumn] = {table.primary_key: RowIndex(table.rows)}
    for column in table.foreign_keys:
        columns[column.name] = _keys(schema, clock, table, column)
    if table.unique is not None:
        pairs = _pairs(schema, clock, table)
        columns |= {name: pairs.column(which) for which, name in enumerate(table.unique)}
    return columns


def _keys(schema: Schema, clock: Clock, table: Table, column: Column) -> BlockColumn:
    parent = schema.by_name[str(column.references)]
    stream, habits = _stream(schema, table, column).child("keys"), column.habits
    if column.form == "one_to_one":
        own = one_to_one_stream(schema.seed, table.id, parent.id)
        return OneToOneKeys(parent.rows, table.rows, own)
    if column.form is not None:
        assert habits is not None  # noqa: S101 (planned before)
        if column.form == "thread":
            return ThreadKeys(table.rows, habits.root or 0.0, habits.recency or 1, stream)
        return LevelKeys(table.rows, habits.depth or 0, habits.branching or 1.0, stream)
    if habits is None:
        assert column.block_model is not None  # noqa: S101 (planned before)
        return block_model_keys(column.block_model, parent.rows, table.rows, stream)
    return _shaped(schema, clock, table, column)


def _pairs(schema: Schema, clock: Clock, table: Table) -> UniquePairs:
    first, second = (c for c in table.foreign_keys if c.name in (table.unique or ()))
    n_first, n_second = (schema.by_name[str(c.references)].rows for c in (first, second))
    keys = _shaped(schema, clock, table, first), _shaped(schema, clock, table, second)
    return UniquePairs(keys, (n_first, n_second), table.rows)


def _shaped(schema: Schema, clock: Clock, table: Table, column: Column) -> ShapedKeys:
    parent = schema.by_name[str(column.references)]
    stream, habits = _stream(schema, table, column), column.habits or Habits()
    assert column.block_model is not None  # noqa: S101 (planned before)
    return ShapedKeys(
        column.block_model,
        habits,
        parent.rows,
        table.rows,
        lambda: parent_weights(
            habits, parent.rows, Trait(schema.seed, parent.id, parent.rows), stream.child("weights")
        ),
        stream.child("keys"),
        _shared(schema, table),
        (clock.column(table), lambda: clock.whole(parent)) if habits.time_order else None,
        Trait(schema.seed, table.id, table.rows),
    )
