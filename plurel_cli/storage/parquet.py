"""Tables as Parquet files: their types and metadata, and how they are read.

A table is one file or several, read a row group at a time, so that one of any size takes the
memory of a few blocks. Each file names its keys and its time column in the metadata that RelBench
and the Relational Transformer read. See `parquet_writer` for how they are written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeVar

from plurel_cli.blocks.frames import polars_type
from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.column import Column
from plurel_cli.schema.model import Schema
from plurel_cli.schema.stages import StageName
from plurel_cli.schema.table import Table
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.layout import ROW_GROUP_ROWS, Part, parts
from plurel_cli.storage.place import Place
from plurel_cli.storage.store_errors import store_error

if TYPE_CHECKING:
    import polars as pl

Compression = Literal["zstd", "lz4", "snappy", "gzip", "uncompressed"]

_Read = TypeVar("_Read")


def key_metadata(table: Table, columns: tuple[Column, ...]) -> dict[str, object]:
    """Keys and time column as RelBench up to 2.x and the Relational Transformer read them.

    Parameters
    ----------
    table
        The table.
    columns
        Those of its columns that the file has.

    Returns
    -------
    dict
        By the names that these readers look for.
    """
    present = {column.name for column in columns}
    return {
        "pkey_col": table.primary_key,
        "fkey_col_to_pkey_table": {column.name: column.references for column in table.foreign_keys},
        "time_col": table.time_column if table.time_column in present else None,
    }


class Stored(NamedTuple):
    """A table that lies in a database's folder.

    Attributes
    ----------
    table
        The table.
    root
        The folder.
    parts
        Its files.
    """

    table: Table
    root: Place
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, root: Place, schema: Schema, table: Table) -> Stored:
        """A table of a database.

        Parameters
        ----------
        root
            Folder of the database.
        schema
            The database.
        table
            A table of it.

        Returns
        -------
        Stored
        """
        return cls(table, root, parts(schema, table))

    @property
    def name(self) -> Path:
        """Its file, or the folder of its files, relative to the database's."""
        file = self.parts[0].file
        return file if len(self.parts) == 1 else file.parent

    def only(self, part: Part) -> Stored:
        """Of its files one alone."""
        return self._replace(parts=(part,))

    @property
    def place(self) -> Place:
        """Its file, or the folder of its files."""
        return self.root / self.name


def read_frames(
    stored: Stored, stages: tuple[StageName, ...], part: Part | None = None
) -> Iterator[pl.DataFrame]:
    """Rows of a table in order, `ROW_GROUP_ROWS` at a time.

    Parameters
    ----------
    stored
        The table.
    stages
        Stages whose columns are wanted.
    part
        The part of its rows that is wanted, of whatever file; by default all.

    Yields
    ------
    pl.DataFrame

    Raises
    ------
    FolderError
        If a file is missing, no Parquet file, lacks a column or row, or has one of another type.
    """
    return read_columns(stored, stored.table.filled(stages), part)


def read_columns(
    stored: Stored, columns: Sequence[Column], part: Part | None = None
) -> Iterator[pl.DataFrame]:
    """Some columns of a table; otherwise as `read_frames`.

    Parameters
    ----------
    stored
        The table.
    columns
        The columns.
    part
        The part of its rows that is wanted, of whatever file; by default all.

    Yields
    ------
    DataFrame
        Frames of at most as many rows as a row group, in order.

    Raises
    ------
    FolderError
        If a file is missing, or is not as the schema says.
    StorageError
        If the disk or the store refuses.
    """
    first, end = (0, stored.table.rows) if part is None else (part.first, part.first + part.rows)
    for file in stored.parts:
        low, high = max(file.first, first), min(file.first + file.rows, end)
        for start in range(low, high, ROW_GROUP_ROWS):
            n_rows = min(ROW_GROUP_ROWS, high - start)
            yield _read(stored.root / file.file, file, columns, start - file.first, n_rows)


def _read(
    path: Place, part: Part, columns: Sequence[Column], start: int, n_rows: int
) -> pl.DataFrame:
    """Some rows of a file."""
    names = [column.name for column in columns]
    frame = reading(path, lambda: _scan([path]).select(names).slice(start, n_rows).collect())
    if frame.height != n_rows:
        raise FolderError(path, f"must hold {part.rows} rows", start + frame.height)
    for column in columns:
        if (dtype := frame.schema[column.name]) != polars_type(column.type):
            rule = f"{column.name} must be of type {column.type}"
            raise FolderError(path, rule, str(dtype).lower(), "`plurel validate` says more")
    return frame


def scan(stored: Stored) -> pl.LazyFrame:
    """The rows of a table; run it within `reading`."""
    return _scan([stored.root / part.file for part in stored.parts])


def _scan(paths: Sequence[Place]) -> pl.LazyFrame:
    import polars as pl

    first = paths[0]
    options = first.options() if isinstance(first, BucketPath) else {}
    return pl.scan_parquet([str(path) for path in paths], glob=False, **options)


def read_metadata(path: Place) -> dict[str, str]:
    """The key-value pairs of a file; call it within `reading`."""
    import polars as pl

    if isinstance(path, BucketPath):
        return pl.read_parquet_metadata(str(path), **path.options())
    return pl.read_parquet_metadata(path)


def reading(path: Place, read: Callable[[], _Read]) -> _Read:
    """Run a read of Polars', with its errors as ours.

    Parameters
    ----------
    path
        What is read.
    read
        Reads it.

    Returns
    -------
    _Read
        What the read gives.

    Raises
    ------
    FolderError
        If it is missing, lacks a column or is no Parquet.
    StorageError
        If the disk or the store refuses.
    """
    import polars as pl

    try:
        return read()
    except FileNotFoundError as error:
        if isinstance(path, BucketPath) and "NoSuchBucket" in str(error):
            raise store_error(path.bucket, str(path), error) from None
        raise FolderError(path, "no such table", remedy="`plurel validate` says more") from None
    except OSError as error:
        if isinstance(path, BucketPath):
            raise store_error(path.bucket, str(path), error) from None
        raise storage_error(path, error) from None
    except pl.exceptions.ColumnNotFoundError as error:
        name = str(error).partition("\n")[0].strip('"')
        raise FolderError(path, f"lacks a column: {name}") from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as error:
        reason = str(error).partition("\n")[0]
        raise FolderError(path, f"cannot be read as Parquet: {reason}") from None
