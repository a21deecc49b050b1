"""The stages in order, in memory or from folder to folder.

A plan completes the schema stage by stage, and gives every column by blocks of rows. `generate`
plans all stages and writes once, a subcommand plans one stage and writes its columns beside those
it reads from disk, and both give the same values.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from plurel_cli.blocks.column import blocks_of
from plurel_cli.blocks.frames import frames
from plurel_cli.config import Config
from plurel_cli.config.arguments import checked
from plurel_cli.config.given import ConfigLike, as_config
from plurel_cli.database import Database, load
from plurel_cli.errors import ShortOfMemoryError, StageError, UsageError
from plurel_cli.plan import Plan
from plurel_cli.schema.model import Schema
from plurel_cli.schema.stages import STAGES, StageName
from plurel_cli.schema.table import Table
from plurel_cli.storage.commit import claiming
from plurel_cli.storage.database import Rows, WrittenDatabase, recorded_config, write_database
from plurel_cli.storage.document import read_document
from plurel_cli.storage.keys import check_keys, with_keys
from plurel_cli.storage.layout import ROW_GROUP_BLOCKS, Part, whole
from plurel_cli.storage.ledger import check_files
from plurel_cli.storage.parquet import Stored, read_frames
from plurel_cli.storage.place import Place, place_of
from plurel_cli.storage.rewriting import Rewriting
from plurel_cli.storage.versions import made_here
from plurel_cli.tasks.writer import task_writer

if TYPE_CHECKING:
    import polars as pl

Report = Callable[[str, int], None]
"""Called with a table's name and the rows of it just made."""


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
    plan = Plan.whole(config, seed)
    rows = made_rows(plan, None)
    tables = {
        table.name: pl.concat(rows(table)(whole(table)), rechunk=True)
        for table in plan.schema.tables
    }
    return Database(plan.schema.but(made=made_here()), tables)


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
    return written_to(place_of(folder), as_config(config), seed, force=force, report=report).schema


def written_to(
    place: Place,
    config: Config,
    seed: int,
    *,
    force: bool = False,
    report: Report | None = None,
) -> WrittenDatabase:
    """Make a database in a folder, and keep what was noted of its files; see `generate_to`.

    Parameters
    ----------
    place, config, seed, force, report
        As there.

    Returns
    -------
    WrittenDatabase
    """
    tasks = task_writer(place, config, STAGES)
    with claiming(place, replace=force) as claim, enough_memory():
        plan = Plan.whole(config, seed)
        return write_database(claim, plan.schema, config, made_rows(plan, report), tasks)


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
    with claiming(place_of(folder), replace=force) as claim:
        schema = Plan.drawn(config, seed).schema
        return write_database(claim, schema, config, lambda table: lambda part: iter(())).schema


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
    rewriting = Rewriting.of(folder, out).mended()
    place = rewriting.place
    document = read_document(place)
    schema = _before(stage, document.schema, place, force=force)
    with rewriting.claiming(replace=force) as claim, enough_memory():
        if rewriting.is_in_place:  # as it is now that nobody else can change it
            document = read_document(place)
            schema = _before(stage, document.schema, place, force=force)
        config = recorded_config(schema, place)
        plan = Plan.of(schema, config).after(stage)

        def rows(table: Table) -> Rows:
            if table.name not in schema.by_name:
                return _made(plan, table, STAGES)
            made = _made(plan, table, (stage,))
            if schema.stages != ("schema",):
                stored = Stored.of(place, schema, table)
                if document.digests is not None:
                    check_files(place, document.digests, stored.parts)
                made = _side_by_side(stored, schema, made)
            return _reported(made, table, report)

        tasks = task_writer(rewriting.target, config, plan.schema.stages)
        return write_database(claim, plan.schema, config, rows, tasks).schema


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
    from plurel_cli.features.intervene import held_engine, holding, intervened

    before = database if isinstance(database, Database) else load(database)
    check_keys(before.schema, before.tables, "database")
    config = recorded_config(before.schema, Path())
    schema, variable = holding(before.schema, table, column, value)
    plan = Plan.of(before.schema, config)
    fit = plan.engine
    assert fit is not None  # noqa: S101 (there are causal features, one of which is held)
    held = replace(plan, schema=schema, fit=held_engine(schema, fit))
    return Database(schema, intervened(schema, fit, held, before.tables, variable))


def _before(stage: StageName, schema: Schema, place: Place, *, force: bool) -> Schema:
    """The schema as it was before a stage ran."""
    if stage not in STAGES[1:]:
        raise UsageError("stage", "must be one of " + ", ".join(STAGES[1:]), stage)
    if schema.eras is not None:
        rule = "has grown, so that its stages cannot run again"
        raise StageError(place, rule, remedy="make it anew, and grow it")
    position = STAGES.index(stage)
    if position > len(schema.stages):
        first = STAGES[len(schema.stages)]
        remedy = f"run `plurel {first} {place}` first"
        raise StageError(place, f"lacks the {first} stage, which {stage} builds on", remedy=remedy)
    if stage in schema.stages and not force:
        remedy = "--force runs it again and drops the stages after it"
        raise StageError(place, f"has the {stage} stage already", remedy=remedy)
    update: dict[str, object] = {"stages": STAGES[:position], "tasks": None}
    later: dict[str, object] = {"causal": None}
    if "temporal" not in STAGES[:position]:
        update["window"] = None
        later["arrivals"] = None
    update["tables"] = tuple(
        table.but(
            columns=tuple(column.released for column in table.columns),
            hidden=tuple(variable.but(held=None) for variable in table.hidden),
            **later,
        )
        for table in schema.tables
    )
    return schema.but(**update)


@contextmanager
def enough_memory() -> Iterator[None]:
    """Tell a want of memory for what belongs to no one table."""
    try:
        yield
    except MemoryError:
        raise ShortOfMemoryError(
            "the plan of all tables",
            "needs more memory than this process may use",
            remedy="lower schema.tables or schema.columns, or let it use more",
        ) from None


def made_rows(plan: Plan, report: Report | None) -> Callable[[Table], Rows]:
    """What makes the rows of each table with all stages.

    Parameters
    ----------
    plan
        The database.
    report
        Called as rows are made.

    Returns
    -------
    callable
        From a table to its rows, which are made while they are read.
    """

    def rows(table: Table) -> Rows:
        is_told = table.name in plan.schema.by_name
        return _reported(_made(plan, table, STAGES), table, report if is_told else None)

    return rows


def _made(plan: Plan, table: Table, stages: tuple[StageName, ...]) -> Rows:
    filled = [(column, plan.column(table, column)) for column in table.filled(stages)]
    return lambda part: frames(filled, blocks_of(part.first, part.rows), ROW_GROUP_BLOCKS)


def _side_by_side(stored: Stored, schema: Schema, made: Rows) -> Rows:
    def rows(part: Part) -> Iterator[pl.DataFrame]:
        frames_there = read_frames(stored, schema.stages, part)
        there = with_keys(schema, stored.table, frames_there, stored.place, part.first)
        return (a.hstack(b.get_columns()) for a, b in zip(there, made(part), strict=True))

    return rows


def _reported(made: Rows, table: Table, report: Report | None) -> Rows:
    def rows(part: Part) -> Iterator[pl.DataFrame]:
        try:
            for frame in made(part):
                yield frame
                if report is not None:
                    report(table.name, frame.height)
        except MemoryError:
            settings = f"tables.{table.name}.columns or tables.{table.name}.rows"
            raise ShortOfMemoryError(
                f"table {table.name}",
                "needs more memory than this process may use",
                remedy=f"lower {settings}, or let it use more",
            ) from None

    return rows
