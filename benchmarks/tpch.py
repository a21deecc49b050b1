"""TPC-H's shape, with the features of `configs/broad.yaml`, beside TPC-H's own generator in Rust.

A database with the tables, keys, rows and numbers of columns of TPC-H at scale factor 1 is
written as Parquet files by both, in turns; what is compared is CPU time a cell. The environment
variable `PLUREL_TPCHGEN` names the command of tpchgen-cli, a package on PyPI; without it ours is
run alone.
"""

from __future__ import annotations

import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import yaml

COMMAND = "PLUREL_TPCHGEN"

_REPEATS = 3

# Rows, columns beside keys, and the tables referred to.
TABLES: dict[str, tuple[int, int, list[str]]] = {
    "region": (5, 2, []),
    "nation": (25, 2, ["region"]),
    "supplier": (10_000, 5, ["nation"]),
    "part": (200_000, 8, []),
    "customer": (150_000, 6, ["nation"]),
    "partsupp": (800_000, 3, ["part", "supplier"]),
    "orders": (1_500_000, 7, ["customer"]),
    "lineitem": (6_001_215, 13, ["orders", "partsupp"]),
}
"""TPC-H at scale factor 1."""

_CELLS_OF_TPCH = sum(
    rows * columns
    for rows, columns in zip(
        (5, 25, 10_000, 200_000, 150_000, 800_000, 1_500_000, 6_001_215),
        (3, 4, 7, 9, 8, 5, 9, 16),
        strict=True,
    )
)


def config() -> dict[str, Any]:
    """The config of such a database."""
    settings: dict[str, Any] = yaml.safe_load(Path("configs/broad.yaml").read_text())
    tables = {
        name: {"rows": rows, "columns": columns, "parents": parents}
        for name, (rows, columns, parents) in TABLES.items()
    }
    return {**settings, "schema": {"layout": "explicit"}, "tables": tables}


def _seconds(command: list[str]) -> float:
    """CPU time of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def run() -> None:
    """CPU time a cell of both."""
    other = os.environ.get(COMMAND)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        path = folder / "tpch.yaml"
        path.write_text(yaml.safe_dump(config(), sort_keys=False))
        plurel = str(Path(sys.executable).with_name("plurel"))
        ours = [plurel, "generate", "-c", str(path), "--seed", "0", "--force", "-o", f"{place}/db"]
        cells = sum(
            rows * (1 + columns + len(parents)) for rows, columns, parents in TABLES.values()
        )
        _seconds(ours)  # which may compile
        ratios = []
        for _ in range(_REPEATS):
            began = time.perf_counter()
            here = 1e6 * _seconds(ours) / cells
            seconds = time.perf_counter() - began
            line = f"  {here:.3f} µs of CPU a cell, {seconds:.0f} s by the clock"
            if other:
                theirs = [other, "parquet", "-s", "1", f"--output-dir={place}/tpch"]
                there = 1e6 * _seconds(theirs) / _CELLS_OF_TPCH
                shutil.rmtree(f"{place}/tpch")  # it makes no file anew that is there
                ratios.append(here / there)
                line += f"; tpchgen {there:.3f}, {here / there:.2f} times"
            print(line)
        if ratios:
            print(f"TPC-H's shape: {statistics.median(ratios):.2f} times tpchgen's time a cell")
        else:
            print(f"no tpchgen; {COMMAND} may name its command")


if __name__ == "__main__":
    run()
