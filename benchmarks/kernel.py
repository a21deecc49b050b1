"""What compiled functions save: CPU time a cell of features with them, without, and elsewhere.

With and without them take turns in one process, seed by seed, after one database that does not
count. Another checkout of the package takes turns with this one, each a process a config:

    python -m benchmarks.kernel /path/to/other/checkout
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]

CONFIGS = ("default", "broad", "realistic")

_SEEDS = range(10)

_BOTH = """
import json, sys, time
from plurel_cli import compiled, load_config
from benchmarks.features_alone import features_of

config = load_config(sys.argv[1])
ways = {"compiled": True, "numpy": False}
began = time.process_time()
compiled.use(compiled=True)
loading = time.process_time() - began
seen = []
for seed in (100, *json.loads(sys.argv[2])):
    schema, make = features_of(config, seed)
    taken = {}
    for way, is_compiled in sorted(ways.items(), reverse=seed % 2 == 1):
        compiled.use(compiled=is_compiled)
        began = time.process_time()
        make()
        taken[way] = time.process_time() - began
    cells = sum(len(table.features) * table.rows for table in schema.tables)
    seen.append([cells, taken["compiled"], taken["numpy"]])
print(json.dumps([loading, seen[1:]]))
"""

_ALONE = """
import json, sys, time
from plurel_cli import load_config
from benchmarks.features_alone import features_of

try:
    from plurel_cli import compiled
    compiled.use(compiled=True)
except ImportError:
    pass
config = load_config(sys.argv[1])
config = getattr(config, "config", config)
seen = []
for seed in (100, *json.loads(sys.argv[2])):
    schema, make = features_of(config, seed)
    began = time.process_time()
    make()
    seconds = time.process_time() - began
    seen.append([sum(len(table.features) * table.rows for table in schema.tables), seconds])
print(json.dumps(seen[1:]))
"""


def _run(code: str, checkout: Path, config: str, seeds: list[int]) -> list[list[float]]:
    single = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    done = subprocess.run(
        [sys.executable, "-c", code, f"configs/{config}.yaml", json.dumps(seeds)],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        cwd=checkout,
        env={**os.environ, **single, "PYTHONPATH": str(checkout)},
    )
    made: list[list[float]] = json.loads(done.stdout)
    return made


def run() -> None:
    """Compiled functions against numpy's."""
    if find_spec("numba") is None:
        print("compiled functions: numba is not installed")
        return
    for config in CONFIGS:
        loading, seen = _run(_BOTH, HERE, config, list(_SEEDS))
        cells, fast, slow = (sum(each) for each in zip(*seen, strict=True))  # type: ignore[call-overload]
        ratios = [with_it / without for _, with_it, without in seen]  # type: ignore[misc]
        print(f"features of configs/{config}.yaml, seeds 0 to 9, one thread, {cells:,} cells")
        print(
            f"  {1e6 * fast / cells:.2f} µs a cell compiled, {1e6 * slow / cells:.2f} with numpy: "
            f"{fast / slow:.2f} of it, median {statistics.median(ratios):.2f}, from "
            f"{min(ratios):.2f} to {max(ratios):.2f}; loading {loading:.1f} s"
        )


def against(checkout: Path) -> None:
    """Compiled functions of this checkout against another."""
    for config in CONFIGS:
        if not (checkout / "configs" / f"{config}.yaml").exists():
            continue
        costs = []
        for first in _SEEDS[::2]:
            seeds = [first, first + 1]
            here = _run(_ALONE, HERE, config, seeds)
            there = _run(_ALONE, checkout, config, seeds)
            costs += [
                [seconds / cells, others / of_others]
                for (cells, seconds), (of_others, others) in zip(here, there, strict=True)
            ]
        ratios = [fast / slow for fast, slow in costs]
        print(
            f"configs/{config}.yaml: {statistics.median(ratios):.2f} of its time a cell, "
            f"from {min(ratios):.2f} to {max(ratios):.2f}"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    against(parser.parse_args().checkout.resolve())
