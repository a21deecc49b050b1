"""A finished folder takes another's place in one step.

Linux exchanges two folders at once. Elsewhere the old one steps aside first: a run that dies
between the two renames leaves it under a name by which `put_back` finds it.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

_LONGEST = 255
"""Bytes of a name, on all usual disks."""

_SIBLING = re.compile(r"\.(.+)\.plurel-(?:new|old|lock)", re.DOTALL)


class Siblings(NamedTuple):
    """What lies beside a target while a run is at work on it.

    Attributes
    ----------
    lock
        The lock file.
    new
        The folder that is written to.
    old
        The folder that has stepped aside.
    """

    lock: Path
    new: Path
    old: Path


def siblings(target: Path) -> Siblings:
    """What lies beside a target while a run is at work on it.

    Examples
    --------
    >>> siblings(Path("corpus/db-000042")).new.name
    '.db-000042.plurel-new'
    """
    stem = f".{target.name}.plurel"
    name = os.fsencode(target.name)
    if len(name) > _LONGEST - len("..plurel-lock"):
        stem = f".plurel-{hashlib.blake2b(name, digest_size=16).hexdigest()}.plurel"
    return Siblings(*(target.with_name(f"{stem}-{what}") for what in ("lock", "new", "old")))


def left_over(name: str) -> str | None:
    """Name of the target beside which a run left something of this name, if one did.

    Examples
    --------
    >>> left_over(".db-000042.plurel-new")
    'db-000042'
    """
    match = _SIBLING.fullmatch(name)
    return match[1] if match else None


def exchange(a: Path, b: Path) -> bool:
    """Exchange two folders in one step, where the system can (Linux's renameat2).

    Parameters
    ----------
    a, b
        The folders.

    Returns
    -------
    bool
        Whether it was done.
    """
    import ctypes

    at_cwd, exchange_flag = -100, 2
    with suppress(OSError, AttributeError):
        renameat2 = ctypes.CDLL(None, use_errno=True).renameat2
        done = renameat2(at_cwd, os.fsencode(a), at_cwd, os.fsencode(b), exchange_flag)
        return bool(done == 0)
    return False


def step_in(work: Path, target: Path) -> None:
    """Put a finished folder in the place of a target, which steps aside and is removed.

    Parameters
    ----------
    work
        The finished folder.
    target
        The folder that is there.

    Raises
    ------
    OSError
        If one cannot be moved; the target is what it was then.
    """
    old = siblings(target).old
    target.rename(old)
    try:
        work.rename(target)
    except OSError:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def put_back(target: Path) -> None:
    """Clear away what a run that is gone left beside a target; one that had stepped aside returns.

    Call it with the target's lock.

    Raises
    ------
    OSError
        If the disk refuses.
    """
    _, new, old = siblings(target)
    if old.is_dir() and not target.exists():
        old.rename(target)
    for path in (new, old):
        if path.is_dir():
            shutil.rmtree(path)
