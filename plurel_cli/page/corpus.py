"""The report of a corpus, as plain data: its databases one by one, and how they are spread.

Databases come from the index and from their schemas, statistics from `measure`, and both stand
beside those of real databases. What is far from the others, or failed, is named.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from plurel_cli.charts.chart import Chart
from plurel_cli.measure.apart.population import real
from plurel_cli.measure.corpus import Comparison, compare
from plurel_cli.measure.databases import Asked, family_of, measure_all
from plurel_cli.measure.family import numbers
from plurel_cli.page.statistics import statistics_chart
from plurel_cli.report.corpus import CorpusMember, describe_corpus
from plurel_cli.schema.model import Schema
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.place import Place, place_of
from plurel_cli.summary.bins import number_bins

_SIZES = ("tables", "foreign_keys", "columns", "rows")
_FAR = 3.5
"""Robust standard scores beyond which a size is far from the others, in logarithms."""

_NORMAL = 0.6745
"""Median absolute deviation of standard normal numbers."""

_BROADEST = 60


def corpus_report(
    folder: str | Place,
    report: Callable[[str, int], None] | None = None,
    *,
    measured: bool = True,
    href: Callable[[str], str] | None = None,
) -> dict[str, Any]:
    """The report of a corpus.

    Parameters
    ----------
    folder
        The corpus, finished or not.
    report
        Called with each database that is read, and its rows.
    measured
        Whether statistics of its databases are taken.
    href
        Gives the address of a database's own report by its name, if there are such.

    Returns
    -------
    dict
        Plain data, for `html.page`.

    Raises
    ------
    FolderError, StorageError
        If it cannot be read.
    """
    root = place_of(folder)
    members = [one for one in describe_corpus(folder).databases if one.status != "removed"]
    whole = [member for member in members if member.layout is not None]
    schemas = {member.name: read_schema(root / member.name) for member in whole}
    finished = [m for m in whole if "features" in schemas[m.name].stages] if measured else []
    comparison = _comparison(root, finished, report)
    outside = {} if comparison is None else _outside(comparison)
    far = _far(whole)
    return {
        "kind": "corpus",
        "title": str(folder).rstrip("/").rpartition("/")[2] or str(folder),
        "facts": _facts(members),
        "spread": [chart.as_dict() for chart in _spreads(whole, comparison)],
        "counts": [chart.as_dict() for chart in _counts(schemas)],
        "databases": [
            {
                **_member(member, schemas[member.name]),
                "outside": outside.get(member.name),
                "far": far.get(member.name, []),
                "href": None if href is None else href(member.name),
            }
            for member in whole
        ],
        "failed": [
            {"name": member.name, "error": member.error or "not there"}
            for member in members
            if member.layout is None
        ],
        "measure": None if comparison is None else statistics_chart(comparison),
        "unmeasured": "No statistics were taken.",
        "foot": "No row is of a real person or thing.",
    }


def _facts(members: Sequence[CorpusMember]) -> list[tuple[str, str]]:
    failed = [member for member in members if member.status == "failed"]
    configs = Counter(member.config for member in members if member.config is not None)
    n_bytes = int(sum(member.bytes or 0 for member in members))
    facts = [
        ("Databases", f"{len(members):,}"),
        ("Failed", f"{len(failed):,}"),
        ("Rows", f"{sum(member.rows for member in members):,}"),
        ("Tables", f"{sum(member.tables for member in members):,}"),
        ("Columns", f"{sum(member.columns for member in members):,}"),
    ]
    if n_bytes:
        facts.append(("Size", f"{n_bytes / 1e6:,.1f} MB"))
    if configs:
        words = ", ".join(f"{name} ({n})" for name, n in configs.most_common())
        facts.append(("Configs", words))
    return facts


def _member(member: CorpusMember, schema: Schema) -> dict[str, Any]:
    places = {table.name: i for i, table in enumerate(schema.tables)}
    window = schema.window
    return {
        "name": member.name,
        "seed": member.seed,
        "config": member.config,
        "layout": member.layout,
        "theme": member.theme,
        "tables": member.tables,
        "foreign_keys": member.foreign_keys,
        "columns": member.columns,
        "rows": member.rows,
        "seconds": member.seconds,
        "window": None if window is None else f"{window.start} to {window.end}",
        "kinds": [table.sort for table in schema.tables],
        "edges": [(places[parent], places[child]) for parent, child, _ in schema.edges],
    }


def _comparison(
    root: Place, members: Sequence[CorpusMember], report: Callable[[str, int], None] | None
) -> Comparison | None:
    if not members:
        return None
    folders = [root / member.name for member in members]
    done = report or (lambda _name, _rows: None)
    results = measure_all(folders, Asked("realism", apart=False), done)
    return compare(family_of("realism"), [result.measured for result in results])


def _outside(comparison: Comparison) -> dict[str, int]:
    """How many statistics of each database lie beyond all real ones."""
    outside = {}
    for database in comparison.databases:
        beyond = 0
        for judged in comparison.judged:
            value, real_ones = database.values.get(judged.name), judged.theirs
            if value is not None and real_ones is not None:
                beyond += not real_ones.min <= value <= real_ones.max
        outside[database.folder.rpartition("/")[2]] = beyond
    return outside


def _far(members: Sequence[CorpusMember]) -> dict[str, list[str]]:
    """Sizes of databases that are far from those of the others."""
    far: dict[str, list[str]] = {}
    for name in _SIZES:
        logs = np.log1p(np.array([getattr(member, name) for member in members], float))
        if not logs.size:
            continue
        away = np.abs(logs - np.median(logs))
        typical = float(np.median(away))
        for member, distance in zip(members, away.tolist(), strict=True):
            if typical > 0 and _NORMAL * distance / typical > _FAR:
                far.setdefault(member.name, []).append(name.replace("_", " "))
    return far


def _spreads(members: Sequence[CorpusMember], comparison: Comparison | None) -> Iterator[Chart]:
    """How sizes and statistics are spread, with the middle half of real databases."""
    theirs = _real_sizes()
    for name in _SIZES:
        values = [float(getattr(member, name)) for member in members]
        yield from _spread(name.replace("_", " "), values, theirs.get(name), are_whole=True)
    for judged in () if comparison is None else comparison.judged:
        measured = () if comparison is None else comparison.databases
        values = numbers(database.values.get(judged.name) for database in measured)
        real_ones = judged.theirs
        band = None if real_ones is None else (real_ones.q25, real_ones.q75)
        yield from _spread(judged.what, values, band, are_whole=False)


def _spread(
    what: str, values: Sequence[float], band: tuple[float, float] | None, *, are_whole: bool
) -> Iterator[Chart]:
    if not values:
        return
    mean = math.fsum(values) / len(values)
    low, high = min(values), max(values)
    if band is not None:
        low, high = min(low, band[0]), max(high, band[1])
    least = low if low > 0 else None
    bins = number_bins(low, high, mean, least, are_whole=are_whole and high - low < _BROADEST)
    counts, edges = np.histogram(values, bins.edges)
    lows, highs = edges[:-1].tolist(), edges[1:].tolist()
    rows: list[int | None] = counts.tolist()
    of = ["here"] * len(rows)
    if band is not None:
        lows, highs = [*lows, band[0]], [*highs, band[1]]
        rows, of = [*rows, None], [*of, "real"]
    name = "spread_log" if bins.scale == "log" else "spread"
    yield Chart(name, what, {"low": lows, "high": highs, "rows": rows, "of": of})


def _real_sizes() -> dict[str, tuple[float, float]]:
    """The middle half of real databases, by size: those of the package, each of whose tables of 30
    rows or more is known.
    """
    members = [member["rows"] for member in real()]
    tables = [float(len(rows["tables"])) for rows in members]
    sums = [
        math.fsum(math.exp(row[0]) for row in rows["tables"] if row[0] is not None)
        for rows in members
    ]
    return {"tables": _middle(tables), "rows": _middle(sums)}


def _middle(values: Sequence[float]) -> tuple[float, float]:
    low, high = np.quantile(np.array(values), [0.25, 0.75]).tolist()
    return low, high


def _counts(schemas: dict[str, Schema]) -> Iterator[Chart]:
    """Databases by layout and theme; tables by kind; columns by type."""
    several = schemas.values()
    tables = [table for schema in several for table in schema.tables]
    for about, counts in (
        ("Databases by layout", Counter(schema.layout for schema in several)),
        ("Databases by theme", Counter(schema.theme for schema in several if schema.theme)),
        ("Tables by kind", Counter(table.sort for table in tables)),
        ("Columns by type", Counter(column.type for table in tables for column in table.columns)),
        (
            "Foreign keys by form",
            Counter(key.form.replace("_", " ") for table in tables for key in table.foreign_keys),
        ),
    ):
        common = counts.most_common(20)
        if common:
            yield Chart(
                "top",
                about,
                {"value": [str(name) for name, _ in common], "rows": [n for _, n in common]},
            )
