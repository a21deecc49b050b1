"""Kills between system calls that change the disk, of every command that writes."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from torture.runs import (
    PATIENCE_S,
    SMALL,
    Ended,
    Room,
    Tally,
    awaited,
    command,
    contents,
    run,
    side_by_side,
    started,
)

CALLS = (
    "write,pwrite64,writev,rename,renameat,renameat2,unlink,unlinkat,mkdir,mkdirat,rmdir,fsync,"
    "ftruncate,fchmod,chmod"
)
_SECONDS = re.compile(rb'"seconds": [0-9.e-]+')


@dataclass(frozen=True)
class Scenario:
    """A command that writes.

    Attributes
    ----------
    name
        What it is.
    prepare
        Commands that run before, in order, by their words.
    words
        The command to be killed.
    again
        What finishes it where the same words do not: its stated remedy.
    config
        The config's text.
    is_inside
        Whether the current directory is the target.
    """

    name: str
    prepare: Sequence[Sequence[str]]
    words: Sequence[str]
    again: Sequence[str] = ()
    config: str = SMALL
    is_inside: bool = False


_RELBENCH = SMALL + "output: {layout: relbench}\n"
_PARTS = SMALL.replace("90", "600000").replace("scm", "none") + "output: {part_rows: 262144}\n"
_GENERATE = ("generate", "-c", "{config}", "-s", "2", "-o", "{db}")
_OLD = ("generate", "-c", "{config}", "-s", "1", "-o", "{db}")
_CORPUS = ("corpus", "-c", "{config}", "-s", "0:3", "-j", "1", "-o", "{db}")
_SHARDS = tuple((*_CORPUS, "--shard", f"{k}/2") for k in range(2))
_HALVES = tuple((*_GENERATE, "--parts", f"{k}/2") for k in range(2))
_STAGED = (
    ("schema", "-c", "{config}", "-s", "2", "-o", "{db}"),
    ("fk", "{db}"),
    ("temporal", "{db}"),
    ("features", "{db}"),
)
_FORCE = ("--force",)

SCENARIOS = (
    Scenario("generate", (), _GENERATE, _FORCE),
    Scenario("generate relbench", (), _GENERATE, _FORCE, _RELBENCH),
    Scenario("generate --force", (_OLD,), (*_GENERATE, "--force")),
    Scenario("generate --force, inside", (_OLD,), (*_GENERATE, "--force"), is_inside=True),
    Scenario(
        "generate --force relbench, inside",
        (_OLD,), (*_GENERATE, "--force"), (), _RELBENCH, is_inside=True,
    ),
    Scenario("schema", (), _STAGED[0], _FORCE),
    Scenario("fk", _STAGED[:1], _STAGED[1], _FORCE),
    Scenario("temporal", _STAGED[:2], _STAGED[2], _FORCE),
    Scenario("features", _STAGED[:3], _STAGED[3], _FORCE),
    Scenario("features, inside", _STAGED[:3], _STAGED[3], _FORCE, is_inside=True),
    Scenario(
        "do",
        ((*_GENERATE[:-1], "{place}/source"),),
        ("do", "{place}/source", "--table", "users", "--column", "feature_0", "--value", "0",
         "-o", "{db}"),
        _FORCE,
    ),
    Scenario("corpus", (), _CORPUS, ("--resume",)),
    Scenario("corpus --resume", (), (*_CORPUS, "--resume")),
    Scenario("corpus --force", (_CORPUS,), (*_CORPUS, "--force")),
    Scenario("corpus --merge", _SHARDS, ("corpus", "--merge", "{db}")),
    Scenario("generate --parts", (), _HALVES[0], (), _PARTS),
    Scenario("generate --merge", _HALVES, ("generate", "--merge", "{db}"), (), _PARTS),
    Scenario(
        "generate --merge relbench",
        _HALVES, ("generate", "--merge", "{db}"), (), _RELBENCH,
    ),
)  # fmt: skip


class Attempt:
    """One room in which a scenario is played."""

    def __init__(self, scenario: Scenario, room: Room) -> None:
        self.scenario, self.room = scenario, room
        self.db = room.place / "db"

    def words(self, words: Sequence[str]) -> list[str]:
        names = {"config": self.room.config, "db": self.db, "place": self.room.place}
        return [word.format(**names) for word in words]

    def before(self) -> Callable[[], None]:
        return lambda: os.chdir(self.db if self.scenario.is_inside else self.room.place)

    def copy(self, other: Attempt) -> None:
        """Begin with what another has prepared."""
        shutil.copytree(other.room.place, self.room.place, dirs_exist_ok=True, symlinks=True)

    def prepare(self) -> None:
        for words in self.scenario.prepare:
            ended = run(*self.words(words))
            assert ended.code == 0, (words, ended)

    def state(self) -> dict[str, bytes]:
        """What is at the target, but for times."""
        found = contents(self.db) if self.db.exists() else {}
        return {name: _SECONDS.sub(b"", data) for name, data in found.items()}

    def killed(self, number: int) -> Ended:
        """The command, killed at a call by the first of its threads that makes so many."""
        return traced(
            command(*self.words(self.scenario.words), before=self.before()),
            ["-e", f"inject={CALLS}:signal=KILL:when={number}"],
        )[0]


def traced(work: Callable[[], object], options: Sequence[str]) -> tuple[Ended, str]:
    """Some work under strace: how it ended, and the log."""
    process, output = started(work, is_stopped=True)
    os.waitpid(process, os.WUNTRACED)
    log = output.with_name(output.name + ".log")
    arguments = ["strace", "-f", "-qq", "-p", str(process), "-o", str(log), "-e", f"trace={CALLS}"]
    with subprocess.Popen([*arguments, *options], stderr=subprocess.DEVNULL) as tracer:
        status = Path(f"/proc/{process}/status")
        since = time.monotonic()
        while "TracerPid:\t0" in status.read_text():
            assert time.monotonic() - since < PATIENCE_S, "strace does not attach"
            time.sleep(0.002)
        os.kill(process, signal.SIGCONT)
        ended = awaited(process, output)
        try:
            tracer.wait(10)
        except subprocess.TimeoutExpired:
            tracer.kill()
    text = log.read_text(errors="replace") if log.exists() else ""
    log.unlink(missing_ok=True)
    return ended, text


def _is_sound(folder: Path) -> bool:
    return run("validate", folder).code == 0


def _check_state(attempt: Attempt, old: dict[str, bytes], new: dict[str, bytes]) -> str:
    """What a kill has left, in a word; empty for what must not be."""
    now = attempt.state()
    visible = {name: data for name, data in now.items() if not name.startswith(".plurel-")}
    if visible == old and old:
        return "old and whole"
    if visible == new:
        return "new and whole"
    if "schema.json" in now:
        return "new and whole" if _is_sound(attempt.db) else ""
    members = [path for path in attempt.db.glob("db-*") if (path / "schema.json").exists()]
    if all(_is_sound(path) for path in members):
        return "plainly unfinished"
    return ""


def _finish(attempt: Attempt) -> Ended:
    """The same command again, or else with its stated remedy."""
    words = attempt.words(attempt.scenario.words)
    ended = run(*words, before=attempt.before())
    extra = attempt.scenario.again
    if ended.code and extra and extra[0] in ended.text:
        ended = run(*words, *extra, before=attempt.before())
    return ended


def _play(scenario: Scenario, n: int) -> Tally:
    tally = Tally("kills")
    with Room(scenario.config) as room, Room(scenario.config) as another:
        prepared = Attempt(scenario, room)
        prepared.prepare()
        attempt = Attempt(scenario, another)
        attempt.copy(prepared)
        _, log = traced(command(*attempt.words(scenario.words), before=attempt.before()), [])
        new = attempt.state()
        counts: dict[str, int] = {}
        for line in log.splitlines():
            thread = line.split(" ", 1)[0]
            counts[thread] = counts.get(thread, 0) + 1
        most = max(counts.values(), default=1)
        step = max(1.0, most / n)
        for number in sorted({1 + int(step * k) for k in range(min(n, most))}):
            _kill(scenario, number, prepared, new, tally)
    return tally


def _kill(
    scenario: Scenario, number: int, prepared: Attempt, new: dict[str, bytes], tally: Tally
) -> None:
    with Room(scenario.config) as room:
        attempt = Attempt(scenario, room)
        attempt.copy(prepared)
        where = f"{scenario.name}, call {number}"
        old = attempt.state()
        ended = attempt.killed(number)
        tally.look(ended, where)
        if ended.code == 0:
            tally.count("not reached")
            return
        tally.tried += 1
        state = _check_state(attempt, old, new)
        tally.count(state or "unsound")
        if not state:
            tally.fault(f"unsound: {where}: {sorted(attempt.state())}")
        again = _finish(attempt)
        tally.look(again, where)
        if again.code != 0:
            tally.fault(f"not finished: {where}: {again.text.strip()[-300:]}")
        elif attempt.state() != new:
            now = attempt.state()
            differ = sorted(name for name in new.keys() | now if new.get(name) != now.get(name))
            tally.fault(f"lost: {where}: {differ[:4]}")
        left = sorted({path.name for path in room.place.iterdir()} - {"db", "source"})
        if left and again.code == 0:
            tally.fault(f"left behind: {where}: {left}")


def kills(n: int) -> Tally:
    """Kill about `n` times, evenly over commands and over their calls."""
    each = -(-n // len(SCENARIOS))
    return side_by_side("kills", [partial(_play, scenario, each) for scenario in SCENARIOS])
