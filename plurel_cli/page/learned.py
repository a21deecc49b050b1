"""What can be learned of columns, as measured: from their row, parents, children and history.

Boosted trees are to tell a column, as `measure --dependence` has them do, and the statistics of
that are taken over the numbers that are drawn here.
"""

from __future__ import annotations

from itertools import groupby
from typing import Any

from plurel_cli.charts.chart import Chart, HeatMap
from plurel_cli.database import load
from plurel_cli.measure.dependence.database import Subject
from plurel_cli.measure.dependence.tells import TargetSkill, told
from plurel_cli.measure.view import view_of
from plurel_cli.storage.place import Place

FROM = ("own row", "parents", "children", "history")


def learned_charts(root: Place) -> list[dict[str, Any]]:
    """A heat map for each table: the skill of its columns, and what more inputs add to it.

    Parameters
    ----------
    root
        A finished database.

    Returns
    -------
    list of dict
        Charts, each with its table.

    Raises
    ------
    FolderError, StorageError
        If it cannot be read.
    UsageError
        If the package of boosted trees is not installed.
    """
    every = told(Subject(view_of(load(root))))
    return [
        _chart(table, list(columns)) for table, columns in groupby(every, lambda one: one.table)
    ]


def _chart(table: str, columns: list[TargetSkill]) -> dict[str, Any]:
    values = [_skills(one) for one in columns]
    present = [i for i in range(len(FROM)) if any(row[i] is not None for row in values)]
    chart = Chart(
        "dependence",
        f"What can be learned of columns of {table}, by what it is learned from",
        HeatMap(
            [one.column for one in columns],
            [FROM[i] for i in present],
            [[row[i] for i in present] for row in values],
        ),
    )
    return {**chart.as_dict(), "table": table}


def _skills(one: TargetSkill) -> list[float | None]:
    """What is told by each; what is less than nothing is by chance."""
    given = (one.own, one.parents, one.children, one.history)
    return [None if value is None else round(max(value, 0.0), 6) for value in given]
