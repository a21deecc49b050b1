"""Fit the costs of units of work to measured databases; see `benchmarks.costs`."""

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import nnls

from benchmarks.costs import ROOT, config_of
from plurel_cli.effort.amounts import OF_TABLES, work_of
from plurel_cli.effort.drawn import DrawnDatabase
from plurel_cli.effort.node_amounts import Amounts
from plurel_cli.effort.sizes import cells, file_amounts, held_amounts

_LEAST_S = 0.003
_LEAST_BYTES = 300
_RIDGE = 0.02
_ROUNDS = 6


def fitted(
    amounts: Sequence[Amounts], truth: Sequence[float], least: float, power: float = 1.0
) -> dict[str, float]:
    """Costs of units, none below 0, that give the true totals with the least relative error.

    Errors are divided by what is expected, round after round, rather than by the truth, which would
    favour costs that are too low.

    Parameters
    ----------
    amounts
        Units of each database.
    truth
        What each took.
    least
        Totals below it count as much as it.
    power
        Of the total by which errors are divided: 0.5 where the totals are to be added up, to which
        the least relative error would be unfair.
    """
    names = sorted({name for some in amounts for name in some if some[name]})
    table = np.array([[some[name] for name in names] for some in amounts], dtype=float)
    expected, found = np.array(truth, dtype=float), np.zeros(len(names))
    for _ in range(_ROUNDS):
        weights = np.maximum(expected, least) ** -power
        weighed = table * weights[:, None]
        scale = np.sqrt(np.square(weighed).sum(axis=0))
        left = np.vstack([weighed / scale, _RIDGE * np.eye(len(names))])
        right = np.concatenate([np.array(truth) * weights, np.zeros(len(names))])
        found = nnls(left, right, maxiter=100 * len(names))[0] / scale
        expected = np.sqrt(np.maximum(expected, least) * np.maximum(table @ found, least))
    costs = zip(names, found, strict=True)
    return {name: float(f"{cost:.4g}") for name, cost in costs if cost > 0}


def read(results: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in results.read_text().splitlines()]


def drawn_of(line: dict[str, Any]) -> DrawnDatabase:
    return DrawnDatabase.of(config_of(line["config"], line["changes"]), line["seed"])


def fit(results: Path) -> None:
    """Write the costs."""
    lines = read(results)
    databases = [drawn_of(line) for line in lines]
    usual = statistics.median(min(line["slowness"]) for line in lines)
    seconds = {}
    for kind in OF_TABLES:
        truth = [
            line["seconds"].get(kind, 0.0) * usual / statistics.mean(line["slowness"])
            for line in lines
        ]
        seconds[kind] = fitted([work_of(one)[kind] for one in databases], truth, _LEAST_S)
    size, compression = _sizes(lines, databases)
    found = {
        "measured": f"{len(lines)} databases, {sum(line['rows'] for line in lines):,} rows",
        "slowness": round(usual, 3),
        "seconds": seconds,
        "size": size,
        "compression": compression,
        "files": _files(lines, databases),
        "memory": fitted(
            [held_amounts(one) for one in databases],
            [line["peak"] * 2**20 for line in lines],
            1.0,
        ),
    }
    path = ROOT / "plurel_cli/effort/costs.json"
    path.write_text(json.dumps(found, indent=1) + "\n")


def _sizes(
    lines: Sequence[dict[str, Any]], databases: Sequence[DrawnDatabase]
) -> tuple[dict[str, list[float]], dict[str, dict[str, float]]]:
    """Bytes of cells by sort, and how they change with compression."""
    units: defaultdict[str, list[Amounts]] = defaultdict(list)
    truth: defaultdict[str, list[float]] = defaultdict(list)
    total: defaultdict[tuple[str, str, str], float] = defaultdict(float)
    for line, drawn in zip(lines, databases, strict=True):
        compression = drawn.output.compression
        for table in drawn.schema.tables:
            for column, some in zip(table.columns, cells(drawn, table), strict=True):
                n_bytes = line["columns"][table.name][column.name]
                word = some.sort.partition("_")[0]
                if "compression" in line["changes"]:
                    total[line["config"], compression, word] += n_bytes
                if compression != "zstd":
                    continue
                for sort in (some.sort, word):
                    units[sort].append(Counter(cell=some.rows, bit=some.rows * some.bits, column=1))
                    truth[sort].append(n_bytes)
    size = {}
    for sort in sorted(units):
        costs = fitted(units[sort], truth[sort], _LEAST_BYTES, power=0.5)
        size[sort] = [costs.get(name, 0.0) for name in ("cell", "bit", "column")]
    factors: dict[str, dict[str, float]] = defaultdict(dict)
    names = sorted({name for _, name, _ in total})
    for name in names:
        for word in sorted({word for _, _, word in total}):
            ours = sum(n for (_, other, its), n in total.items() if (other, its) == (name, word))
            zstd = sum(n for (_, other, its), n in total.items() if (other, its) == ("zstd", word))
            factors[name][word] = round(ours / zstd, 3)
    return size, factors


def _files(lines: Sequence[dict[str, Any]], databases: Sequence[DrawnDatabase]) -> dict[str, float]:
    """Bytes of files beside their columns."""
    ends, schemas, amounts = [], [], [file_amounts(one) for one in databases]
    for line in lines:
        in_columns = sum(n for table in line["columns"].values() for n in table.values())
        tables = sum(n for name, n in line["files"].items() if name.endswith(".parquet"))
        ends.append(tables - in_columns)
        schemas.append(line["files"]["schema.json"])
    of_ends = [Counter({k: some[k] for k in ("file", "column")}) for some in amounts]
    of_schemas = [
        Counter({k: some[k] for k in ("text", "boundary")} | {"schema": 1}) for some in amounts
    ]
    return fitted(of_ends, ends, _LEAST_BYTES) | fitted(of_schemas, schemas, _LEAST_BYTES)
