"""How tables are written as Parquet files, a part at a time.

A part of any size takes the memory of a few blocks: Polars pulls frames from a generator and
writes them as row groups, while digests of the file and of its columns are taken from what goes
by.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Any, cast

from plurel_cli.blocks.frames import polars_type
from plurel_cli.schema.stages import StageName
from plurel_cli.storage.arrow_schema import parquet_metadata
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.digests import Columns, Hashed
from plurel_cli.storage.layout import PARQUET_ROWS, ROW_GROUP_ROWS, Part
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.parquet import Compression, Stored, key_metadata
from plurel_cli.storage.place import Place
from plurel_cli.storage.store_errors import store_error
from plurel_cli.storage.sync import Draining

if TYPE_CHECKING:
    import polars as pl

_CELL_BYTES = 8
"""Of a value in a file, at most."""

_LEVELS = {"zstd": 1}
"""Of compression, where it is not that of Polars: level 2 makes files smaller by less than 1 % and
takes longer by a tenth; level 3 takes longer still, and makes files of features larger."""


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
        Makes the rows of a part in order, `ROW_GROUP_ROWS` at a time.
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
        if part.rows <= ROW_GROUP_ROWS:
            (frame,) = seen.watched(rows(part))
            _translated(
                lambda: frame.write_parquet(
                    _for_polars(file), metadata=metadata, **_packing(compression)
                )
            )
        else:
            _sink(file, types, lambda: seen.watched(rows(part)), compression, metadata)
    ledger.enter(part.file.as_posix(), file.total.hexdigest(), seen.row_groups, seen.constant)


def _packing(compression: Compression) -> dict[str, Any]:
    """How Polars packs a file."""
    return {
        "compression": compression,
        "compression_level": _LEVELS.get(compression),
        "row_group_size": PARQUET_ROWS,
    }


@contextmanager
def _opened(path: Place, n_bytes: int) -> Iterator[Hashed]:
    """What Polars writes a file to, that is of at most so many bytes."""
    if not isinstance(path, BucketPath):
        path.parent.mkdir(exist_ok=True)
        with path.open("wb") as plain:
            file = Hashed(Draining(plain))
            try:
                yield file
            except Exception:
                if file.failure is not None:  # not Polars' account of it
                    raise file.failure from None
                raise
        return
    try:
        with path.creating(n_bytes) as stored:
            yield Hashed(stored)
    except FileExistsError:
        raise
    except OSError as error:  # as Polars tells what the client told it
        raise store_error(path.bucket, str(path), error) from None


def _for_polars(file: Hashed) -> IO[bytes]:
    """A file as Polars' writers have it, which need no more of one than `Hashed` has."""
    return cast("IO[bytes]", file)


def _sink(
    file: Hashed,
    types: dict[str, pl.DataType],
    frames: Callable[[], Iterator[pl.DataFrame]],
    compression: Compression,
    metadata: dict[str, str],
) -> None:
    sink_frames(
        types,
        frames,
        lambda lazy: lazy.sink_parquet(
            _for_polars(file),
            metadata=metadata,
            maintain_order=True,
            **_packing(compression),
        ),
    )


def sink_frames(
    types: dict[str, pl.DataType],
    frames: Callable[[], Iterator[pl.DataFrame]],
    sink: Callable[[pl.LazyFrame], object],
) -> None:
    """Have Polars write frames one after another, whatever their number.

    Parameters
    ----------
    types
        Of their columns, by name.
    frames
        Starts making them.
    sink
        Has Polars write what it is given.

    Raises
    ------
    OSError
        If the disk refuses.
    """
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
        _translated(lambda: sink(lazy))
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
