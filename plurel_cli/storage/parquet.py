"""Tables as Parquet files, written and read in blocks of rows.

A table of any size is written with the memory of a few blocks: Polars pulls frames from a
generator and writes them as row groups, to one file or to one after another. Each file names its
keys and its time column in the metadata that RelBench and the Relational Transformer read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Literal, NamedTuple, TypeVar, cast

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.model import Column, ColumnType, Schema, StageName, Table
from plurel_cli.storage.arrow_schema import parquet_metadata
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.digests import Columns, Hashed, Ledger, file_digest
from plurel_cli.storage.layout import GROUP_ROWS, Part, parts
from plurel_cli.storage.place import Place
from plurel_cli.storage.store_errors import store_error

if TYPE_CHECKING:
    import polars as pl

Compression = Literal["zstd", "lz4", "snappy", "gzip", "uncompressed"]

_CELL_BYTES = 8
"""Of a value in a file, at most."""

_Read = TypeVar("_Read")


def polars_type(column_type: ColumnType) -> pl.DataType:
    """Polars' type of a column."""
    import polars as pl

    types: dict[ColumnType, pl.DataType] = {
        "int64": pl.Int64(),
        "int32": pl.Int32(),
        "float32": pl.Float32(),
        "float64": pl.Float64(),
        "string": pl.String(),
        "boolean": pl.Boolean(),
        "date": pl.Date(),
        "datetime[ns]": pl.Datetime("ns"),
    }
    return types[column_type]


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


def write_part(
    stored: Stored,
    part: Part,
    stages: tuple[StageName, ...],
    rows: Callable[[Part], Iterator[pl.DataFrame]],
    compression: Compression,
    ledger: Ledger,
) -> None:
    """Write a file of a table.

    Parameters
    ----------
    stored, part
        The table, and which of its parts.
    stages
        Stages whose columns the rows hold.
    rows
        Makes the rows of a part in order, `GROUP_ROWS` at a time.
    compression
        Of the file.
    ledger
        Where the file is noted.

    Raises
    ------
    OSError
        If the disk refuses.
    FileExistsError
        If it is in a bucket, and another run has written it meanwhile.
    StorageError
        If it is in a bucket, and that refuses.
    """
    table = stored.table
    columns = table.filled(stages)
    types = {column.name: polars_type(column.type) for column in columns}
    metadata = parquet_metadata(types, key_metadata(table, columns))
    seen = Columns()
    path = stored.root / part.file
    with _opened(path, part.rows * len(columns) * _CELL_BYTES) as file:
        if part.rows <= GROUP_ROWS:
            (frame,) = seen.watched(rows(part))
            _translated(
                lambda: frame.write_parquet(
                    _for_polars(file), compression=compression, metadata=metadata
                )
            )
        else:
            _sink(file, types, lambda: seen.watched(rows(part)), compression, metadata)
    total = file.total.hexdigest() if isinstance(file, Hashed) else file_digest(path)
    ledger.enter(part.file.as_posix(), total, seen.groups)


@contextmanager
def _opened(path: Place, n_bytes: int) -> Iterator[Path | Hashed]:
    """What Polars writes a file to, that is of at most so many bytes."""
    if not isinstance(path, BucketPath):
        path.parent.mkdir(exist_ok=True)
        yield path
        return
    try:
        with path.creating(n_bytes) as file:
            yield Hashed(file)
    except FileExistsError:
        raise
    except OSError as error:  # as Polars tells what the client told it
        raise store_error(path.bucket, str(path), error) from None


def _for_polars(file: Path | Hashed) -> Path | IO[bytes]:
    """A file as Polars' writers have it, which need no more of one than `Hashed` has."""
    return file if isinstance(file, Path) else cast("IO[bytes]", file)


def _sink(
    file: Path | Hashed,
    types: dict[str, pl.DataType],
    frames: Callable[[], Iterator[pl.DataFrame]],
    compression: Compression,
    metadata: dict[str, str],
) -> None:
    import polars as pl
    from polars.io.plugins import register_io_source

    watched = _Watched(frames)

    def source(
        with_columns: list[str] | None, predicate: Any, n_rows: int | None, batch_size: int | None
    ) -> Iterator[pl.DataFrame]:
        watched.start()
        return watched

    lazy = register_io_source(source, schema=pl.Schema(types), is_pure=True)
    try:
        _translated(
            lambda: lazy.sink_parquet(
                _for_polars(file),
                compression=compression,
                metadata=metadata,
                row_group_size=GROUP_ROWS,
                maintain_order=True,
            )
        )
    except Exception:
        if watched.failure is not None:  # not Polars' account of it
            raise watched.failure from None
        raise


class _Watched:
    """Frames one by one, and what went wrong in making them.

    No generator: Polars drops it half-way after an interrupt, and a generator's last steps, taken
    then, would swallow the `KeyboardInterrupt` that is due.
    """

    def __init__(self, frames: Callable[[], Iterator[pl.DataFrame]]) -> None:
        self.failure: BaseException | None = None
        self._start = frames
        self._frames: Iterator[pl.DataFrame] = iter(())

    def start(self) -> None:
        self._frames = self._start()

    def __iter__(self) -> Iterator[pl.DataFrame]:
        return self

    def __next__(self) -> pl.DataFrame:
        try:
            return next(self._frames)
        except StopIteration:
            raise
        except BaseException as failure:
            self.failure = failure
            raise


def _translated(write: Callable[[], object]) -> None:
    """Run a write of Polars', whose errors about the disk are not all `OSError`."""
    import polars as pl

    try:
        write()
    except pl.exceptions.ComputeError as error:
        raise OSError(None, str(error)) from error


def read_frames(
    stored: Stored, stages: tuple[StageName, ...], part: Part | None = None
) -> Iterator[pl.DataFrame]:
    """Rows of a table in order, `GROUP_ROWS` at a time.

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
        for start in range(low, high, GROUP_ROWS):
            n_rows = min(GROUP_ROWS, high - start)
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
