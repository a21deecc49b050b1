from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from plurel_cli import generate, iter_databases
from plurel_cli.config.mixture import Component, Mixture
from plurel_cli.corpus import filling, memory
from plurel_cli.corpus.memory import AHEAD, Databases, SeedError
from plurel_cli.errors import ConfigError, UsageError
from tests.corpus.samples import TINY, tiny_config
from tests.storage.samples import same_values

PATCH = """
import os, signal
import plurel_cli.pipeline as pipeline
from plurel_cli.errors import ConfigError, Problem
made = pipeline.generate
def generate(config, seed):
    {body}
    return made(config, seed)
pipeline.generate = generate
"""


def _program(body: str) -> str:
    """That of workers which run some code before each database."""
    code = f"exec({PATCH.format(body=body)!r}); from plurel_cli.corpus"
    return memory._PROGRAM.replace("from plurel_cli.corpus", code)


def _patched(monkeypatch: pytest.MonkeyPatch, body: str) -> None:
    monkeypatch.setattr(memory, "_PROGRAM", _program(body))


def _processes(databases: Databases) -> list[subprocess.Popen[bytes]]:
    return [worker._process for worker in databases._workers]


def _until_ended(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.wait(timeout=20)


@pytest.mark.parametrize("jobs", [1, 3])
def test_databases_come_in_order_and_are_those_of_generate(jobs: int) -> None:
    seeds = [5, 3, 11, 3, 0, 7]
    with iter_databases(tiny_config(), seeds, jobs=jobs) as databases:
        for seed, database in zip(seeds, databases, strict=True):
            expected = generate(tiny_config(), seed)
            assert database.schema == expected.schema
            assert same_values(database, expected)
        processes = _processes(databases)
        assert next(databases, None) is None
    _until_ended(processes)


def test_each_database_is_of_its_own_config_of_a_mixture() -> None:
    mixture = Mixture(
        (Component("a", tiny_config()), Component("b", tiny_config(time={"min_days": 99})))
    )
    with iter_databases(mixture, range(6), jobs=1) as databases:
        configs = [database.schema.config for database in databases]
    assert configs == [mixture.of(seed).resolved for seed in range(6)]
    assert configs[0] != configs[1] or configs[1] != configs[2]


def test_no_seeds_need_no_worker() -> None:
    databases = iter_databases(tiny_config(), ())
    assert list(databases) == []
    assert _processes(databases) == []


def test_workers_are_a_bounded_number_of_databases_ahead(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _patched(monkeypatch, f"open({str(tmp_path)!r} + f'/{{seed}}', 'x').close()")
    asked: list[int] = []

    def seeds() -> Iterator[int]:
        for seed in count():
            asked.append(seed)
            yield seed

    with iter_databases(tiny_config(), seeds(), jobs=2) as databases:
        for given in range(1, 6):
            next(databases)
            time.sleep(0.3)
            assert len(asked) <= given + 2 * (AHEAD + 1)
            assert given <= len(os.listdir(tmp_path)) <= given + 2 * (AHEAD + 1)


@pytest.mark.parametrize(
    ("way", "jobs"), [("close", 1), ("with", 1), ("forgotten", 2), ("break", 1)]
)
def test_workers_end_with_the_iterator(way: str, jobs: int) -> None:
    databases = iter_databases(tiny_config(), count(), jobs=jobs)
    next(databases)
    processes = _processes(databases)
    assert len(processes) == jobs
    assert all(process.poll() is None for process in processes)
    match way:
        case "close":
            databases.close()
            assert list(databases) == []
        case "with":
            with databases:
                pass
        case "break":
            for _ in databases:
                break
            del databases
            gc.collect()
        case _:
            del databases
            gc.collect()
    _until_ended(processes)


def test_an_error_is_raised_in_its_place_and_the_next_call_goes_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    body = (
        "if seed == 1: raise ConfigError([Problem('tables', 'are too many')])\n"
        "    if seed == 2: raise ValueError('odd')\n"
        "    if seed == 4: os.kill(os.getpid(), signal.SIGKILL)"
    )
    _patched(monkeypatch, body)
    with iter_databases(tiny_config(), range(8), jobs=2) as databases:
        assert next(databases).schema.seed == 0
        with pytest.raises(SeedError, match=r"^seed 1: cannot be made: tables: are") as caught:
            next(databases)
        assert isinstance(caught.value.__cause__, ConfigError)
        with pytest.raises(SeedError, match=r"^seed 2: cannot be made: ValueError: odd$"):
            next(databases)
        assert next(databases).schema.seed == 3
        with pytest.raises(SeedError, match=r"^seed 4: its worker died \(SIGKILL"):
            next(databases)
        assert [database.schema.seed for database in databases] == [5, 6, 7]


def test_arguments_are_checked() -> None:
    with pytest.raises(UsageError, match="jobs"):
        iter_databases(tiny_config(), range(3), jobs=0)
    with pytest.raises(ConfigError):
        iter_databases({"no": 1})
    for seeds in (["a"], [0.5], [-1], [1 << 64]):
        with (
            iter_databases(tiny_config(), seeds) as databases,  # type: ignore[arg-type]
            pytest.raises(UsageError, match=r"^seeds: must be integers"),
        ):
            next(databases)


def test_a_script_needs_no_guard(tmp_path: Path) -> None:
    """Workers do not import the main module, as those of multiprocessing do."""
    script = tmp_path / "script.py"
    script.write_text(
        "from plurel_cli import iter_databases\n"
        "config = {'schema': {'tables': 3, 'rows': {'entity': 20, 'activity': 20}}}\n"
        "for database in iter_databases(config, range(3), jobs=2):\n"
        "    print(database.schema.seed)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["0", "1", "2"]
    assert done.stderr == ""


def test_a_stopped_loop_leaves_no_process(tmp_path: Path) -> None:
    """Also when whoever loops is killed."""
    code = (
        "import os, signal; from itertools import count; from plurel_cli import iter_databases\n"
        "config = {'schema': {'tables': 3, 'rows': {'entity': 20, 'activity': 20}}}\n"
        "databases = iter_databases(config, count(), jobs=2)\n"
        "next(databases)\n"
        "print(*[worker._process.pid for worker in databases._workers], flush=True)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    pids = [int(word) for word in done.stdout.split()]
    assert len(pids) == 2
    deadline = time.monotonic() + 20
    while any(_is_running(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def _is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def test_seeds_are_taken_as_they_are_needed() -> None:
    databases = iter_databases(tiny_config(), count(), jobs=1)
    assert [database.schema.seed for database in islice(databases, 3)] == [0, 1, 2]
    databases.close()


# Ctrl-C.

STUCK = """
import polars
from plurel_cli import iter_databases
from plurel_cli.corpus import memory
memory._PROGRAM = {program!r}
databases = iter_databases({config!r}, range({n}), jobs=2)
print(next(databases).schema.seed, flush=True)
try:
    print(next(databases).schema.seed, flush=True)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    open({go!r}, "x").close()
    print(*[database.schema.seed for database in databases])
"""


def test_an_interruption_is_heard_while_a_database_is_waited_for(tmp_path: Path) -> None:
    """Though Polars has the system go on with what a signal interrupts."""
    here, go = tmp_path / "here", tmp_path / "go"
    body = (
        "import os.path, time\n"
        f"    if seed == 1: open({str(here)!r}, 'a').close()\n"
        f"    while seed == 1 and not os.path.exists({str(go)!r}): time.sleep(0.01)"
    )
    code = STUCK.format(program=_program(body), config=TINY, n=7, go=str(go))
    with subprocess.Popen([sys.executable, "-c", code], stdout=-1, text=True) as process:
        assert process.stdout is not None
        try:
            assert process.stdout.readline() == "0\n"
            while not here.exists():
                time.sleep(0.01)
            time.sleep(0.2)  # it waits by now
            process.send_signal(signal.SIGINT)
            out, _ = process.communicate(timeout=60)
        finally:
            process.kill()
    assert out == "interrupted\n1 2 3 4 5 6\n"


def test_an_interruption_at_any_line_loses_no_database() -> None:
    files = (memory.__file__, filling.__file__)
    of_seeds = (Databases._take.__code__, memory._checked.__code__)
    n_lines = n_interrupted = 0

    def trace(frame: FrameType, event: str, _: object) -> Any:
        nonlocal n_lines, n_interrupted
        if frame.f_code.co_filename not in files or frame.f_code in of_seeds:
            return None
        is_given = databases._turns and databases._turns[0].seed > seed
        if event == "line" and not is_given:
            n_lines -= 1
            if n_lines == 0:
                n_interrupted += 1
                raise KeyboardInterrupt
        return trace

    former = sys.gettrace()
    with iter_databases(tiny_config(), count(), jobs=1) as databases:
        for seed in count():
            n_before, n_lines = n_interrupted, seed + 1
            sys.settrace(trace)
            try:
                database = next(databases)
            except KeyboardInterrupt:
                database = next(databases)
            finally:
                sys.settrace(former)
            assert database.schema.seed == seed
            if n_interrupted == n_before:
                break
    assert n_interrupted > 30


def test_what_cannot_be_sent_ends_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    _patched(monkeypatch, "if seed == 1: return open(os.devnull)")
    with iter_databases(tiny_config(), range(3), jobs=1) as databases:
        assert next(databases).schema.seed == 0
        with pytest.raises(SeedError, match=r"^seed 1: its worker died .*pickle"):
            next(databases)
        assert next(databases).schema.seed == 2
