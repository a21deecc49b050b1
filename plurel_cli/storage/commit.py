"""Make a folder appear whole or not at all.

What is written goes to a hidden sibling, which takes the target's place in one step when all of
it is there. A run that dies leaves at most that sibling, which no reader takes for a database and
the next run to the same target removes. What stood at the target stays until then.
"""

from __future__ import annotations

import errno
import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.layout import SCHEMA_FILE, files

_MARK = ".plurel-"
_ASIDE = "-old"


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
    work = work_folder(target, _owner())
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


def check_target(target: Path, *, replace: bool) -> None:
    """Refuse a target that holds what must not be replaced; see `committed`."""
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


def _owner() -> str:
    return f"{socket.gethostname()}-{os.getpid()}"


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
