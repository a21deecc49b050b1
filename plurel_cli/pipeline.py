"""The stages in order, in memory or from folder to folder.

A stage is a pure function: it completes the schema with what it draws (block models, a window,
causal graphs), and gives what makes the columns it fills, table by table, in any rows. So
`generate` plans all stages and writes once, a subcommand plans one stage and writes its columns
beside those it reads from disk, and both give the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from plurel_cli.blocks.column import BlockColumn, blocks_of
from plurel_cli.blocks.frames import frames
from plurel_cli.config import Config
from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_config
from plurel_cli.connectivity.stage import key_columns, plan_keys
from plurel_cli.database import Database, load
from plurel_cli.errors import StageError, UsageError
from plurel_cli.schema.model import STAGES, Schema, StageName, Table
from plurel_cli.schema.sample import sample_schema
from plurel_cli.storage.commit import check_in_place, check_target
from plurel_cli.storage.database import Rows, recorded_config, write_database
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.layout import GROUP_BLOCKS, Part, whole
from plurel_cli.storage.parquet import Stored, read_frames
from plurel_cli.storage.place import Place, place_of
from plurel_cli.storage.versions import made_here
from plurel_cli.temporal.stage import plan_time, time_columns

if TYPE_CHECKING:
    import polars as pl

Report = Callable[[str, int], None]
"""Called with a table's name and the rows of it just made."""


Columns = Callable[[Table], dict[str, BlockColumn]]
"""Gives the columns of a table that some stages fill, by name."""


class Planned(NamedTuple):
    """A schema completed by some stages, and what makes their columns."""

    schema: Schema
    columns: Columns


def _keys(schema: Schema, config: Config) -> Planned:
    planned = plan_keys(schema, config)
    return Planned(planned, lambda table: key_columns(planned, config, table))


def _times(schema: Schema, config: Config) -> Planned:
    planned = plan_time(schema, config)
    return Planned(planned, lambda table: time_columns(planned, config, table))


def _features(schema: Schema, config: Config) -> Planned:
    from plurel_cli.features.stage import plan_features

    return Planned(*plan_features(schema, config))


_STAGES: dict[StageName, Callable[[Schema, Config], Planned]] = {
    "fk": _keys,
    "temporal": _times,
    "features": _features,
}


def plan(config: Config, seed: int) -> Planned:
    """The schema of a database with all stages planned, and what makes its columns.

    Raises
    ------
    UsageError
        If the seed is out of range.
    ConfigError
        If the config allows no such database.
    """
    schema = sample_schema(config, seed)
    stages = []
    for stage in _STAGES.values():
        planned = stage(schema, config)
        schema = planned.schema
        stages.append(planned.columns)
    return Planned(schema, lambda table: {k: v for its in stages for k, v in its(table).items()})


@checked
def generate(config: ConfigLike = None, seed: int = 0) -> Database:
    """Make a database in memory.

    Parameters
    ----------
    config
        What to draw from: a `Config`, a dict of settings, a preset's name or a file; by default the
        published method's settings.
    seed
        Seed of the database, 0 to 2⁶⁴ − 1.

    Returns
    -------
    Database

    Examples
    --------
    >>> database = generate({"schema": {"tables": 3}}, seed=7)
    >>> database.tables["table_0"].columns[0]
    'row_idx'
    """
    import polars as pl

    config = as_config(config)
    schema, columns = plan(config, seed)
    tables = {
        table.name: pl.concat(_made(columns, table, STAGES)(whole(table)), rechunk=True)
        for table in schema.tables
    }
    return Database(schema.but(made=made_here()), tables)


@checked
def generate_to(
    folder: str | Place,
    config: ConfigLike = None,
    seed: int = 0,
    *,
    force: bool = False,
    report: Report | None = None,
) -> Schema:
    """Make a database in a folder, with the memory of a few blocks of rows.

    Parameters
    ----------
    folder
        Folder to make, or `s3://bucket/prefix`; it appears when all of it is written.
    config, seed
        As in `generate`, with the same values.
    force
        Whether a database that is there may be replaced.
    report
        Called as rows are made.

    Returns
    -------
    Schema

    Raises
    ------
    FolderError
        If the folder holds something that must not be replaced.
    StorageError
        If the disk refuses.
    """
    config = as_config(config)
    place = place_of(folder)
    check_target(place, replace=force)
    schema, columns = plan(config, seed)
    return write_database(place, schema, config, made_rows(columns, report), replace=force)


@checked
def schema_to(
    folder: str | Place, config: ConfigLike = None, seed: int = 0, *, force: bool = False
) -> Schema:
    """Run the first stage alone: a folder that holds `schema.json`.

    Parameters
    ----------
    folder
        Folder to make, or `s3://bucket/prefix`.
    config, seed
        As in `generate`.
    force
        Whether a database that is there may be replaced.

    Returns
    -------
    Schema

    Raises
    ------
    FolderError
        If the folder holds something that must not be replaced.
    StorageError
        If the disk refuses.
    """
    config = as_config(config)
    schema = sample_schema(config, seed)
    place = place_of(folder)
    return write_database(place, schema, config, lambda table: lambda part: iter(()), replace=force)


