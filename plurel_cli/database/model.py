"""A database in memory: its schema, and one frame per table.

It comes from `generate` or from a folder, and goes to a folder. What is in it agrees: the frames
have the columns, types and rows that the schema states.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from plurel_cli.config.arguments import checked
from plurel_cli.database.agreement import disagreements
from plurel_cli.database.html import page
from plurel_cli.errors import MismatchError
from plurel_cli.schema.latents import LATENTS_FOLDER
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.commit import claiming
from plurel_cli.storage.database import Rows, recorded_config, write_database
from plurel_cli.storage.document import read_document
from plurel_cli.storage.layout import parts, stored_tables
from plurel_cli.storage.ledger import check_files
from plurel_cli.storage.parquet import Stored, read_frames
from plurel_cli.storage.place import Place, place_of
from plurel_cli.tasks.writer import task_writer

if TYPE_CHECKING:
    import polars as pl

    from plurel_cli.database.plots import Plots


@dataclass(frozen=True)
class Database:
    """A database in memory.

    Attributes
    ----------
    schema
        Its description.
    tables
        One frame for each table, by name.
    """

    schema: Schema
    tables: dict[str, pl.DataFrame]

    def __repr__(self) -> str:
        rows = sum(table.rows for table in self.schema.tables)
        size = f"{len(self.schema.tables)} tables, {rows:,} rows"
        return f"Database(seed {self.schema.seed}: {size}, stages {', '.join(self.schema.stages)})"

    def _repr_html_(self) -> str:
        return page(self.schema, self.tables)

    @property
    def plot(self) -> Plots:
        """Charts of it, for notebooks."""
        from plurel_cli.database.plots import Plots

        return Plots(self.schema, self.tables)

    def latents(self) -> dict[str, pl.DataFrame]:
        """The hidden variables that are stated of its tables, made anew from their causes.

        Returns
        -------
        dict
            For each table with some, a frame of its primary key and of these, as float32; what is
            held by `do` is held here, too.
        """
        from plurel_cli.database.latents import hidden_variables

        return hidden_variables(self.schema)

    @checked
    def save(self, folder: str | Place, *, force: bool = False) -> None:
        """Write the database to a folder, or `s3://bucket/prefix`.

        Parameters
        ----------
        folder
            Folder to make.
        force
            Whether a database that is there may be replaced.

        Raises
        ------
        MismatchError
            If the frames are not those of the schema, with all that differs.
        FolderError
            If the folder holds something that must not be replaced; see `generate_to`.
        StorageError
            If the disk refuses.
        """
        if problems := list(disagreements(self.schema, self.tables)):
            raise MismatchError(problems)

        several = dict(self.tables)
        if len(stored_tables(self.schema)) > len(self.schema.tables):
            several |= {f"{LATENTS_FOLDER}/{name}": df for name, df in self.latents().items()}

        def rows(table: Table) -> Rows:
            columns = [column.name for column in table.filled(self.schema.stages)]
            frame = several[table.name].select(columns)
            return lambda part: iter((frame.slice(part.first, part.rows),))

        place = place_of(folder)
        config = recorded_config(self.schema, place)
        tasks = task_writer(place, config, self.schema.stages)
        with claiming(place, replace=force) as claim:
            write_database(claim, self.schema, config, rows, tasks)


@checked
def load(folder: str | Place) -> Database:
    """Read a database into memory.

    Raises
    ------
    FolderError, StorageError
        If the folder is no database, or a file of it cannot be read or is not what was written.
    """
    import polars as pl

    place = place_of(folder)
    schema, _, digests, _ = read_document(place)
    if schema.stages == ("schema",):
        return Database(schema, {})
    if digests is not None:
        every = [part for table in schema.tables for part in parts(schema, table)]
        check_files(place, digests, every)
    tables = {
        table.name: pl.concat(
            read_frames(Stored.of(place, schema, table), schema.stages), rechunk=True
        )
        for table in schema.tables
    }
    return Database(schema, tables)
