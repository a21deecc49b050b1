"""Corpora: databases an hour with one worker and with two, and what resuming costs.

Both are of whole runs of `plurel corpus`, with the start of its processes. Efficiency is the time
of one worker over twice that of two, in turn in the same run. Where the machine gives less to two
processes than twice what it gives to one, so does it here, so the same is measured of two processes
that only compute, and the CPU time of one worker over that of two, which other load changes less.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.timing import seconds

PLUREL = str(Path(sys.executable).with_name("plurel"))

_TINY = {
    "schema": {"tables": 3, "rows": {"entity": 5, "activity": 20}},
    "features": {"model": "none"},
}

_REPEATS = 3


def _corpus(out: Path, config: str, n: int, *options: str) -> object:
    command = [PLUREL, "corpus", "-c", config, "--seeds", f"0:{n}", "-o", str(out), *options]
    return lambda: subprocess.run(command, check=True, capture_output=True)


def _spin(_: int) -> int:
    return sum(i * i for i in range(20_000_000))


def _machine() -> float:
    """Efficiency of the machine itself."""
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        pool.map(_spin, [0, 0], chunksize=1)
        one = seconds(lambda: pool.map(_spin, [0], chunksize=1))
        two = seconds(lambda: pool.map(_spin, [0, 0], chunksize=1))
    return one / two


def _cpu() -> float:
    """CPU seconds of all processes that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _efficiency(folder: Path, config: str, n: int) -> None:
    ones: list[float] = []
    twos: list[float] = []
    machine, work = [], []
    for _ in range(_REPEATS):
        cpu = [_cpu()]
        for jobs, found in ((1, ones), (2, twos)):
            run = _corpus(folder / "c", config, n, "--force", "--jobs", str(jobs))
            found.append(seconds(run))  # type: ignore[arg-type]
            cpu.append(_cpu())
        work.append((cpu[1] - cpu[0]) / (cpu[2] - cpu[1]))
        machine.append(_machine())
    ratio = statistics.median(one / two / 2 for one, two in zip(ones, twos, strict=True))
    one, two = statistics.median(ones), statistics.median(twos)
    print(
        f"  {config:24} {n:5} databases: {n / one * 3600:8,.0f} an hour with 1 worker,"
        f" {n / two * 3600:8,.0f} with 2, efficiency {ratio:.2f}"
        f" (of bare loops {statistics.median(machine):.2f}),"
        f" by CPU time {statistics.median(work):.2f}"
    )


def _resume(folder: Path, config: str, n: int) -> None:
    out = folder / "resumed"
    _corpus(out, config, n)()  # type: ignore[operator]
    few = seconds(_corpus(folder / "few", config, 1))  # type: ignore[arg-type]
    few = seconds(_corpus(folder / "few", config, 1, "--resume"))  # type: ignore[arg-type]
    every = seconds(_corpus(out, config, n, "--resume"))  # type: ignore[arg-type]
    print(
        f"  resuming {n:,} finished databases of 3 tables: {every:.2f} s, of which {few:.2f} to"
        f" start: {(every - few) / n * 1000:.2f} s a thousand"
    )


def run() -> None:
    print("corpora")
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        tiny = folder / "tiny.yaml"
        tiny.write_text(json.dumps(_TINY))
        _efficiency(folder, "configs/default.yaml", 100)
        _efficiency(folder, "configs/small.yaml", 1000)
        _resume(folder, str(tiny), 2000)
