"""Stage 1: draw the tables, how they refer to each other, their sizes and their columns.

A table that no other refers to is an activity table, every other an entity table. Every draw has
an address of its own, so that one setting moves nothing but what it is about.
"""

from __future__ import annotations

from collections.abc import Mapping

from plurel_cli.config import Config
from plurel_cli.errors import UsageError
from plurel_cli.numerics.stream import SEED_LIMIT, Stream
from plurel_cli.schema.column import Column, PrimaryKey, TimeColumn, counted_in
from plurel_cli.schema.feature_columns import FeatureColumns
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.forms.detail import DetailHabits
from plurel_cli.schema.future import telling_future
from plurel_cli.schema.key_numbers import KeyNumbers
from plurel_cli.schema.known import check_stated
from plurel_cli.schema.model import Schema
from plurel_cli.schema.naming import names_of
from plurel_cli.schema.skeleton import Reference, sample_skeleton
from plurel_cli.schema.standing import Standing
from plurel_cli.schema.table import Table
from plurel_cli.schema.themed import TableNames, Themed


def sample_schema(config: Config, seed: int) -> Schema:
    """Draw the schema of a database.

    Parameters
    ----------
    config
        What to draw from.
    seed
        Seed of the database, 0 to 2⁶⁴ − 1.

    Returns
    -------
    Schema
        With stage `schema` done: every table and planned column.

    Raises
    ------
    UsageError
        If the seed is out of range.
    ConfigError
        If what is stated of columns leads nowhere in the tables that are drawn.

    Notes
    -----
    O(tables + references + columns) time, apart from the layout.

    Examples
    --------
    >>> schema = sample_schema(Config.model_validate({"schema": {"tables": 4}}), seed=1)
    >>> len(schema.tables)
    4
    """
    seed = int(seed)  # which numpy may have made
    if not 0 <= seed < SEED_LIMIT:
        raise UsageError("seed", f"must be from 0 to {SEED_LIMIT - 1}", seed)
    stream = Stream(seed).child("schema")
    skeleton = sample_skeleton(config, stream)
    standing = Standing(config, seed, stream, skeleton)
    tables = []
    themed = None
    if config.naming == "themed":
        themed = Themed(config, skeleton, standing, stream.child("themed"))
    names = names_of(config, skeleton, themed)
    features = FeatureColumns(config, stream, themed, {n: standing.rows(n) for n in names})
    for name, references in skeleton.references.items():
        keys = _keys(references, names[name], names, standing.details(name))
        stated = config.table(name).key
        numbers = None if stated is None else KeyNumbers(**stated.model_dump())
        columns: list[Column] = [
            PrimaryKey(name=names[name].primary_key, numbers=numbers),
            *keys,
        ]
        if standing.is_timed(name):
            columns.append(TimeColumn(name=names[name].time))
        of_table = stream.child("table", name)
        filled, hidden = features.all_of(name, of_table)
        columns = [counted_in(column, config.output.time_unit) for column in (*columns, *filled)]
        tables.append(
            Table(
                name=names[name].table,
                id=name,
                kind=standing.kind(name),
                rows=standing.rows(name),
                row_order=standing.row_order(name),
                columns=tuple(columns),
                hidden=tuple(hidden),
                holds_events=standing.holds_events(name) or None,
                unique=(keys[0].name, keys[1].name) if standing.is_junction(name) else None,
            )
        )
    check_stated(config, tables)
    schema = Schema(
        seed=seed,
        stages=("schema",),
        layout=skeleton.layout,
        tables=tuple(tables),
        theme=themed and themed.theme.name,
        places=themed.home() if themed is not None else (),
        config=config.resolved(),
        sources=config.sources,
    )
    return telling_future(schema, lambda table: features.of_no_future(table.id))


def _keys(
    references: tuple[Reference, ...],
    of_table: TableNames,
    names: Mapping[str, TableNames],
    details: DetailHabits | None,
) -> list[ForeignKey]:
    """The foreign keys of a table; the first with what shapes details, if it has some."""
    parents = [reference.table for reference in references]
    return [
        reference.form.model_validate(
            {
                "name": of_table.keys[index],
                "references": names[reference.table].table,
                "ordinal": parents[:index].count(reference.table),
                **({"habits": details} if details is not None and index == 0 else {}),
            }
        )
        for index, reference in enumerate(references)
    ]
