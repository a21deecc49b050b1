"""Databases per hour beside the published implementation, both with one process per core.

The published package (`plurel` on PyPI) is large and no dependency of ours. The environment
variable `PLUREL_REFERENCE_PYTHON` names a Python that has it; docs/benchmarks.md says how to make
one. It has no command for many databases, so it is run as its users would: a process pool over
seeds, one thread each, every database saved as Parquet files. Both make databases by the same
published settings.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import polars as pl

PYTHON = "PLUREL_REFERENCE_PYTHON"

_REPEATS = 2
_OURS, _THEIRS = 120, 12
_SCRIPT = """
import os, sys
for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

def make(task):
    import torch
    torch.set_num_threads(1)
    from plurel import Config, SyntheticDataset
    seed, place = task
    SyntheticDataset(seed=seed, config=Config()).make_db().save(f"{place}/db-{seed}")

if __name__ == "__main__":
    place, n, jobs = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        list(pool.map(make, [(seed, place) for seed in range(n)]))
"""


def _ours(folder: Path, jobs: int) -> None:
    plurel = str(Path(sys.executable).with_name("plurel"))
    command = [plurel, "corpus", "-c", "configs/default.yaml", "--seeds", f"0:{_OURS}"]
    subprocess.run(
        [*command, "--jobs", str(jobs), "-o", str(folder / "corpus")],
        check=True,
        capture_output=True,
    )


def _theirs(folder: Path, jobs: int) -> None:
    script = folder / "make.py"
    script.write_text(_SCRIPT)
    command = [os.environ[PYTHON], str(script), str(folder), str(_THEIRS), str(jobs)]
    subprocess.run(command, check=True, capture_output=True)


def _cells(folder: Path) -> int:
    """Cells of all tables below a folder."""
    total = 0
    for path in folder.rglob("*.parquet"):
        lazy = pl.scan_parquet(path)
        n_columns = len(lazy.collect_schema())
        total += n_columns * lazy.select(pl.len()).collect().item()
    return total


def _rate(make: Callable[[Path, int], None], n: int, jobs: int) -> tuple[float, float]:
    """Databases and million cells an hour."""
    with tempfile.TemporaryDirectory() as place:
        began = time.perf_counter()
        make(Path(place), jobs)
        hours = (time.perf_counter() - began) / 3600
        return n / hours, _cells(Path(place)) / hours / 1e6


def run() -> None:
    print("databases per hour, default settings, one process per core")
    if PYTHON not in os.environ:
        print(f"  {PYTHON} names no Python with the published package: not compared")
        return
    jobs = len(os.sched_getaffinity(0))
    pairs = [(_rate(_ours, _OURS, jobs), _rate(_theirs, _THEIRS, jobs)) for _ in range(_REPEATS)]
    for name, side in (("plurel-cli", 0), ("published", 1)):
        databases, cells = (statistics.median(pair[side][i] for pair in pairs) for i in (0, 1))
        print(f"  {name:10} {databases:8,.0f} databases, {cells:8,.1f} million cells")
    for what, i in (("databases", 0), ("cells", 1)):
        print(f"  ratio of {what} {statistics.median(a[i] / b[i] for a, b in pairs):.1f}")
