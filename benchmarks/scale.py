"""One large database of keys and dates: cost a row and peak memory, from 10⁴ to 10⁸ rows.

Each size is made in its own process, so that its peak memory can be told apart, and beside it
another process writes the same finished frames with Polars alone. The time leaves out imports.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_mib
from plurel_cli import Config, generate_to, parse_config

_SIZES = (10**4, 10**5, 10**6, 10**7, 10**8)
_REPEATS = 3
_LEAST_S = 0.5


def _config(n_rows: int, part_rows: int | None) -> Config:
    return parse_config(
        {
            "schema": {"layout": "explicit"},
            "features": {"model": "none"},
            "output": {"part_rows": part_rows},
            "tables": {
                "user": {"rows": n_rows // 10},
                "product": {"rows": n_rows // 10},
                "store": {"rows": n_rows // 10},
                "order": {"rows": n_rows * 7 // 10, "parents": ["user", "product", "store"]},
            },
        }
    )


def _timed(run: Callable[[], object]) -> dict[str, float]:
    """Seconds by the clock and of the CPU, of a run; of many after one, where they are short."""
    n = 1
    while True:
        began, cpu = time.perf_counter(), time.process_time()
        for _ in range(n):
            run()
        seconds, spent = time.perf_counter() - began, time.process_time() - cpu
        if seconds >= _LEAST_S:
            return {"seconds": seconds / n, "cpu": spent / n, "peak": peak_mib()}
        n = 1 + int(n * _LEAST_S / seconds)


def _ours(folder: Path, n_rows: int, part_rows: int | None) -> dict[str, float]:
    config = _config(n_rows, part_rows)
    return _timed(lambda: generate_to(folder, config, 1, force=True))


def _polars_alone(folder: Path, other: Path) -> dict[str, float]:
    import polars as pl

    frames = {path.stem: pl.read_parquet(path).rechunk() for path in folder.glob("*.parquet")}

    def write() -> None:
        for name, frame in frames.items():
            frame.write_parquet(other / f"{name}.parquet", compression="zstd")

    return _timed(write)


def _apart(*arguments: object) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.scale", *map(str, arguments)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _row(root: Path, n_rows: int) -> None:
    folder, other = root / "ours", root / "other"
    other.mkdir(exist_ok=True)
    ours, theirs = [], []
    for _ in range(_REPEATS):
        ours.append(_apart("ours", folder, n_rows))
        theirs.append(_apart("polars", folder, other))
    medians = {key: statistics.median(one[key] for one in ours) for key in ours[0]}
    pairs = zip(ours, theirs, strict=True)
    rate = statistics.median(b["seconds"] / a["seconds"] for a, b in pairs)
    clock, cpu = (medians[key] / n_rows * 1e9 for key in ("seconds", "cpu"))
    print(
        f"  {n_rows:11,} rows: {medians['seconds']:7.3f} s, {clock:5.0f} ns a row (CPU {cpu:5.0f}),"
        f" peak {medians['peak']:4.0f} MiB, {rate:.2f} times Polars' rate"
    )


def run() -> None:
    print("structure-only databases, 3 foreign keys in the largest table of 4")
    with tempfile.TemporaryDirectory() as place:
        for n_rows in _SIZES:
            _row(Path(place), n_rows)
        cut = _apart("ours", Path(place) / "cut", _SIZES[-1], 1 << 20)
        print(f"  the last one in files of 2²⁰ rows: {cut['seconds']:.1f} s, {cut['peak']:.0f} MiB")


def _main(what: str, folder: str, *rest: str) -> None:
    if what == "ours":
        part_rows = int(rest[1]) if len(rest) > 1 else None
        print(json.dumps(_ours(Path(folder), int(rest[0]), part_rows)))
    else:
        print(json.dumps(_polars_alone(Path(folder), Path(rest[0]))))


if __name__ == "__main__":
    _main(*sys.argv[1:])
