"""Commands in forks of this process, which has imported everything once, with a bound on time."""

from __future__ import annotations

import ctypes
import os
import pickle
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import polars

import plurel_cli.corpus.run
import plurel_cli.features.stage
import plurel_cli.pipeline
import plurel_cli.report.changes
import plurel_cli.storage.validate  # noqa: F401
from plurel_cli.cli import main
from plurel_cli.storage.machine import usable_cores

assert polars.__version__  # imported here, before any limit on memory

PATIENCE_S = float(os.environ.get("TORTURE_PATIENCE_S", "120"))
"""Seconds of processor time that a run may take, or of the clock that it may take none.

So a machine that has other things to do makes no hangs.
"""

_GLANCE_S = 1.0

_PARENT_DIES = 1  # prctl's PR_SET_PDEATHSIG: forks must not outlive the torture that is ended
_LIBC = ctypes.CDLL(None) if sys.platform.startswith("linux") else None

_MEMORY, _ENOUGH_BYTES = "/dev/shm", 4 << 30  # noqa: S108
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ENOUGH_BYTES:
    tempfile.tempdir = os.environ.get("TMPDIR", _MEMORY)  # which syncs at once

SMALL = """\
schema: {layout: explicit, columns: 3}
tables:
  users: {rows: 30}
  posts: {rows: 50, parents: [users]}
  likes: {rows: 90, parents: [users, posts]}
features: {model: scm}
"""


@dataclass
class Ended:
    """How a run ended.

    Attributes
    ----------
    code
        Exit code, or minus the signal.
    text
        What it printed.
    is_hung
        Whether it had to be killed for want of an end.
    """

    code: int
    text: str
    is_hung: bool = False

    @property
    def has_traceback(self) -> bool:
        """Whether it shows what no user should see."""
        return any(word in self.text for word in ("Traceback", "panicked at", "stack backtrace"))


@dataclass
class Tally:
    """Counts of one kind of torture, and what went wrong."""

    kind: str
    tried: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def fault(self, what: str) -> None:
        self.faults.append(what)

    def add(self, other: Tally) -> None:
        """Add what another has seen."""
        self.tried += other.tried
        self.faults += other.faults
        for what, count in other.counts.items():
            self.counts[what] = self.counts.get(what, 0) + count

    def look(self, ended: Ended, where: str) -> None:
        """Note a traceback or a hang."""
        if ended.is_hung:
            self.fault(f"hang: {where}")
        if ended.has_traceback:
            lines = [line for line in ended.text.splitlines() if line.strip()]
            self.fault(f"traceback: {where}: {lines[-1][:200]}")


def started(work: Callable[[], object], *, is_stopped: bool = False) -> tuple[int, Path]:
    """A fork that does some work, and the file that it prints to."""
    handle, name = tempfile.mkstemp(prefix="torture-")
    sys.stdout.flush()
    parent = os.getpid()
    process = os.fork()
    if process:
        os.close(handle)
        return process, Path(name)
    code = 70
    try:
        os.setpgid(0, 0)
        if _LIBC is not None:
            _LIBC.prctl(_PARENT_DIES, int(signal.SIGKILL))
        if os.getppid() != parent:
            os._exit(1)
        nowhere = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nowhere, 0)
        os.dup2(handle, 1)
        os.dup2(handle, 2)
        if is_stopped:
            os.kill(os.getpid(), signal.SIGSTOP)
        work()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
        os._exit(code)


class Watch:
    """Whether a run hangs: it goes on for too long, by its processor time, or does nothing.

    Parameters
    ----------
    group
        Its group of processes.
    patience
        Seconds that it may take, or do nothing.
    """

    def __init__(self, group: int, patience: float = PATIENCE_S) -> None:
        self._group, self._patience = group, patience
        self._looked = self._acted = time.monotonic()
        self._spent = self._paid = 0.0

    def forgive(self) -> None:
        """Begin anew, as what it does next is another thing."""
        self._paid, self._acted = self._spent, time.monotonic()

    def is_hung(self) -> bool:
        """Whether it hangs; looks at times only."""
        now = time.monotonic()
        if now - self._looked < _GLANCE_S:
            return False
        self._looked, spent = now, _processor_s(self._group)
        if spent > self._spent:
            self._spent, self._acted = spent, now
        return spent - self._paid > self._patience or now - self._acted > self._patience


def _processor_s(group: int) -> float:
    """Processor time of a group of processes, of those that live and those they have seen end."""
    ticks = 0
    for entry in os.scandir("/proc"):
        if not entry.name.isdecimal():
            continue
        try:
            numbers = Path(entry.path, "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended
        if int(numbers[2]) == group:
            ticks += sum(map(int, numbers[11:15]))
    return ticks / os.sysconf("SC_CLK_TCK")


def awaited(process: int, output: Path, patience: float = PATIENCE_S) -> Ended:
    """How a fork ends, with the patience of `Watch`."""
    watch = Watch(process, patience)
    while not (ended := os.waitpid(process, os.WNOHANG))[0]:
        if watch.is_hung():
            return ended_by_force(process, output, is_hung=True)
        time.sleep(0.005)
    text = output.read_text(errors="replace")
    output.unlink()
    return Ended(os.waitstatus_to_exitcode(ended[1]), text)


def ended_by_force(process: int, output: Path, *, is_hung: bool) -> Ended:
    """A fork that is ended, with all that it has started."""
    with suppress(ProcessLookupError):
        os.killpg(process, signal.SIGKILL)
    _, status = os.waitpid(process, 0)
    text = output.read_text(errors="replace")
    output.unlink()
    return Ended(os.waitstatus_to_exitcode(status), text, is_hung)


def forked(work: Callable[[], object], patience: float = PATIENCE_S) -> Ended:
    """How some work ends in a fork."""
    return awaited(*started(work), patience)


def side_by_side(kind: str, works: Iterable[Callable[[], Tally]]) -> Tally:
    """Work of one kind in forks, one a core at once, and all that they tell."""
    whole = Tally(kind)
    live: dict[int, tuple[Path, Path]] = {}
    results = Path(tempfile.mkdtemp(prefix="torture-results-"))
    for number, work in enumerate([*works, None]):
        while live and (work is None or len(live) >= usable_cores()):
            gone, status = os.waitpid(-1, 0)
            path, output = live.pop(gone)
            if status:
                whole.fault(f"{kind}: the torture itself failed: {output.read_text()[-600:]}")
            else:
                whole.add(pickle.loads(path.read_bytes()))  # noqa: S301 (of our own fork)
            output.unlink()
        if work is not None:
            path = results / str(number)

            def told(work: Callable[[], Tally] = work, path: Path = path) -> None:
                path.write_bytes(pickle.dumps(work()))

            process, output = started(told)
            live[process] = path, output
    shutil.rmtree(results)
    return whole


def command(*words: object, before: Callable[[], object] | None = None) -> Callable[[], None]:
    """The command line, as work for a fork."""

    def work() -> None:
        if before is not None:
            before()
        sys.argv = ["plurel", *map(str, words)]
        main()

    return work


def run(*words: object, before: Callable[[], object] | None = None) -> Ended:
    """A command, to its end."""
    return forked(command(*words, before=before))


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    every = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in every}


class Room:
    """A folder for one attempt, with a config."""

    def __init__(self, text: str = SMALL) -> None:
        self.path = Path(tempfile.mkdtemp(prefix="torture-"))
        self.config = self.path / "config.yaml"
        self.config.write_text(text)
        self.place = self.path / "place"
        self.place.mkdir()

    def close(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)

    def __enter__(self) -> Room:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
