"""What is written, brought to the disk itself, so that it outlives a loss of power.

A file's content and its name are two things: the content is there after `fsync` of the file, its
name after `fsync` of the folder it lies in.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from plurel_cli.errors import storage_error
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.place import Place

_STEP_BYTES = 1 << 22


class Draining:
    """A file that the system brings to the disk while it is written, so that little is left to
    wait for at its end; nothing is promised before `fsync`.

    Parameters
    ----------
    file
        Open for writing, and at its beginning.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._size = self._begun = 0

    def write(self, data: bytes) -> int:
        """Write some bytes."""
        n = self._file.write(data)
        self._size += n
        if self._size - self._begun >= _STEP_BYTES:
            self._begin()
        return n

    def flush(self) -> None:
        """Pass on what is waiting."""
        self._file.flush()

    def _begin(self) -> None:
        """Have the system begin with what has come since the last time: Linux does if told that
        the bytes are not needed any more, and keeps them in memory until they are on the disk.
        """
        if hasattr(os, "posix_fadvise"):
            n_bytes = self._size - self._begun
            with suppress(OSError):  # an advice, which files of some kinds do not take
                os.posix_fadvise(self._file.fileno(), self._begun, n_bytes, os.POSIX_FADV_DONTNEED)
        self._begun = self._size


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk; nothing where folders cannot be opened."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    except PermissionError:
        return
    try:
        with suppress(OSError):  # as some network disks have it
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_file(path: Path) -> None:
    """Bring the content of a file to the disk.

    Raises
    ------
    OSError
        If the disk refuses it.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Bring all that is in a folder to the disk, files before the folders they lie in.

    Raises
    ------
    OSError
        If the disk refuses it.
    """
    for inner, _, names in os.walk(folder, topdown=False):
        for name in names:
            sync_file(Path(inner, name))
        sync_folder(Path(inner))


def replace_file(path: Place, data: bytes) -> None:
    """Write a file, whole or not at all.

    Parameters
    ----------
    path
        The file.
    data
        All that it is to hold.

    Raises
    ------
    StorageError
        If the disk or the store refuses; the file is what it was then.
    """
    if isinstance(path, BucketPath):
        path.write_bytes(data)
        return
    half = path.with_name(f".{path.name}.new")
    try:
        with half.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise storage_error(path, error) from None
    finally:
        with suppress(OSError):
            half.unlink()
