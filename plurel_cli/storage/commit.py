"""Make a database appear whole or not at all.

On a disk, what is written goes to a hidden sibling, which takes the target's place in one step when
all of it is there. A run that dies leaves at most that sibling, which no reader takes for a
database and the next run to the same target removes. What stood at the target stays until then. For
a bucket, where nothing can be moved, see `claim`.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from plurel_cli.errors import FolderError, StageError, storage_error
from plurel_cli.schema.model import Schema
from plurel_cli.storage.bucket import BucketPath
from plurel_cli.storage.claim import claimed, owner_of, replaceable
from plurel_cli.storage.document import read_schema, write_schema
from plurel_cli.storage.layout import SCHEMA_FILE, files
from plurel_cli.storage.place import Place

_MARK = ".plurel-"
_ASIDE = "-old"


@contextmanager
def writing(target: Place, schema: Schema, *, replace: bool) -> Iterator[Place]:
    """A place for the files of a database, all of which counts when the block ends.

    Parameters
    ----------
    target
        Where the database is to be.
    schema
        The database; its `schema.json` is written last.
    replace
        Whether a database that is there already may be replaced.

    Raises
    ------
    FolderError
        If something is there that must not be replaced. Checked before anything is written.
    StorageError
        If the disk or the store refuses, also half-way; nothing is left behind then.
    """
    if isinstance(target, BucketPath):
        with claimed(target, schema, replace=replace) as place:
            yield place
        return
    with committed(target, replace=replace) as work:
        yield work
        write_schema(work, schema)


@contextmanager
def committed(target: Path, *, replace: bool) -> Iterator[Path]:
    """A folder to write to, which becomes `target` when the block ends without an exception.

    Parameters
    ----------
    target
        Folder to make. Missing parents are made as well.
    replace
        Whether a database that is there already may be replaced. An empty folder always may be;
        one that holds anything but a database's own files never.

    Raises
    ------
    FolderError
        If something is there that must not be replaced. Checked before anything is written.
    StorageError
        If the disk refuses, also half-way; nothing is left behind then.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100 (a link must stay one, to be refused)
    work = work_folder(target, owner_of(os.getpid()))
    try:
        _tidy(target)
        check_target(target, replace=replace)
        _make_parents(target)
        work.mkdir()
        try:
            yield work
            check_target(target, replace=replace)  # others may have been at work meanwhile
            _swap(work, target)
        finally:
            shutil.rmtree(work, ignore_errors=True)
    except OSError as error:
        raise storage_error(target, error) from error


def work_folder(target: Path, owner: str) -> Path:
    """The sibling of a target that an owner, a host and a process, writes to."""
    return target.parent / f".{target.name}{_MARK}{owner}"


def left_over(name: str) -> str | None:
    """Name of the target beside which a run left a folder of this name, if one did.

    Examples
    --------
    >>> left_over(".db-000042.plurel-host-1234")
    'db-000042'
    """
    target, mark, _ = name.removeprefix(".").rpartition(_MARK)
    return target if mark and name.startswith(".") else None


def clear_away(path: Path, target: Path) -> None:
    """Remove what a run that is known to be gone left beside a target, or put it back."""
    if path.name.endswith(_ASIDE) and not target.exists():
        path.rename(target)
    else:
        shutil.rmtree(path, ignore_errors=True)


def check_target(target: Place, *, replace: bool) -> None:
    """Refuse a target that holds what must not be replaced; see `writing`."""
    if isinstance(target, BucketPath):
        replaceable(target, replace=replace)
        return
    try:
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise FolderError(target, "is not a folder", remedy="choose another --out")
        if not target.exists() or not any(target.iterdir()):
            return
        if not (target / SCHEMA_FILE).exists():
            rule = "holds files but no database"
            raise FolderError(target, rule, remedy="choose another --out, or empty it")
        if not replace:
            remedy = "give --force to replace it, or choose another --out"
            raise FolderError(target, "there is a database already", remedy=remedy)
        known = files(read_schema(target))
        if strangers := sorted(set(_contents(target)) - known):
            rule = f"holds {strangers[0]}, which is no part of its database"
            raise FolderError(target, rule, remedy="move it away first, or choose another --out")
    except OSError as error:
        raise storage_error(target, error) from None


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


def _make_parents(target: Path) -> None:
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
    except FileExistsError:  # a file is one of them
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from None


def _contents(folder: Path) -> Iterator[Path]:
    """Files, links and empty folders below a folder, relative to it."""
    for path in folder.rglob("*"):
        if path.is_symlink() or not path.is_dir() or not any(path.iterdir()):
            yield path.relative_to(folder)


def _tidy(target: Path) -> None:
    """Clear away what runs on this machine that are no longer alive left beside the target.

    A database that had stepped aside for one that never came is put back.
    """
    prefix = f".{target.name}{_MARK}{socket.gethostname()}-"
    for path in sorted(target.parent.glob(f".{_escaped(target.name)}{_MARK}*")):
        process = path.name.removeprefix(prefix).removesuffix(_ASIDE)
        if not process.isdigit() or (int(process) != os.getpid() and _is_alive(int(process))):
            continue
        clear_away(path, target)


def _escaped(name: str) -> str:
    return "".join(f"[{c}]" if c in "*?[" else c for c in name)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _swap(work: Path, target: Path) -> None:
    """Put the finished folder in the target's place; what stood there ends up at `work`."""
    if not target.exists():
        work.rename(target)
        return
    if _exchange(work, target):
        return
    # No atomic exchange here: the old one steps aside first, and back if that fails.
    aside = work.with_name(work.name + _ASIDE)
    target.rename(aside)
    try:
        work.rename(target)
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _exchange(a: Path, b: Path) -> bool:
    """Exchange two folders in one step, where the system can (Linux's renameat2)."""
    import ctypes

    at_cwd, exchange = -100, 2
    with suppress(OSError, AttributeError):
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
        return bool(renameat2(at_cwd, os.fsencode(a), at_cwd, os.fsencode(b), exchange) == 0)
    return False
