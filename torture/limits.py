"""Disks that are full and memory that is tight: one sentence, and what was there stays."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path

from torture.runs import SMALL, Ended, Room, Tally, contents, run, side_by_side

_ROWS = SMALL.replace("90", "300000")


def _on_small_disk(room: Room, n_bytes: int) -> Callable[[], None] | None:
    """Make the place a disk of so many bytes, if we may; otherwise gives a limit on files."""
    words = ["mount", "-t", "tmpfs", "-o", f"size={n_bytes}", "none", str(room.place)]
    if os.getuid() == 0 and subprocess.run(words, capture_output=True, check=False).returncode == 0:
        return None

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes, resource.RLIM_INFINITY))

    return limit


def _judge(tally: Tally, ended: Ended, where: str, folder: Path, old: dict[str, bytes]) -> None:
    tally.tried += 1
    tally.look(ended, where)
    lines = [line for line in ended.text.splitlines() if line.strip()]
    if ended.code == 0:
        tally.count("fits")
        if run("validate", folder).code:
            tally.fault(f"unsound: {where}")
        return
    tally.count("refused" if ended.code == 2 else f"ended with {ended.code}")
    if ended.code not in (1, 2) or not 0 < len(lines) <= 3:
        tally.fault(f"words: {where}: code {ended.code}, {len(lines)} lines: {ended.text[:200]!r}")
    if contents(folder) != old:
        tally.fault(f"lost: {where}")


def _on_disk(number: int) -> Tally:
    tally = Tally("disk")
    with Room(_ROWS if number % 2 else SMALL) as room:
        folder = room.place / "db"
        n_bytes = 4096 * (1 + (number * number) // 2)
        limit = _on_small_disk(room, n_bytes)
        try:
            old: dict[str, bytes] = {}
            if number % 4 >= 2:
                run("schema", "-c", room.config, "-s", 1, "-o", folder)
                old = contents(folder)
            words = ["generate", "-c", room.config, "-s", 2, "-o", folder]
            ended = run(*words, *(["--force"] if old else []), before=limit)
            _judge(tally, ended, f"disk of {n_bytes} bytes", folder, old)
            left = sorted({path.name for path in room.place.iterdir()} - {"db"})
            if left:
                tally.fault(f"left behind: disk of {n_bytes} bytes: {left}")
        finally:
            if limit is None:
                subprocess.run(["umount", str(room.place)], check=True)
    return tally


def disk(n: int) -> Tally:
    """Write `n` databases to disks of all sizes."""
    return side_by_side("disk", [partial(_on_disk, number) for number in range(n)])


def _in_memory(number: int) -> Tally:
    tally = Tally("memory")
    with Room(_ROWS) as room:
        folder = room.place / "db"
        now = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        n_bytes = now + (number << 24)

        def limit() -> None:
            resource.setrlimit(resource.RLIMIT_AS, (n_bytes, n_bytes))

        ended = run("generate", "-c", room.config, "-o", folder, before=limit)
        _judge(tally, ended, f"{number << 4} MiB more than at the start", folder, {})
    return tally


def memory(n: int) -> Tally:
    """Make `n` databases with address spaces from little to enough."""
    return side_by_side("memory", [partial(_in_memory, number) for number in range(n)])
