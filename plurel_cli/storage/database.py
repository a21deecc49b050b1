"""A whole database on a disk or in a bucket: its tables, its schema, and what it was drawn from.

`write_database` asks for rows table by table and part by part, so that the memory of a few blocks
is enough, and lets them count only when all are there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple

from plurel_cli.config import Config, parse_config
from plurel_cli.errors import ConfigError, FolderError
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.card import write_card
from plurel_cli.storage.commit import Claim
from plurel_cli.storage.layout import SCHEMA_FILE, Part, stored_tables
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.parquet import Stored
from plurel_cli.storage.parquet_writer import write_part
from plurel_cli.storage.place import Place
from plurel_cli.storage.relbench import write_dataset
from plurel_cli.storage.versions import made_here

if TYPE_CHECKING:
    import polars as pl

Rows = Callable[[Part], Iterator["pl.DataFrame"]]
"""Makes some rows of a table, in order."""


class WrittenDatabase(NamedTuple):
    """A database that has been written, and what was noted of its files."""

    schema: Schema
    ledger: Ledger


TaskWriter = Callable[[Place, Schema, Ledger], None]
"""Makes the tasks of a database whose tables are there, and writes and notes them."""


def write_database(
    claim: Claim,
    schema: Schema,
    config: Config,
    rows: Callable[[Table], Rows],
    tasks: TaskWriter | None = None,
) -> WrittenDatabase:
    """Write a database whole, or not at all.

    Parameters
    ----------
    claim
        The folder to make, claimed.
    schema, config
        The database, and what it was drawn from.
    rows
        Gives what makes the rows of a table; not called where only the schema is there.
    tasks
        Makes its tasks; without, a RelBench dataset has the manifests of its columns alone.

    Returns
    -------
    WrittenDatabase
        Its schema has a note of what made it, and its tasks.

    Raises
    ------
    FolderError
        If something is there that must not be replaced.
    StorageError
        If the disk or the bucket refuses.
    """
    schema = schema.but(made=made_here(), tasks=None, unsplit=())
    compression = config.output.compression
    with claim.writing(schema) as (work, ledger):
        if schema.stages != ("schema",):
            for table in stored_tables(schema):
                stored, made = Stored.of(work, schema, table), rows(table)
                for part in stored.parts:
                    write_part(stored, part, schema.stages, made, compression, ledger)
        name = claim.target.resolve().name
        write_dataset(work, schema, name, ledger, with_tasks=tasks is None)
        if tasks is not None:
            tasks(work, schema, ledger)
        write_card(work, schema, ledger)
    return WrittenDatabase(ledger.finished(schema), ledger)


def recorded_config(schema: Schema, place: Place) -> Config:
    """The config that a database was drawn from, as its `schema.json` has it.

    Parameters
    ----------
    schema
        The database.
    place
        Its folder, for messages.

    Returns
    -------
    Config

    Raises
    ------
    FolderError
        If the record is no config, or contradicts the tables.
    """
    file = place / SCHEMA_FILE
    try:
        config = parse_config(schema.config)
    except ConfigError as error:
        raise FolderError(file, str(error.problems[0].under("config"))) from None
    for table in schema.tables:
        parents = [parent.table for parent in config.table(table.id).parents or ()]
        if parents and parents != [column.references for column in table.foreign_keys]:
            raise FolderError(file, f"config.tables.{table.name}.parents must be those of tables")
    return config
