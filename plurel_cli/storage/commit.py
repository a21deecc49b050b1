"""Make a database appear whole or not at all.

A run first claims its target: a lock keeps others out, what a run that died has left is ended or
cleared away, and all that could be in the way is looked at before any work is done (`obstacles`).
On a disk, what is written goes to a hidden sibling that takes the target's place in one step
(`sibling`, `swap`), or, of a target that must stay the folder it is, to a hidden folder inside
(`fill`). For a bucket, where nothing can be moved, see `claim`.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.model import Schema
from plurel_cli.storage import fill
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.claim import claimed, replaceable
from plurel_cli.storage.document import read_schema, write_schema
from plurel_cli.storage.layout import INNER_LOCK, SCHEMA_FILE, files
from plurel_cli.storage.ledger import Ledger
from plurel_cli.storage.lock import lock_file, lock_folder
from plurel_cli.storage.obstacles import UNCHANGED, absolute, check_name, check_target
from plurel_cli.storage.place import Place
from plurel_cli.storage.sibling import make_sibling, must_stay
from plurel_cli.storage.swap import exchange, put_back, siblings, step_in
from plurel_cli.storage.sync import sync_folder, sync_tree

_BARRED = (errno.EACCES, errno.EPERM, errno.EROFS)
_IMMOVABLE = (errno.EBUSY, errno.EXDEV, errno.EACCES, errno.EPERM)


class Claim(NamedTuple):
    """A target that a run has for itself.

    Attributes
    ----------
    target
        Where the database is to be.
    replace
        Whether one that is there may be replaced.
    is_alone
        Whether nothing can be written beside the target.
    """

    target: Place
    replace: bool
    is_alone: bool = False

    @contextmanager
    def writing(self, schema: Schema) -> Iterator[tuple[Place, Ledger]]:
        """A place for the files of a database, all of which counts when the block ends.

        With it goes the ledger in which they are to be noted.

        Parameters
        ----------
        schema
            The database; its `schema.json` is written last.

        Raises
        ------
        FolderError
            If something has come meanwhile that must not be replaced.
        StorageError
            If the disk or the store refuses.
        """
        ledger = Ledger()
        if isinstance(self.target, BucketPath):
            with claimed(self.target, schema, ledger, replace=self.replace) as place:
                yield place, ledger
            return
        with self.filling() as work:
            yield work, ledger
            write_schema(work, ledger.finished(schema), ledger.digests(schema))

    @contextmanager
    def filling(self) -> Iterator[Path]:
        """A folder to write to, which becomes the target when the block ends.

        An exception leaves the target as it was.
        """
        target = self.target
        assert isinstance(target, Path)  # noqa: S101
        inside = self.is_alone or must_stay(target)
        work = None if inside else make_sibling(target)
        work = work or fill.open_folder(target)
        try:
            yield work
            sync_tree(work)
            check_target(target, replace=self.replace)  # others may have put files there
            _settle(work, target)
        except BaseException:
            _give_up(work, target)
            raise


@contextmanager
def claiming(target: Place, *, replace: bool) -> Iterator[Claim]:
    """A target for this run alone, after a look at all that could be in its way.

    Parameters
    ----------
    target
        Folder to make, or place in a bucket. Missing parents are made as well.
    replace
        Whether a database that is there already may be replaced. An empty folder always may be;
        one that holds anything but a database's files never.

    Yields
    ------
    Claim

    Raises
    ------
    BusyError
        If another run is at work on it.
    FolderError
        If something is there that must not be replaced.
    StorageError
        If the disk or the store refuses.
    """
    if isinstance(target, BucketPath):
        replaceable(target, replace=replace)
        yield Claim(target, replace)
        return
    target = absolute(target)
    check_name(target)
    try:
        with _held(target) as is_alone:
            check_target(target, replace=replace)
            yield Claim(target, replace, is_alone)
    except OSError as error:
        raise storage_error(target, error, UNCHANGED) from error


@contextmanager
def _held(target: Path) -> Iterator[bool]:
    """The locks of a target, which is tidy then; gives whether nothing can be written beside it."""
    beside, is_alone = siblings(target), False
    with ExitStack() as stack:
        stack.enter_context(_parents(target))
        try:
            stack.callback(lock_file(beside.lock, target).release)
        except OSError as error:
            if error.errno not in _BARRED or not target.is_dir():
                raise
            is_alone = True
        if target.is_dir():
            inner = lock_folder(target, target)
            if inner is None and is_alone:
                inner = lock_file(target / INNER_LOCK, target)
            if inner is not None:
                stack.callback(inner.release)
        if not is_alone:
            put_back(target)
        fill.finish(target)
        yield is_alone


@contextmanager
def _parents(target: Path) -> Iterator[None]:
    """Folders around a target, which are removed again where it does not come."""
    missing = []
    for parent in target.parents:
        if parent.exists():
            break
        missing.append(parent)
    try:
        _make_folders(target.parent)
        yield
        for parent in missing:
            sync_folder(parent.parent)
    except BaseException:
        with suppress(OSError):
            for parent in missing:
                parent.rmdir()
        raise


def _make_folders(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # a file is one of them
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None


def mend(target: Place) -> None:
    """End what a run that is gone has begun with a target, if its files were moving.

    Parameters
    ----------
    target
        A folder that is to be read.

    Raises
    ------
    BusyError
        If a run is at work on it.
    StorageError
        If the disk refuses.
    """
    if isinstance(target, BucketPath):
        return
    target = absolute(target)
    try:
        if fill.is_begun(target) or (siblings(target).old.is_dir() and not target.exists()):
            with _held(target):
                return
    except OSError as error:
        raise storage_error(target, error) from None


def tidy(target: Place) -> None:
    """Clear away what runs that are gone have left of a target, unless one is at work on it.

    Parameters
    ----------
    target
        Where the database is, or is to be.

    Raises
    ------
    StorageError
        If the disk refuses.
    """
    if isinstance(target, BucketPath):
        return
    target = absolute(target)
    try:
        with suppress(FolderError), _held(target):
            return
    except OSError as error:
        raise storage_error(target, error) from None


def _settle(work: Path, target: Path) -> None:
    """Put a finished folder in the target's place."""
    if work.parent == target:
        fill.move_in(target, _former(target))
        return
    try:
        _swap(work, target)
    except OSError as error:
        if error.errno not in _IMMOVABLE or not target.is_dir():
            raise
        fill.take_over(work, target)
        fill.move_in(target, _former(target))
    sync_folder(target.parent)
    shutil.rmtree(work, ignore_errors=True)


def _swap(work: Path, target: Path) -> None:
    """Put a finished folder in the target's place; what stood there ends up at `work`, or gone."""
    if not target.exists():
        work.rename(target)
        return
    if not exchange(work, target):
        step_in(work, target)
        return
    try:
        check_target(work, replace=True)
    except FolderError:  # a file that came at the last moment
        exchange(work, target)
        check_target(target, replace=True)
        raise


def _former(target: Path) -> set[Path]:
    """Files of the database that is at a target."""
    return files(read_schema(target)) if (target / SCHEMA_FILE).exists() else set()


def _give_up(work: Path, target: Path) -> None:
    """Leave a target as it was, or, where files had begun to move, as it was to be."""
    with suppress(OSError):
        if fill.is_begun(target):
            fill.finish(target)
        else:
            shutil.rmtree(work, ignore_errors=True)
