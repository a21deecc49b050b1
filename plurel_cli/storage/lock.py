"""Locks that keep two runs from one place, and go when their owner does.

A lock is `flock`'s on a small file, or on a folder itself: the kernel lets go of it however its
owner ends, and sees it from every container and process namespace of the machine. A disk without
`flock` gets a file that names its owner instead, which counts as left behind only where that owner
is known to be gone: a process of this very machine, start and namespace that is no more.
"""

from __future__ import annotations

import json
import os
import socket
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from plurel_cli.errors import BusyError

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


class Lock(NamedTuple):
    """A lock that is held.

    Attributes
    ----------
    descriptor
        What holds it, open until it is let go.
    path
        The file that it is on, which goes with it; none where it is on a folder.
    """

    descriptor: int
    path: Path | None

    def release(self) -> None:
        """Let go of it."""
        if self.path is not None:
            with suppress(OSError):
                self.path.unlink()
        os.close(self.descriptor)


def lock_file(path: Path, place: object) -> Lock:
    """A lock on a file, which is made.

    Parameters
    ----------
    path
        The file.
    place
        What the lock is for, to be named in errors.

    Returns
    -------
    Lock

    Raises
    ------
    BusyError
        If another run has it.
    OSError
        If the disk refuses the file.
    """
    while True:
        descriptor, is_new = _opened(path)
        try:
            is_ours = _is_locked(descriptor)
            if is_ours is False:
                raise BusyError(place, "another run is at work on it", remedy="let that one end")
            if is_ours is None and not is_new:
                _check_owner(path, descriptor, place)
            with suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(descriptor), path.stat()):
                    _sign(descriptor)
                    return Lock(descriptor, path)
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # the former owner has removed it meanwhile


def _opened(path: Path) -> tuple[int, bool]:
    """Descriptor of a file, and whether it was made."""
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    with suppress(FileExistsError):
        return os.open(path, flags | os.O_EXCL, 0o644), True
    return os.open(path, flags, 0o644), False


def lock_folder(folder: Path, place: object) -> Lock | None:
    """A lock on a folder; nothing where the disk has no such locks, as over a network.

    Parameters
    ----------
    folder
        The folder, which is there.
    place
        What the lock is for, to be named in errors.

    Returns
    -------
    Lock or None

    Raises
    ------
    BusyError
        If another run has it.
    OSError
        If the folder cannot be opened.
    """
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    is_ours = _is_locked(descriptor)
    if is_ours:
        return Lock(descriptor, None)
    os.close(descriptor)
    if is_ours is None:
        return None
    raise BusyError(place, "another run is at work on it", remedy="let that one end")


def _is_locked(descriptor: int) -> bool | None:
    """Whether the lock is ours now; nothing where there are no locks."""
    try:
        import fcntl
    except ImportError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:
        return None
    return True


def _owner() -> dict[str, object]:
    """Who this process is, as another can tell whether it is gone."""
    boot = namespace = ""
    with suppress(OSError):
        boot = _BOOT.read_text().strip()
    with suppress(OSError):
        namespace = str(_NAMESPACE.readlink())
    host = socket.gethostname()
    return {"host": host, "boot": boot, "namespace": namespace, "process": os.getpid()}


def _sign(descriptor: int) -> None:
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps(_owner()).encode())


def _check_owner(path: Path, descriptor: int, place: object) -> None:
    """Refuse a lock file of another, on a disk without locks, unless its owner is gone."""
    try:
        owner = json.loads(os.pread(descriptor, 4096, 0))
    except ValueError:
        owner = None
    if isinstance(owner, dict) and type(process := owner.get("process")) is int:
        ours = _owner()
        is_here = all(owner.get(name) == ours[name] for name in ("host", "boot", "namespace"))
        if is_here and not _is_alive(process):
            return
    rule = f"another run may be at work on it: {path} is there, and this disk has no locks (flock)"
    raise BusyError(place, rule, remedy="let that run end, or remove that file if none is at work")


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