@checked
def run_stage(
    stage: StageName,
    folder: str | Place,
    out: str | Place | None = None,
    *,
    force: bool = False,
    report: Report | None = None,
) -> Schema:
    """Run one stage after the first on a folder.

    Parameters
    ----------
    stage
        The stage.
    folder
        A database with the stages before it done.
    out
        Folder to make; by default the stage adds to the folder it was given, which in a bucket it
        cannot.
    force
        Whether a stage that is done may run again, which drops the stages after it, and a
        database at `out` be replaced.
    report
        Called as rows are made.

    Returns
    -------
    Schema

    Raises
    ------
    StageError
        If an earlier stage is missing, or this one is done already, or `out` is missing.
    FolderError, StorageError
        If a folder cannot be read or must not be replaced.
    """
    source = place_of(folder)
    target = source if out is None else place_of(out)
    is_in_place = target.resolve() == source.resolve()
    if is_in_place:
        check_in_place(source)
    schema = _before(stage, read_schema(source), source, force=force)
    config = recorded_config(schema, source)
    check_target(target, replace=force or is_in_place)
    planned, columns = _STAGES[stage](schema, config)

    def rows(table: Table) -> Rows:
        made = _made(columns, table, (stage,))
        if schema.stages != ("schema",):
            made = _side_by_side(Stored.of(source, schema, table), schema.stages, made)
        return _reported(made, table, report)

    return write_database(target, planned, config, rows, replace=force or is_in_place)


@checked
def do(
    database: Database | str | Place, table: str, column: str, value: float | str | bool
) -> Database:
    """Hold a feature column at a value, and make anew what depends on it.

    Parameters
    ----------
    database
        A database with its features done, or the folder of one.
    table, column
        The column to hold, in every row.
    value
        A number; or a category's number or label.

    Returns
    -------
    Database
        All that depends on the column, in its table and in those that refer to it, is what the
        same mechanisms give for that value; all else is as it was. Columns that are held already
        stay so: interventions may follow each other, in any order.

    Raises
    ------
    UsageError
        If there is no such feature column, or it cannot have the value.
    """
    from plurel_cli.features.intervene import intervened

    start = database if isinstance(database, Database) else load(database)
    config = recorded_config(start.schema, Path())
    return Database(*intervened(start.schema, config, start.tables, table, column, value))


def _before(stage: StageName, schema: Schema, place: Place, *, force: bool) -> Schema:
    """The schema as it was before a stage ran."""
    if stage not in STAGES[1:]:
        raise UsageError("stage", "must be one of " + ", ".join(STAGES[1:]), stage)
    position = STAGES.index(stage)
    if position > len(schema.stages):
        first = STAGES[len(schema.stages)]
        remedy = f"run `plurel {first} {place}` first"
        raise StageError(place, f"lacks the {first} stage, which {stage} builds on", remedy=remedy)
    if stage in schema.stages and not force:
        remedy = "--force runs it again and drops the stages after it"
        raise StageError(place, f"has the {stage} stage already", remedy=remedy)
    update: dict[str, object] = {"stages": STAGES[:position]}
    later: dict[str, object] = {"causal": None}
    if "temporal" not in STAGES[:position]:
        update["window"] = None
        later["arrivals"] = None
    update["tables"] = tuple(
        table.but(columns=tuple(column.but(held=None) for column in table.columns), **later)
        for table in schema.tables
    )
    return schema.but(**update)


def made_rows(columns: Columns, report: Report | None) -> Callable[[Table], Rows]:
    """What makes the rows of each table with all stages."""
    return lambda table: _reported(_made(columns, table, STAGES), table, report)


def _made(columns: Columns, table: Table, stages: tuple[StageName, ...]) -> Rows:
    sources = columns(table)
    filled = [(column, sources[column.name]) for column in table.filled(stages)]
    return lambda part: frames(filled, blocks_of(part.first, part.rows), GROUP_BLOCKS)


def _side_by_side(stored: Stored, stages: tuple[StageName, ...], made: Rows) -> Rows:
    def rows(part: Part) -> Iterator[pl.DataFrame]:
        there = read_frames(stored, stages, part)
        return (a.hstack(b.get_columns()) for a, b in zip(there, made(part), strict=True))

    return rows


def _reported(made: Rows, table: Table, report: Report | None) -> Rows:
    def rows(part: Part) -> Iterator[pl.DataFrame]:
        for frame in made(part):
            yield frame
            if report is not None:
                report(table.name, frame.height)

    return rows
