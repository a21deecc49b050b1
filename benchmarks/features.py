"""Features: CPU time a cell of the published default and of configs/broad.yaml, seeds 0 to 9.

Each config runs in a process of its own with one BLAS thread, so that its peak memory is its own.
A cell is one value of a feature column; imports do not count. A series of larger and larger
tables shows how the cost grows.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).parents[1]

_SEEDS = """
import json, sys, time
from plurel_cli import load_config
from benchmarks.features_alone import features_of
from benchmarks.memory import peak_mib

config = load_config(sys.argv[1])
seen = []
for seed in range(10):
    schema, make = features_of(config, seed)
    began = time.process_time()
    planned = make()
    seconds = time.process_time() - began
    cells = sum(len(table.features) * table.rows for table in schema.tables)
    encodings = sum(
        len(node.of_row) * table.rows
        for table in planned.tables if table.causal is not None
        for node in table.causal.nodes if node.is_used
    )
    redrawn = sum(
        node.attempt > 0
        for table in planned.tables if table.causal is not None for node in table.causal.nodes
    )
    seen.append([cells, seconds, encodings, redrawn])
print(json.dumps([seen, peak_mib()]))
"""

_LARGE = """
import json, sys, time
from plurel_cli import parse_config
from benchmarks.features_alone import features_of
from benchmarks.memory import peak_mib

rows = int(sys.argv[1])
config = parse_config({
    "schema": {"layout": "explicit", "columns": 6},
    "tables": {
        "user": {"rows": max(500, rows // 100)},
        "order": {"rows": rows, "parents": ["user"]},
    },
})
seen = []
for seed in range(3):
    schema, make = features_of(config, seed)
    began = time.process_time()
    make()
    cells = sum(len(table.features) * table.rows for table in schema.tables)
    seen.append((time.process_time() - began) / cells)
print(json.dumps([seen, peak_mib()]))
"""


def _run(code: str, argument: str) -> object:
    single = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code), argument],
        check=True,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | single,
    )
    return json.loads(done.stdout)


def run() -> None:
    for name in ("default", "broad"):
        seen, peak = _run(_SEEDS, f"configs/{name}.yaml")  # type: ignore[misc]
        cells, seconds = sum(run[0] for run in seen), sum(run[1] for run in seen)
        costs = [1e6 * run[1] / run[0] for run in seen]
        print(f"features of configs/{name}.yaml, seeds 0 to 9, one thread")
        print(
            f"  {1e6 * seconds / cells:.2f} µs a cell over all ({cells:,} cells), median database "
            f"{statistics.median(costs):.2f}, from {min(costs):.2f} to {max(costs):.2f}"
        )
        print(
            f"  {sum(run[2] for run in seen) / cells:.1f} encodings of causes of the same row a "
            f"cell, {sum(run[3] for run in seen)} nodes drawn anew, peak memory {peak:.0f} MiB"
        )
    print("features of one large table of 6 columns and a small parent, three seeds")
    for rows in (10**4, 10**5, 10**6, 10**7):
        seen, peak = _run(_LARGE, str(rows))  # type: ignore[misc]
        cost = ", ".join(f"{1e6 * seconds:.2f}" for seconds in seen)
        print(f"  {rows:12,} rows: {cost} µs a cell, peak memory {peak:.0f} MiB")
