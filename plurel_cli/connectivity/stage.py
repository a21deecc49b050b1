"""Stage 2 as a whole: the block model of every foreign key, and the keys of every table.

A foreign key is addressed by child, parent and which one it is of the child's keys to that
parent, so that its model and rows depend on nothing else but the two row counts.
"""

from __future__ import annotations

from plurel_cli.columns import BlockColumn, RowIndex
from plurel_cli.config import Config
from plurel_cli.connectivity.hsbm import check_reachable, sample_block_model
from plurel_cli.connectivity.keys import block_model_keys
from plurel_cli.random import Stream
from plurel_cli.schema.model import Column, Schema, Table


def _stream(schema: Schema, table: Table, column: Column) -> Stream:
    parent = schema.by_name[str(column.references)]
    return Stream(schema.seed).child("fk", table.id, parent.id, column.ordinal or 0)


def plan_keys(schema: Schema, config: Config) -> Schema:
    """Draw the block model of every foreign key.

    Raises
    ------
    ConfigError
        If a model leaves some child row no parent to refer to.
    """

    def planned(table: Table, column: Column) -> Column:
        if column.role != "foreign_key":
            return column
        own = config.tables.get(table.name)
        settings = config.connectivity.overridden(own.connectivity if own else None)
        if own and own.parents:
            position = table.foreign_keys.index(column)
            settings = settings.overridden(own.parents[position].connectivity)
        model = sample_block_model(settings, _stream(schema, table, column).child("model"))
        parent = schema.by_name[str(column.references)]
        place = f"connectivity, for {table.name}.{column.name}"
        check_reachable(model, parent.rows, table.rows, place)
        return column.but(block_model=model)

    tables = tuple(
        table.but(columns=tuple(planned(table, c) for c in table.columns))
        for table in schema.tables
    )
    return schema.but(tables=tables, stages=(*schema.stages, "fk"))


def key_columns(schema: Schema, config: Config, table: Table) -> dict[str, BlockColumn]:
    """Primary and foreign keys of a table, by column name."""
    columns: dict[str, BlockColumn] = {table.primary_key: RowIndex(table.rows)}
    for column in table.foreign_keys:
        parent = schema.by_name[str(column.references)]
        assert column.block_model is not None  # noqa: S101 (planned before)
        columns[column.name] = block_model_keys(
            column.block_model,
            parent.rows,
            table.rows,
            _stream(schema, table, column).child("keys"),
        )
    return columns
