"""Digests of what a database holds: of each file's bytes, and of each column's values.

A file's digest tells whether a bit of it has changed. A column's depends on its values alone, in
row order: not on compression, on how a table is cut into files, or on the release that wrote it, so
databases made on different machines are compared by it. It is the digest of the digests of the
column's row groups, which different runs may have made.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import IO, TYPE_CHECKING

import numpy as np
from pydantic import Field

from plurel_cli.schema.record import Record
from plurel_cli.schema.table import Table
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.layout import ROW_GROUP_ROWS
from plurel_cli.storage.place import Place

if TYPE_CHECKING:
    import polars as pl
    from numpy.typing import NDArray

_BYTES = 16
_CHUNK_BYTES = 1 << 20
_NUMBERS = {"Int64": "<i8", "Int32": "<i4", "Float32": "<f4", "Float64": "<f8"}


RowGroups = Mapping[str, Sequence[str]]
"""Digests of the row groups of a file, by column."""


class Digests(Record):
    """By what the files and columns of a database are known again: BLAKE2b of 16 bytes each."""

    files: dict[str, str] = Field(description="Digest of a file, by its path in the folder.")
    columns: dict[str, dict[str, str]] = Field(
        description="Digest of a column's values, by table and column."
    )


def hasher() -> hashlib.blake2b:
    """What makes a digest."""
    return hashlib.blake2b(digest_size=_BYTES)


def digest(data: bytes) -> str:
    """The digest of some bytes."""
    return hashlib.blake2b(data, digest_size=_BYTES).hexdigest()


def file_digest(path: Place) -> str:
    """The digest of a file.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    total = hasher()
    if isinstance(path, BucketPath):
        for chunk in path.chunks(_CHUNK_BYTES):
            total.update(chunk)
        return total.hexdigest()
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK_BYTES):
            total.update(chunk)
    return total.hexdigest()


class Hashed:
    """A file that is written to, and the digest of what has been written.

    Attributes
    ----------
    total
        What makes the digest.
    failure
        Why it could not be written to, if that is so.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self.total = hasher()
        self.failure: OSError | None = None
        self._file = file

    def write(self, data: bytes) -> int:
        """Write some bytes."""
        self.total.update(data)
        try:
            return self._file.write(data)
        except OSError as failure:
            self.failure = failure
            raise

    def flush(self) -> None:
        """Pass on what is waiting."""
        self._file.flush()

    def close(self) -> None:
        """Leave the file to whoever opened it."""


class Columns:
    """Digests of the columns of a file, made from its frames as they go by.

    Attributes
    ----------
    constant
        Columns that hold one value, or none, in the first row group.
    """

    def __init__(self) -> None:
        self.constant: frozenset[str] = frozenset()
        self._row_groups: dict[str, list[str]] = defaultdict(list)

    def watched(self, frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """The same frames, each taken in; all but the last of whole row groups."""
        for frame in frames:
            is_one = frame.height <= ROW_GROUP_ROWS
            for rows in [frame] if is_one else frame.iter_slices(ROW_GROUP_ROWS):
                if not self._row_groups:
                    self.constant = frozenset(c.name for c in rows if is_constant(c))
                for column in rows:
                    self._row_groups[column.name].append(row_group_digest(column))
            yield frame

    @property
    def row_groups(self) -> dict[str, tuple[str, ...]]:
        """Digests of the row groups so far, by column."""
        return {name: tuple(row_groups) for name, row_groups in self._row_groups.items()}


def is_constant(values: pl.Series) -> bool:
    """Whether a column holds one value, or none, nulls apart.

    Parameters
    ----------
    values
        Of a type that a column has.

    Returns
    -------
    bool
    """
    there = values.drop_nulls() if values.null_count() else values
    first = there.head(1)
    return not (there.tail(1) != first).any() and not (there != first).any()


def row_group_digest(values: pl.Series) -> str:
    """The digest of some values of a column, in their order.

    Parameters
    ----------
    values
        Of a type that a column has.

    Returns
    -------
    str
        Of the type, the number of rows, which are null, and the values, little-endian; labels as
        UTF-8, after their lengths.
    """
    total = hasher()
    total.update(f"{values.dtype.base_type().__name__} {len(values)}\n".encode())
    if values.null_count():
        total.update(np.packbits(values.is_null().to_numpy()).data)
    for array in _arrays(values):
        total.update(array if isinstance(array, bytes) else array.data)
    return total.hexdigest()


def _arrays(values: pl.Series) -> Iterator[NDArray[np.generic] | bytes]:
    """What the values of a column are, as bytes."""
    import polars as pl

    if values.dtype == pl.String:
        text = _filled(values, "")
        yield text.str.len_bytes().to_numpy().astype("<u4", copy=False)
        yield text.str.join("").cast(pl.Binary).item()
        return
    if values.dtype == pl.Boolean:
        yield np.packbits(_filled(values, False).to_numpy())
        return
    is_time = values.dtype in (pl.Datetime, pl.Date)
    plain = values.to_physical() if is_time else values
    kind = _NUMBERS[plain.dtype.base_type().__name__]
    if kind in ("<i8", "<i4"):
        plain = _filled(plain, 0)
    has_nulls = plain.null_count() > 0
    for chunk in plain.get_chunks():
        numbers = chunk.to_numpy()  # with nulls as NaN
        if has_nulls:
            numbers = np.where(np.isnan(numbers), 0, numbers)
        yield np.ascontiguousarray(numbers.astype(kind, copy=False))


def _filled(values: pl.Series, nothing: str | int) -> pl.Series:
    """Values with something in the place of nulls; the call alone takes time."""
    return values.fill_null(nothing) if values.null_count() else values


def combined(parts: Sequence[RowGroups], name: str) -> str:
    """The digest of a column, from those of its row groups.

    Parameters
    ----------
    parts
        Digests of the row groups of each of its files, by column.
    name
        The column.

    Returns
    -------
    str
    """
    return digest("".join(["".join(row_groups[name]) for row_groups in parts]).encode())


def column_digests(
    table: Table, frames: Callable[[Table], Iterator[pl.DataFrame]]
) -> dict[str, str]:
    """Digests of the columns of a table, from its rows in whole row groups.

    Parameters
    ----------
    table
        The table.
    frames
        Gives its rows in order.

    Returns
    -------
    dict
        By column.
    """
    columns = Columns()
    for _ in columns.watched(frames(table)):
        continue
    row_groups = columns.row_groups
    return {name: combined([row_groups], name) for name in row_groups}
