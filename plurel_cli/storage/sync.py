"""What is written, brought to the disk itself, so that it outlives a loss of power.

A file's content and its name are two things: the content is there after `fsync` of the file, its
name after `fsync` of the folder it lies in.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from plurel_cli.errors import storage_error
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.place import Place


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
