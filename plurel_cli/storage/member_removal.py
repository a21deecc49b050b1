"""How databases of a corpus, and what killed runs have left of them, are removed.

Only files that a database is made of are ever removed; anything else in their place is refused
first.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from plurel_cli.errors import FolderError, StorageError, storage_error
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.claim import MARK_FILE, abandon, owner_of, settle
from plurel_cli.storage.commit import tidy
from plurel_cli.storage.layout import SCHEMA_FILE
from plurel_cli.storage.members import database_files, file_names
from plurel_cli.storage.obstacles import check_target
from plurel_cli.storage.place import Place, names_in
from plurel_cli.storage.swap import left_over, siblings


def remove_member(folder: Place) -> None:
    """Remove what a database is made of, and empty folders; anything else stays.

    Raises
    ------
    StorageError
        If the disk or the store refuses.
    """
    if isinstance(folder, BucketPath):
        names = list(database_files(folder))
        folder.remove(name for name in names if name == SCHEMA_FILE)
        folder.remove([*(name for name in names if name != SCHEMA_FILE), MARK_FILE])
        return
    try:
        if folder.is_symlink() or not folder.is_dir():
            return
        if _is_all_ours(folder):  # in one step, so that no half of it is ever there
            away = siblings(folder).new
            if not away.exists():
                folder.rename(away)
                shutil.rmtree(away)
                return
        for name in sorted(file_names(folder), key=lambda name: name != SCHEMA_FILE):
            (folder / name).unlink()
        for inner, _, _ in os.walk(folder, topdown=False):
            if not os.listdir(inner):  # noqa: PTH208
                Path(inner).rmdir()
    except OSError as error:
        raise storage_error(folder, error) from None


def _is_all_ours(folder: Path) -> bool:
    """Whether a folder holds nothing but what a database may be made of."""
    every = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
    return {path.relative_to(folder).as_posix() for path in every} == set(file_names(folder))


def check_removable(folder: Place) -> None:
    """Refuse a folder that holds anything but a database.

    Raises
    ------
    FolderError
        If it does.
    """
    check_target(folder, replace=True)


def check_made_by_us(folder: Place, known: Iterable[Path]) -> None:
    """Refuse a folder that holds files which no run of ours has made.

    Parameters
    ----------
    folder
        That of a database.
    known
        Files that it is made of, relative to the folder.

    Raises
    ------
    FolderError
        Naming the first file that is none of these.
    StorageError
        If the folder cannot be read.
    """
    names = {path.as_posix() for path in known} | {MARK_FILE}
    try:
        if isinstance(folder, BucketPath):
            there = set(folder.files())
        else:
            every = [path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir()]
            there = {path.relative_to(folder).as_posix() for path in every}
    except OSError as error:
        raise storage_error(folder, error) from None
    if strangers := sorted(there - names):
        rule = f"holds {strangers[0]}, which no run has made"
        raise FolderError(folder, rule, remedy="move it away first")


def remove_left_over(folder: Place, names: Iterable[str]) -> None:
    """Remove what killed runs of a corpus left beside databases.

    What a run that is alive has in hand stays. In a bucket what is unfinished lies where it was to
    be, and gives way when the database is made.

    Parameters
    ----------
    folder
        The corpus.
    names
        Names of databases.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    if isinstance(folder, BucketPath):
        return
    targets = {left_over(name) for name in names_in(folder) if name.startswith(".")}
    for name in sorted(set(names) & targets):
        tidy(folder / name)


def remove_work(folder: Place, name: str, process: int) -> None:
    """Remove what a worker that is gone left unfinished, as far as it can be removed.

    Parameters
    ----------
    folder, name
        The corpus, and the database that the worker had in hand.
    process
        The worker.
    """
    with suppress(StorageError):
        if isinstance(folder, BucketPath):
            abandon(folder / name, owner_of(process))
        else:
            tidy(folder / name)


def settle_member(folder: Place) -> None:
    """Remove what a worker that was killed left beside a database that it had finished."""
    if isinstance(folder, BucketPath):
        settle(folder)
