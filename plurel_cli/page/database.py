"""The report of a database, as plain data: figures, and of its rows some examples alone.

Figures come from `summary`, causes from `report`, statistics from `measure`, and tasks from their
files. A database at an early stage has a shorter report.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from plurel_cli.charts.chart import Chart, HeatMap
from plurel_cli.charts.shapes import column_charts, key_charts, timeline_chart, week_chart
from plurel_cli.errors import StageError
from plurel_cli.measure.corpus import compare
from plurel_cli.measure.databases import Asked, family_of, measure_one
from plurel_cli.page.learned import learned_charts
from plurel_cli.page.origin import origin
from plurel_cli.page.statistics import statistics_chart
from plurel_cli.report.influences import TableInfluences, influences_of
from plurel_cli.report.tasks import scored_of
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.foreign_key import ForeignKey
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.document import read_schema
from plurel_cli.storage.place import Place, place_of
from plurel_cli.summary.columns import ColumnFigures
from plurel_cli.summary.database import TableFigures, figures_of
from plurel_cli.summary.keys import KeyFigures

MEASURED_ROWS = 5_000_000
"""Rows up to which statistics are taken: they need all keys and columns in memory."""

_PARTS = (
    *("own row", "row and parents", "parents", "children", "history", "time"),
    *("hidden traits", "clusters", "own source", "noise"),
)


def database_report(
    folder: str | Place,
    report: Callable[[str, int], None] | None = None,
    *,
    dependence: bool = False,
) -> dict[str, Any]:
    """The report of a database.

    Parameters
    ----------
    folder
        The database, at any stage.
    report
        Called with each table that is done, and its rows.
    dependence
        Whether what can be learned of columns is measured, which takes long.

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
    schema = read_schema(root)
    figures = figures_of(root, report)
    influences = _influences(schema)
    return {
        "kind": "database",
        "title": str(folder).rstrip("/").rpartition("/")[2] or str(folder),
        "facts": _facts(schema),
        "tables": [
            _table(schema, table, one) for table, one in zip(schema.tables, figures, strict=True)
        ],
        "keys": [
            key
            for table, one in zip(schema.tables, figures, strict=True)
            for key in _keys(table, one)
        ],
        "causes": None if influences is None else [_causes(table) for table in influences],
        "dependence": list(_dependence(influences or ())),
        "learned": learned_charts(root) if dependence and is_measured(schema) else None,
        **_statistics(root, schema),
        "tasks": list(_tasks(root, schema)),
        **origin(schema),
    }


def _facts(schema: Schema) -> list[tuple[str, str]]:
    rows = int(sum(table.rows for table in schema.tables))
    facts = [
        ("Seed", str(schema.seed)),
        ("Tables", f"{len(schema.tables):,}"),
        ("Foreign keys", f"{len(schema.edges):,}"),
        ("Columns", f"{sum(len(table.columns) for table in schema.tables):,}"),
        ("Rows", f"{rows:,}"),
        ("Layout", schema.layout),
        *((("Theme", schema.theme),) if schema.theme else ()),
        ("Stages", ", ".join(schema.stages)),
    ]
    if (window := schema.window) is not None:
        facts += [
            ("Window", f"{window.start} to {window.end}"),
            ("Validation from", str(window.val_timestamp)),
            ("Test from", str(window.test_timestamp)),
        ]
    return facts


def _table(schema: Schema, table: Table, figures: TableFigures) -> dict[str, Any]:
    by_name = {column.name: column for column in figures.columns}
    charts = []
    times = figures.times
    if times is not None and schema.window is not None:
        charts = [
            timeline_chart(table.name, times, schema.window),
            week_chart(table.name, times),
        ]
    return {
        "name": table.name,
        "kind": table.sort,
        "rows": table.rows,
        "primary_key": table.primary_key,
        "time_column": table.time_column,
        "columns": [
            *(_column(table, column, by_name.get(column.name)) for column in table.columns),
            *(_hidden(variable.name) for variable in table.hidden),
        ],
        "splits": None if times is None else times.splits,
        "first": None if times is None else times.first,
        "last": None if times is None else times.last,
        "charts": [chart.as_dict() for chart in charts],
    }


