"""Whether estimates are right: predicted against measured, of databases that no cost was fitted to.

Each database is made in a process of its own; CPU seconds, bytes on the disk and peak memory are
compared with those of `plurel estimate`, seconds by how slow the machine is at the time.

    python -m benchmarks estimate                   a dozen small databases
    python -m benchmarks.estimate RESULTS           those that `benchmarks.costs measure` measured
"""

from __future__ import annotations

import json
import math
import statistics
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any

from benchmarks.costs import config_of, one
from plurel_cli.effort.amounts import KINDS
from plurel_cli.effort.costs import costs
from plurel_cli.effort.estimate import estimate
from plurel_cli.effort.machine import slowness

CASES: tuple[tuple[str, int, dict[str, Any]], ...] = (
    ("default", 31, {}),
    ("default", 32, {"times": 0.5}),
    ("broad", 31, {}),
    ("broad", 32, {"times": 40, "tables": 4}),
    ("realistic_plain", 31, {}),
    ("realistic_plain", 32, {}),
    ("realistic_plain", 33, {"times": 20, "tables": 4}),
    ("series", 31, {}),
    ("layered", 31, {}),
    ("snowflake", 31, {}),
    ("worked_example", 31, {}),
    ("big_tables", 31, {"times": 0.3}),
    *(("realistic", seed, {}) for seed in (31, 32, 33)),
    ("realistic", 34, {"times": 20, "tables": 4}),
    *(("shop", 31, {"times": times}) for times in (0.5, 4)),
)
"""Config, seed, and how the config is changed; see `benchmarks.costs`."""

_FACTOR = 1.5


def compared(line: dict[str, Any]) -> dict[str, float]:
    """Predicted over measured, of seconds, bytes and memory, and of the seconds of each kind."""
    config = config_of(line["config"], line["changes"])
    found = estimate(config, line["seed"])
    if (found.rows, found.cells) != (line["rows"], line["cells"]):
        raise SystemExit(f"{line['config']}: {found.cells} cells, not {line['cells']}")
    rate = costs().slowness / slowness()
    then = statistics.mean(line["slowness"]) / costs().slowness
    ratios = {
        "seconds": found.total_s * rate * then / line["cpu"],
        "bytes": found.bytes / sum(line["files"].values()),
        "memory": found.memory / (line["peak"] * 2**20),
    }
    for kind in KINDS:
        seconds = line["seconds"].get(kind, 0.0)
        if seconds > 0.05 * line["cpu"]:
            ratios[kind] = found.seconds[kind] * rate * then / seconds
    return ratios


def tell(lines: list[dict[str, Any]]) -> None:
    """Print each database and how many are within the factor."""
    every: defaultdict[str, list[float]] = defaultdict(list)
    for line in lines:
        ratios = compared(line)
        changes = "".join(f", {key} {value}" for key, value in line["changes"].items())
        told = ", ".join(f"{key} {ratios[key]:.2f}" for key in ("seconds", "bytes", "memory"))
        print(
            f"  {line['config']}, seed {line['seed']}{changes}: {line['rows']:,} rows, "
            f"{line['cpu']:.2f} s; predicted over measured: {told}"
        )
        for name, ratio in ratios.items():
            every[name].append(ratio)
    for name, found in every.items():
        within = sum(1 / _FACTOR <= ratio <= _FACTOR for ratio in found)
        print(
            f"  {name}: within a factor of {_FACTOR} in {within} of {len(found)}, median "
            f"{statistics.median(found):.2f}, from {min(found):.2f} to {max(found):.2f}, typical "
            f"factor {math.exp(statistics.mean(abs(math.log(ratio)) for ratio in found)):.2f}"
        )


def run() -> None:
    print("estimates of databases beside what they took, by CPU time")
    tell([one(case) for case in CASES])


if __name__ == "__main__":
    if len(sys.argv) > 1:
        path = Path(sys.argv[1])
        tell([json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()])
    else:
        run()
