"""What may lie where a database is to be, and what must not be replaced.

A target may be missing, an empty folder, or a database that may be replaced. Whatever else is
there is refused before any work is done: files that belong to no database, a path that is no
folder's, a folder that cannot be written to.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from plurel_cli.errors import FolderError, StageError, storage_error
from plurel_cli.storage import fill
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.claim import replaceable
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.layout import PORTION_NOTE, SCHEMA_FILE, files
from plurel_cli.storage.place import Place

UNCHANGED = "nothing was changed"
"""What is said with errors that come before a target is touched."""


def absolute(target: Path) -> Path:
    """A path from the root, in which links stay links, to be refused."""
    return Path(os.path.abspath(target))  # noqa: PTH100


def check_target(target: Place, *, replace: bool) -> None:
    """Refuse a target that holds what must not be replaced.

    Parameters
    ----------
    target
        Where a database is to be.
    replace
        Whether a database that is there already may be replaced.

    Raises
    ------
    FolderError
        If something is there that must not be replaced.
    StorageError
        If the disk or the store refuses.
    """
    if isinstance(target, BucketPath):
        replaceable(target, replace=replace)
        return
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise FolderError(target, "is not a folder", remedy="choose another --out")
        there = set(_contents(target)) if target.exists() else set()
        if not there:
            return
        if Path(SCHEMA_FILE) not in there:
            rule = "holds files but no database"
            raise FolderError(target, rule, remedy="choose another --out, or empty it")
        if not replace:
            remedy = "give --force to replace it, or choose another --out"
            raise FolderError(target, "there is a database already", remedy=remedy)
        if strangers := sorted(there - files(read_schema(target))):
            rule = f"holds {strangers[0]}, which is no part of its database"
            remedy = "move it away first, or choose another --out"
            if PORTION_NOTE.fullmatch(strangers[0].name):
                remedy = "`plurel generate --merge` ends what its portions were merged by"
            raise FolderError(target, rule, remedy=remedy)
        if not os.access(target, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    except OSError as error:
        raise storage_error(target, error, UNCHANGED) from None


def check_in_place(target: Place) -> None:
    """Refuse to add to a database where it lies, if what is there cannot be swapped in one step.

    Raises
    ------
    StageError
        If it is in a bucket.
    """
    if isinstance(target, BucketPath):
        rule = "is in a bucket, where a stage cannot add to the database that it reads"
        raise StageError(target, rule, remedy="give another --out")


def check_name(target: Path) -> None:
    """Refuse a path that Parquet's writers cannot be told, or that is no folder's.

    Raises
    ------
    FolderError
        If it is not UTF-8, or something else than a folder is there.
    StorageError
        If the disk refuses.
    """
    try:
        str(target).encode()
    except UnicodeEncodeError:
        shown = os.fsencode(target).decode(errors="backslashreplace")
        rule = "is not UTF-8, which Parquet's readers and writers need"
        raise FolderError(shown, rule, remedy="choose another --out") from None
    try:
        mode = target.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        raise storage_error(target, error, UNCHANGED) from None
    if not stat.S_ISDIR(mode):
        raise FolderError(target, "is not a folder", remedy="choose another --out")


def _contents(folder: Path) -> Iterator[Path]:
    """Files, links and empty folders below a folder, relative to it, but what is a run's."""
    for path in folder.rglob("*"):
        name = path.relative_to(folder)
        if fill.is_ours(name):
            continue
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir()):
            yield name