def _column(table: Table, column: Column, figures: ColumnFigures | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "name": column.name,
        "type": column.type,
        "role": column.role,
        "what": figures.what if figures else column.role.replace("_", " "),
        "nullable": column.nullable,
        "unique": (column.name,) in table.unique_sets,
        "references": column.references if isinstance(column, ForeignKey) else None,
        "tells_future": isinstance(column, Feature | Attribute) and column.tells_future,
    }
    if figures is None:
        return data
    names = ("rows", "nulls", "distinct", "is_exact", "low", "high", "mean", "sd", "examples")
    return {
        **data,
        **{name: getattr(figures, name) for name in names},
        "charts": [chart.as_dict() for chart in column_charts(figures)],
    }


def _hidden(name: str) -> dict[str, Any]:
    return {"name": name, "type": None, "role": "hidden", "what": "hidden variable"}


def _keys(table: Table, figures: TableFigures) -> Iterator[dict[str, Any]]:
    by_name = {key.column: key for key in figures.keys}
    for key in table.foreign_keys:
        yield _key(table, key, by_name.get(key.name))


def _key(table: Table, key: ForeignKey, figures: KeyFigures | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "child": table.name,
        "column": key.name,
        "parent": key.references,
        "form": key.form.replace("_", " "),
        "nullable": key.nullable,
        "one_child": key.one_child,
    }
    if figures is None:
        return data
    names = ("parents", "rows", "nulls", "mean", "median", "most", "childless", "clusters")
    return {
        **data,
        **{name: getattr(figures, name) for name in names},
        "null_share": figures.nulls / figures.rows,
        "charts": [chart.as_dict() for chart in key_charts(figures)],
    }


def _influences(schema: Schema) -> tuple[TableInfluences, ...] | None:
    try:
        return influences_of(schema)
    except StageError:
        return None


def _causes(influences: TableInfluences) -> dict[str, Any]:
    return {
        "table": influences.table,
        "columns": [
            {
                "name": column.name,
                "kind": column.kind,
                "told": column.told,
                "causes": column.causes,
                "shares": [{"words": one.words, "share": one.share} for one in column.shares],
            }
            for column in influences.columns
        ],
    }


def _dependence(influences: tuple[TableInfluences, ...]) -> Iterator[dict[str, Any]]:
    """For each table with budgets, which part of the database its columns come from."""
    for table in influences:
        columns = [column for column in table.columns if column.shares]
        if not columns:
            continue
        values = [
            [_total(one.share for one in column.shares if one.part == part) for part in _PARTS]
            for column in columns
        ]
        present = [i for i in range(len(_PARTS)) if any(row[i] for row in values)]
        chart = Chart(
            "dependence",
            f"Shares of the variance of columns of {table.table}, by where they come from",
            HeatMap(
                [column.name for column in columns],
                [_PARTS[i] for i in present],
                [[row[i] for i in present] for row in values],
            ),
        )
        yield {**chart.as_dict(), "table": table.table}


def _total(shares: Iterator[float]) -> float:
    import math

    return round(math.fsum(shares), 6)


def is_measured(schema: Schema) -> bool:
    """Whether a database is finished, and of few enough rows for what needs them in memory."""
    rows = int(sum(table.rows for table in schema.tables))
    return "features" in schema.stages and rows <= MEASURED_ROWS


def _statistics(root: Place, schema: Schema) -> dict[str, Any]:
    if "features" not in schema.stages:
        return {"measure": None, "unmeasured": "Statistics are taken of finished databases."}
    if not is_measured(schema):
        words = (
            f"Statistics need all keys and columns in memory, so that a report takes them up to "
            f"{MEASURED_ROWS:,} rows alone. plurel measure takes them of any database."
        )
        return {"measure": None, "unmeasured": words}
    result = measure_one(root, Asked("realism", apart=False))
    return {"measure": statistics_chart(compare(family_of("realism"), [result.measured]))}


def _tasks(root: Place, schema: Schema) -> Iterator[dict[str, Any]]:
    skills = {one.task.name: one for one in scored_of(root, schema)}
    names = ("constant", "last_value", "entity_mean", "trees")
    for task in schema.tasks or ():
        scored = skills.get(task.name)
        yield {
            "name": task.name,
            "description": task.description,
            "kind": task.kind,
            "form": task.form,
            "task_type": task.task_type,
            "rows": task.rows,
            "skill": None if scored is None else {name: scored.skill(name) for name in names},
        }
