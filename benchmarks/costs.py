"""Measure what work costs, and write `plurel_cli/effort/costs.json`, by which plurel estimates.

Each database is made in a process of its own, with one BLAS thread, and its CPU time is told apart
by kind of work. The costs of units of work are those, none below 0, that give the measured times
with the least relative error.

    python -m benchmarks.costs measure RESULTS      append a line for each database to a file
    python -m benchmarks.costs fit RESULTS          write the costs that these lines give
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]

_SHOP = re.compile(r"cat > shop\.yaml <<'END'\n(.*?)^END$", re.M | re.S)

CASES: list[tuple[str, int, dict[str, Any]]] = [
    *(("realistic", seed, {}) for seed in range(8)),
    *(("stated", 0, {"times": times}) for times in (1, 5, 20)),
    *(("shop", seed, {"times": times}) for seed, times in enumerate((0.2, 1, 8))),
    *(("realistic", seed, {"times": 8, "tables": 4}) for seed in range(10, 15)),
    *((name, 0, {"times": times}) for name in ("names", "texts") for times in (0.5, 2)),
]
"""Those from which the costs of lenses are taken, all others being known."""

CASES: list[tuple[str, int, dict[str, Any]]] = [
    *(
        (name, seed, {})
        for seed in (0, 1, 2)
        for name in ("broad", "realistic_plain", "small", "series")
    ),
    *((name, seed, {}) for seed in (1, 2) for name in ("default", "snowflake", "shallow")),
    *((name, seed, {"times": 30, "tables": 4}) for seed in (0, 1) for name in ("broad", "series")),
    *(("realistic_plain", seed, {"times": 10, "tables": 4}) for seed in (0, 1, 2)),
    *(("broad", seed, {"times": 0.2}) for seed in (3, 4)),
    *(("realistic_plain", seed, {"times": 0.2}) for seed in (3, 4, 5)),
    *(("default", seed, {"times": 10, "tables": 3}) for seed in (0, 1)),
    ("default", 4, {"times": 0.3}),
    ("big_tables", 0, {"times": 0.1}),
    ("big_tables", 1, {}),
    ("worked_example", 0, {}),
    ("social_network", 2, {}),
    *((name, seed, {}) for seed in (6, 7, 8) for name in ("broad", "realistic_plain")),
    *((name, 3, {}) for name in ("default", "layered", "erdos_renyi")),
    *(
        (name, seed, {})
        for seed in range(10, 20)
        for name in ("broad", "realistic_plain", "series")
    ),
    *((name, seed, {}) for seed in (5, 6, 7, 8) for name in ("default", "shallow")),
    *((name, 4, {}) for name in ("barabasi_albert", "random_cauchy", "random_tree")),
    *((name, 5, {}) for name in ("reverse_random_tree", "watts_strogatz")),
    *((name, seed, {"times": 100, "tables": 3}) for seed in (2, 3) for name in ("broad", "series")),
    *(("realistic_plain", seed, {"times": 60, "tables": 4}) for seed in (2, 3, 4, 5)),
    *(("default", seed, {"times": 40, "tables": 3}) for seed in (2, 3)),
    ("social_network", 3, {}),
    *(
        ("broad", 2, {"compression": name})
        for name in ("lz4", "snappy", "gzip", "uncompressed", "zstd")
    ),
    *(
        ("realistic_plain", 4, {"compression": name})
        for name in ("lz4", "snappy", "gzip", "uncompressed", "zstd")
    ),
    *(("realistic", seed, {}) for seed in range(16)),
    *(("realistic", seed, {"times": 0.2}) for seed in range(16, 20)),
    *(("realistic", seed, {"times": 8, "tables": 4}) for seed in range(20, 28)),
    *(("realistic", seed, {"times": 60, "tables": 4}) for seed in (40, 41, 42)),
    *(("stated", 0, {"times": times}) for times in (1, 5, 20)),
    *(("shop", seed, {"times": times}) for seed, times in enumerate((0.2, 1, 8, 40))),
    *((name, 0, {"times": times}) for name in ("names", "texts") for times in (0.5, 2)),
]
"""Config, seed, and how the config is changed."""


def _of_lenses(name: str) -> dict[str, Any]:
    """A config of nothing but names, places and codes, or of nothing but texts and one label."""
    if name == "names":
        kinds = ("person_name", "username", "email", "phone", "uuid", "company", "city", "address")
        columns: dict[str, Any] = {kind: {"lens": kind} for kind in (*kinds, "postcode", "ip")}
    else:
        template = "The {n} of {label: a = one | b = another}, {~: indeed | truly}."
        columns = {f"text_{k}": {"lens": "text", "templates": [template]} for k in range(3)}
        columns |= {"n": {"lens": "integer"}, "label": {"lens": "category", "values": ["a", "b"]}}
        columns["json"] = {"lens": "json", "of": ["n", "label"]}
    tables = {"person": {"rows": 50_000, "columns": columns}}
    return {"schema": {"layout": "explicit"}, "features": {"model": "scm"}, "tables": tables}


def _named(name: str) -> Any:
    """A preset, the shop of the page about it, or the config that has all lenses."""
    from plurel_cli import load_config, parse_config
    from plurel_cli.config.document import parse_yaml

    if name == "shop":
        page = (ROOT / "docs/shop.md").read_text(encoding="utf-8")
        (text,) = _SHOP.findall(page)
        return parse_config(parse_yaml(text, "shop.yaml").data)
    if name in ("names", "texts"):
        return parse_config(_of_lenses(name))
    if name == "stated":
        return load_config(ROOT / "sameness/stated.yaml")
    return load_config(ROOT / f"configs/{'default' if name == 'series' else name}.yaml")


def has_lenses(name: str) -> bool:
    """Whether a config states lenses, or draws some."""
    return name in ("realistic", "shop", "stated", "names", "texts")


def config_of(name: str, changes: dict[str, Any]) -> Any:
    """A shipped config, with more or fewer rows, fewer tables or another compression."""
    from plurel_cli import parse_config

    raw = _named(name).resolved()
    if name == "series":
        raw["features"]["model"] = "series"
    times = changes.get("times", 1)
    for kind, rows in raw["schema"]["rows"].items():
        if isinstance(rows, dict):
            bounds = {key: max(1, int(rows[key] * times)) for key in ("min", "max") if key in rows}
            raw["schema"]["rows"][kind] = rows | bounds
    for table in raw.get("tables", {}).values():
        if table.get("rows") is not None:
            table["rows"] = max(1, int(table["rows"] * times))
    if "tables" in changes:
        raw["schema"]["tables"] = changes["tables"]
    if "compression" in changes:
        raw["output"]["compression"] = changes["compression"]
    return parse_config(raw)


class Stopwatch:
    """CPU time of each kind of work, of whichever thread does it, without what it calls for of
    another kind."""

    def __init__(self) -> None:
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self._here = threading.local()

    @contextmanager
    def of(self, kind: str) -> Iterator[None]:
        stack = self._here.__dict__.setdefault("stack", [])
        self._turn(stack)
        stack.append(kind)
        try:
            yield
        finally:
            self._turn(stack)
            stack.pop()

    def _turn(self, stack: list[str]) -> None:
        now = time.thread_time()
        if stack:
            self.seconds[stack[-1]] += now - self._here.began
        self._here.began = now


class Timed:
    """A block column whose work is timed."""

    def __init__(self, column: Any, watch: Stopwatch, kind: str) -> None:
        self._column, self._watch, self._kind = column, watch, kind

    def block(self, index: int) -> Any:
        with self._watch.of(self._kind):
            return self._column.block(index)


def measured(name: str, seed: int, changes: dict[str, Any]) -> dict[str, Any]:
    """Make a database, and tell what it took and of what it consists."""
    from benchmarks.memory import peak_mib
    from plurel_cli import generate_to
    from plurel_cli.connectivity.stage import DatabaseKeys
    from plurel_cli.effort.drawn import DrawnDatabase
    from plurel_cli.effort.machine import slowness
    from plurel_cli.plan import Plan
    from plurel_cli.temporal.clock import Clock

    with tempfile.TemporaryDirectory() as warm:  # what a process loads but once, such as words
        generate_to(Path(warm) / "db", ROOT / "configs/small.yaml", 0)
        if has_lenses(name):
            generate_to(Path(warm) / "lenses", config_of("stated", {"times": 0.01}), 0)
    config, watch = config_of(name, changes), Stopwatch()
    for owner, method, kind in (
        (Clock, "column", "times"), (DatabaseKeys, "column", "keys"),
        (Plan, "features", "values"), (Plan, "column", "values"),
    ):  # fmt: skip
        _watch_columns(owner, method, kind, watch)
    after, whole = Plan.after, Clock.whole

    def timed_after(self: Any, stage: Any) -> Any:
        with watch.of("fit" if stage == "features" else "schema"):
            return after(self, stage)

    def timed_whole(self: Any, table: Any) -> Any:
        with watch.of("times"):
            return whole(self, table)

    Plan.after, Clock.whole = timed_after, timed_whole  # type: ignore[method-assign]
    slow = [slowness()]
    with tempfile.TemporaryDirectory() as folder:
        place, began, resident = Path(folder) / "db", time.process_time(), _resident()
        schema = generate_to(place, config, seed)
        cpu, peak = time.process_time() - began, peak_mib()
        files = {str(p.relative_to(place)): p.stat().st_size for p in place.rglob("*.*")}
        columns = _column_bytes(place, schema)
    slow.append(slowness(anew=True))
    drawn = DrawnDatabase.of(config, seed)
    watch.seconds["writing"] = cpu - sum(watch.seconds.values())
    return {
        "config": name, "seed": seed, "changes": changes, "rows": drawn.rows,
        "cells": drawn.cells, "cpu": cpu, "seconds": watch.seconds, "slowness": slow,
        "peak": peak, "before": resident, "files": files, "columns": columns,
    }  # fmt: skip


def _resident() -> float:
    """MiB now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def _watch_columns(owner: Any, method: str, kind: str, watch: Stopwatch) -> None:
    original = getattr(owner, method)

    def column(self: Any, *arguments: Any) -> Any:
        with watch.of(kind):
            return Timed(original(self, *arguments), watch, kind)

    setattr(owner, method, column)


