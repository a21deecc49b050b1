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
from typing import TYPE_CHECKING, Protocol

from pydantic import Field

from plurel_cli.kernel import twin
from plurel_cli.schema.record import Record
from plurel_cli.schema.table import Table
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.layout import ROW_GROUP_ROWS
from plurel_cli.storage.place import Place
from plurel_cli.storage.raw_columns import RawColumn, raw_columns

if TYPE_CHECKING:
    import polars as pl

_BYTES = 16
_CHUNK_BYTES = 1 << 20

_AT_ONCE = 8
"""Row groups of columns whose digests are taken together, as sooner done, unless they are large."""

_BATCH_BYTES = 1 << 25

Text = Sequence[bytes | memoryview]
"""What a digest is of, in pieces."""

_Named = tuple[str, RawColumn]

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


class Sink(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes, /) -> int:
        """Write some bytes."""
        ...

    def flush(self) -> None:
        """Pass on what is waiting."""
        ...


class Hashed:
    """A file that is written to, and the digest of what has been written.

    Attributes
    ----------
    total
        What makes the digest.
    failure
        Why it could not be written to, if that is so.
    """

    def __init__(self, file: Sink) -> None:
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
        self._waiting: list[_Named] = []

    def watched(self, frames: Iterator[pl.DataFrame]) -> Iterator[pl.DataFrame]:
        """The same frames, each taken in; all but the last of whole row groups."""
        is_first = True
        for frame in frames:
            is_one = frame.height <= ROW_GROUP_ROWS
            for rows in [frame] if is_one else frame.iter_slices(ROW_GROUP_ROWS):
                for name, column in raw_columns(rows):
                    if is_first and column.is_constant:
                        self.constant |= {name}
                    self._take(name, column)
                is_first = False
            yield frame
        self._settle()

    @property
    def row_groups(self) -> dict[str, tuple[str, ...]]:
        """Digests of the row groups so far, by column."""
        self._settle()
        return {name: tuple(row_groups) for name, row_groups in self._row_groups.items()}

    def _take(self, name: str, column: RawColumn) -> None:
        """Take in a row group of a column, whose digest may wait for those of others."""
        if self._waiting:
            n_bytes = column.n_bytes + sum(other.n_bytes for _, other in self._waiting)
            if n_bytes > _BATCH_BYTES:
                self._settle()
        self._waiting.append((name, column))
        if len(self._waiting) == _AT_ONCE:
            self._settle()

    def _settle(self) -> None:
        """Take the digests that wait."""
        digests = digests_of([column.text for _, column in self._waiting])
        for (name, _), of_column in zip(self._waiting, digests, strict=True):
            self._row_groups[name].append(of_column)
        self._waiting = []


@twin("digests")
def digests_of(texts: Sequence[Text]) -> list[str]:
    """The digests of several texts.

    Parameters
    ----------
    texts
        Each as pieces, one after another.

    Returns
    -------
    list of str
        One for each text.
    """
    digests = []
    for text in texts:
        total = hasher()
        for piece in text:
            total.update(piece)
        digests.append(total.hexdigest())
    return digests


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
