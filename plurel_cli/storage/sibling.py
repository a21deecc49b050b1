"""A folder beside a target that can take its place, if there can be one.

A target that is a mount point, or where somebody works, must stay the folder that it is; and the
folder that takes its place must have its owner, group, mode and attributes.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress
from pathlib import Path

from plurel_cli.storage.swap import siblings

_MOUNTS = Path("/proc/self/mountinfo")
_ESCAPE = re.compile(rb"\\([0-7]{3})")


def must_stay(target: Path) -> bool:
    """Whether a target can or should not be moved: a mount point, or where somebody is."""
    if not target.exists():
        return False
    with suppress(OSError):
        here = Path.cwd()
        if here.is_relative_to(target.resolve()):
            return True
    return target.is_mount() or target.resolve() in _mounts()


def _mounts() -> set[Path]:
    """Mount points of the system, where it tells; those of one disk on itself look like others."""
    points = set()
    with suppress(OSError):
        for line in _MOUNTS.read_bytes().splitlines():
            words = line.split(b" ")
            if len(words) > 4:
                name = _ESCAPE.sub(lambda octal: bytes([int(octal[1], 8)]), words[4])
                points.add(Path(os.fsdecode(name)))
    return points


def make_sibling(target: Path) -> Path | None:
    """A folder beside a target that can take its place; nothing where it would not be like it."""
    work = siblings(target).new
    work.mkdir()
    if not target.exists() or _is_made_like(work, target):
        return work
    work.rmdir()
    return None


def _is_made_like(work: Path, target: Path) -> bool:
    """Whether a folder now has the owner, group, mode and attributes of another."""
    wanted = target.stat()
    with suppress(OSError):
        if _identity(work.stat()) != _identity(wanted):
            os.chown(work, wanted.st_uid, wanted.st_gid)
            work.chmod(stat.S_IMODE(wanted.st_mode))
        for name, value in _attributes(target).items():
            os.setxattr(work, name, value)
    return (_identity(work.stat()), _attributes(work)) == (_identity(wanted), _attributes(target))


def _identity(about: os.stat_result) -> tuple[int, int, int]:
    return about.st_uid, about.st_gid, stat.S_IMODE(about.st_mode)


def _attributes(path: Path) -> dict[str, bytes]:
    """Extended attributes of a folder, of which its access list is one."""
    if not hasattr(os, "listxattr"):
        return {}
    with suppress(OSError):
        return {name: os.getxattr(path, name) for name in sorted(os.listxattr(path))}
    return {}