def _column_bytes(place: Path, schema: Any) -> dict[str, dict[str, int]]:
    """Bytes of every column of every table, without what tells of them at a file's end."""
    import duckdb

    found: dict[str, dict[str, int]] = {}
    for table in schema.tables:
        query = (
            "select path_in_schema, sum(total_compressed_size) from parquet_metadata(?) group by 1"
        )
        rows = duckdb.execute(query, [str(place / f"{table.name}.parquet")]).fetchall()
        found[table.name] = {name: int(size) for name, size in rows}
    return found


def one(case: tuple[str, int, dict[str, Any]]) -> dict[str, Any]:
    """What one database takes, in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.costs", "one", json.dumps(case)]
    single = {f"{name}_NUM_THREADS": "1" for name in ("OPENBLAS", "OMP", "MKL")}
    run = subprocess.run(
        command, cwd=ROOT, env=os.environ | single, capture_output=True, text=True, check=True
    )
    found: dict[str, Any] = json.loads(run.stdout)
    return found


def measure(results: Path) -> None:
    """Append what each case takes to a file."""
    done = set()
    if results.exists():
        lines = [json.loads(line) for line in results.read_text().splitlines()]
        done = {json.dumps([line["config"], line["seed"], line["changes"]]) for line in lines}
    for case in CASES:
        if json.dumps(case) in done:
            continue
        line = one(case)
        with results.open("a") as file:
            file.write(f"{json.dumps(line)}\n")
        print(case, f"{line['rows']:,} rows, {line['cpu']:.2f} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("measure", "fit", "one"))
    parser.add_argument("results")
    options = parser.parse_args()
    if options.what == "one":
        print(json.dumps(measured(*json.loads(options.results))))
    elif options.what == "measure":
        measure(Path(options.results))
    else:
        from benchmarks.costs_fit import fit

        fit(Path(options.results))


if __name__ == "__main__":
    main()
