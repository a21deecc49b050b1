"""Measure what tasks cost, and write `task_costs.json` of `plurel_cli/effort` for estimates.

Databases are made as in `benchmarks.costs`, each in a process of its own; what is timed here is
their tasks alone, with the scores of columns that the RelBench layout has.

    python -m benchmarks.task_costs measure RESULTS    append a line for each database to a file
    python -m benchmarks.task_costs fit RESULTS        write the costs that these lines give
    python -m benchmarks.task_costs compare RESULTS    costs beside databases of other seeds
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from benchmarks.costs import ROOT, config_of
from benchmarks.costs_fit import fitted, read
from plurel_cli.effort.costs import costs
from plurel_cli.effort.drawn import DrawnDatabase
from plurel_cli.effort.task_amounts import task_files, task_memory, task_work

ALL = ["completion", "attribute", "forecast", "link"]

_SOME: list[dict[str, Any]] = [
    {"kinds": []},
    {"kinds": ["completion"]},
    {"kinds": ALL},
    {"kinds": ["forecast", "link"], "score": "fast"},
    {"kinds": ALL, "score": "fast"},
    {"kinds": ALL, "score": "full"},
]

CASES: list[tuple[str, int, float, dict[str, Any]]] = [
    *(("realistic", 60 + n, (0.2, 1.0, 0.5)[n % 7 % 3], _SOME[n % 6]) for n in range(24)),
    *(("realistic", 100 + n, 3.0, some) for n, some in enumerate(_SOME[2:])),
    *(("realistic_plain", 60 + n, 1.0, some) for n, some in enumerate(_SOME)),
    *(("realistic", 110 + n, 1.0, some | {"max": 24}) for n, some in enumerate(_SOME[2:5])),
]
"""Config, seed, times as many rows, and settings of tasks."""

HELD_OUT: list[tuple[str, int, float, dict[str, Any]]] = [
    *(("realistic", 200 + n, (1.0, 0.3, 2.0)[n % 3], _SOME[n % 6]) for n in range(12)),
]

_LEAST_S = 0.02
_LEAST_BYTES = 2000


def _config(case: tuple[str, int, float, dict[str, Any]]) -> Any:
    from plurel_cli import parse_config

    name, _, times, tasks = case
    raw = config_of(name, {"times": times}).resolved()
    raw["output"]["layout"] = "relbench"
    raw["tasks"] |= tasks
    return parse_config(raw)


def measured(case: tuple[str, int, float, dict[str, Any]]) -> dict[str, Any]:
    """Make a database, and tell what its tasks took."""
    from benchmarks.memory import peak_mib
    from plurel_cli import generate_to
    from plurel_cli.effort.machine import slowness
    from plurel_cli.storage import database
    from plurel_cli.tasks import writer

    spent = [0.0]

    def timed(function: Any) -> Any:
        def call(*arguments: Any, **options: Any) -> Any:
            began = time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                spent[0] += time.process_time() - began

        return call

    with tempfile.TemporaryDirectory() as warm:  # what a process loads but once
        small = config_of("small", {}).resolved()
        small["output"]["layout"], small["tasks"] = "relbench", {"kinds": ALL, "score": "fast"}
        generate_to(Path(warm) / "db", small, 0)
    made_by, dataset = writer.task_writer, database.write_dataset
    database.write_dataset = timed(dataset)

    def timed_writer(*arguments: Any) -> Any:
        write = made_by(*arguments)
        return None if write is None else timed(write)

    from plurel_cli import pipeline

    pipeline.task_writer = timed_writer
    slow = [slowness()]
    with tempfile.TemporaryDirectory() as folder:
        began, place = time.process_time(), Path(folder) / "db"
        schema = generate_to(place, _config(case), case[1])
        cpu, peak = time.process_time() - began, peak_mib()
        sizes = {str(p.relative_to(place)): p.stat().st_size for p in place.rglob("*.*")}
    slow.append(slowness(anew=True))
    recorded = sum(len(json.dumps(t.model_dump(mode="json"))) for t in schema.tasks or ())
    beside = ("tasks/", "manifest.yaml", "scores.json")
    n_bytes = recorded + sum(size for name, size in sizes.items() if name.startswith(beside))
    return {
        "case": case, "cpu": cpu, "tasks": spent[0], "peak": peak * 2**20, "bytes": n_bytes,
        "whole": sum(sizes.values()), "slowness": slow,
        "kinds": Counter(task.kind for task in schema.tasks or ()),
    }  # fmt: skip


def measure(results: Path, cases: list[tuple[str, int, float, dict[str, Any]]]) -> None:
    """Append what each case takes to a file."""
    done = {json.dumps(line["case"]) for line in read(results)} if results.exists() else set()
    for case in cases:
        if json.dumps(case) in done:
            continue
        command = [sys.executable, "-m", "benchmarks.task_costs", "one", json.dumps(case)]
        single = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
        run = subprocess.run(
            command, cwd=ROOT, env=os.environ | single, capture_output=True, text=True, check=True
        )
        line = json.loads(run.stdout)
        with results.open("a") as file:
            file.write(f"{json.dumps(line)}\n")
        print(case, f"{line['cpu']:.2f} s, {line['tasks']:.2f} s of them tasks", flush=True)


def fit(results: Path) -> None:
    """Write the costs."""
    lines = read(results)
    databases = [DrawnDatabase.of(_config(line["case"]), line["case"][1]) for line in lines]
    usual = statistics.median(min(line["slowness"]) for line in lines)
    seconds = [line["tasks"] * usual / statistics.mean(line["slowness"]) for line in lines]
    found = {
        "measured": f"{len(lines)} databases",
        "slowness": round(usual, 3),
        "seconds": fitted([task_work(one) for one in databases], seconds, _LEAST_S),
        "files": fitted(
            [task_files(one) for one in databases], [line["bytes"] for line in lines], _LEAST_BYTES
        ),
        "memory": fitted(
            [task_memory(one) for one in databases], [line["peak"] for line in lines], 1.0
        ),
    }
    path = ROOT / "plurel_cli/effort/task_costs.json"
    path.write_text(json.dumps(found, indent=1) + "\n")


def compare(results: Path) -> None:
    """Print how near the costs come."""
    from plurel_cli.effort.estimate import on_machine

    ratios: defaultdict[str, list[float]] = defaultdict(list)
    for line in read(results):
        slow = statistics.mean(line["slowness"])
        taken = on_machine(_config(line["case"]), line["case"][1], slow)
        one = {
            "tasks": taken.seconds["tasks"] / max(line["tasks"], 1e-9),
            "seconds": taken.total_s / line["cpu"],
            "bytes": taken.bytes / line["whole"],
            "memory": taken.memory / line["peak"],
        }
        told = ", ".join(f"{name} {ratio:.2f}" for name, ratio in one.items())
        print(f"  {line['case']}: {line['tasks']:.2f} of {line['cpu']:.2f} s; {told}")
        for name, ratio in one.items():
            ratios[name].append(ratio)
    for name, every in ratios.items():
        within = sum(1 / 1.5 <= ratio <= 1.5 for ratio in every)
        typical = math.exp(statistics.mean(abs(math.log(ratio)) for ratio in every))
        print(
            f"  {name}: within a factor of 1.5 in {within} of {len(every)}, median "
            f"{statistics.median(every):.2f}, typical factor {typical:.2f}"
        )
    print(f"  costs of a machine of slowness {costs().slowness}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("measure", "held", "fit", "compare", "one"))
    parser.add_argument("results")
    options = parser.parse_args()
    if options.what == "one":
        print(json.dumps(measured(json.loads(options.results))))
    elif options.what in ("measure", "held"):
        measure(Path(options.results), CASES if options.what == "measure" else HELD_OUT)
    else:
        {"fit": fit, "compare": compare}[options.what](Path(options.results))


if __name__ == "__main__":
    main()
