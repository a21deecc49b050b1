"""Completions: which columns are worth predicting.

Labels of tables without times are written down, as no reader could split them. What counts is what
`scores.json` says, and that there are rows enough.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from plurel_cli.config.tasks import TasksConfig
from plurel_cli.schema.column import Attribute, Column, Feature
from plurel_cli.schema.future import shown_by
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.task import Task, TaskType
from plurel_cli.schema.window import Window
from plurel_cli.storage.dealt import split_by_lot, split_by_time
from plurel_cli.storage.layout import is_scored, task_name
from plurel_cli.storage.scores import Scores
from plurel_cli.storage.tallies import ColumnScore
from plurel_cli.tasks.asked import is_category
from plurel_cli.tasks.splits import is_enough
from plurel_cli.tasks.tables import Tables
from plurel_cli.tasks.words import spoken

if TYPE_CHECKING:
    import polars as pl

MAX_MAJORITY = 0.99
MIN_STD = 1e-4

_NUMBERS = ("int32", "int64", "float32", "float64")


class Completion(NamedTuple):
    """A task of one column.

    Attributes
    ----------
    task
        The task.
    splits
        Its labels by split.
    labels
        The same, where they are written down.
    """

    task: Task
    splits: dict[str, pl.DataFrame]
    labels: dict[str, pl.DataFrame]


def task_type_of(column: Column) -> TaskType | None:
    """What kind of answer a column is; none where it cannot be predicted.

    Labels are classes, and so are categories that are written as numbers; of two such, which are 0
    and 1, one is a yes.
    """
    if column.type == "boolean":
        return "binary_classification"
    if is_category(column):
        is_flag = isinstance(column, Feature) and column.cells == 2 and column.type in _NUMBERS
        return "binary_classification" if is_flag else "multiclass_classification"
    if isinstance(column, Feature | Attribute) and column.type in _NUMBERS:
        return "regression"
    return None


def is_worth(score: ColumnScore | None, task_type: TaskType) -> bool:
    """Whether there is something to learn of a column.

    Parameters
    ----------
    score
        Of the column.
    task_type
        What kind of answer it is.

    Returns
    -------
    bool
    """
    if score is None:
        return True
    if score.is_source_node or score.n_unique < 2 or score.majority_frac > MAX_MAJORITY:
        return False
    return task_type != "regression" or score.std >= MIN_STD


def completions(tables: Tables, scores: Scores, settings: TasksConfig) -> Iterator[Completion]:
    """Tasks of columns: completions, and attributes, which are only known later.

    Parameters
    ----------
    tables
        The database.
    scores
        Of its columns.
    settings
        What is asked for.

    Yields
    ------
    Completion
    """
    schema = tables.schema
    future = future_columns(schema)
    for table in schema.tables:
        wanted = [
            (column, task_type)
            for column in table.contents
            if is_scored(column)
            and (task_type := task_type_of(column)) is not None
            and _kind(column) in settings.kinds
            and is_worth(scores.get(table.name, {}).get(column.name), task_type)
        ]
        if not wanted or schema.window is None:
            continue
        names = [column.name for column, _ in wanted]
        rows = _divided(tables, table, names, schema.window, settings.min_rows)
        for column, task_type in wanted:
            splits = _labels(table, column, rows)
            if not is_enough(splits, column.name, task_type, settings):
                continue
            labels = splits if table.time_column is None else {}
            if settings.completion != "labels":
                labels = {}
            removed = {*future, *shown_by(schema, table.name, column.name)}
            task = _task(table, column, task_type, splits, removed, bool(labels))
            yield Completion(task, splits, labels)


def completion_labels(
    tables: Tables, table: Table, column: Column, min_rows: int
) -> dict[str, pl.DataFrame]:
    """The labels of predicting a column, by split, whether they are written down or not.

    Parameters
    ----------
    tables
        The database.
    table, column
        The column.
    min_rows
        The least rows of a split that were asked for.

    Returns
    -------
    dict
    """
    window = tables.schema.window
    assert window is not None  # noqa: S101 (there are features)
    rows = _divided(tables, table, [column.name], window, min_rows)
    return _labels(table, column, rows)


def _labels(table: Table, column: Column, rows: dict[str, pl.DataFrame]) -> dict[str, pl.DataFrame]:
    return {split: _present(frame, table, column) for split, frame in rows.items()}


def _present(frame: pl.DataFrame, table: Table, column: Column) -> pl.DataFrame:
    """Keys and labels of the rows that have one; filtered only where one lacks it, for speed."""
    labels = frame[[table.primary_key, column.name]]
    return labels.drop_nulls() if labels[column.name].null_count() else labels


def future_columns(schema: Schema) -> tuple[tuple[str, str], ...]:
    """Columns, with their tables, that tell what is not known at the time of their row."""
    return tuple(
        (table.name, column.name)
        for table in schema.tables
        for column in table.contents
        if column.tells_future
    )


def _kind(column: Feature | Attribute) -> str:
    return "attribute" if column.tells_future else "completion"


def _task(
    table: Table,
    column: Feature | Attribute,
    task_type: TaskType,
    splits: dict[str, pl.DataFrame],
    removed: set[tuple[str, str]],
    has_labels: bool,
) -> Task:
    name = spoken(column.name)
    row = f"a row of {spoken(table.name)}"
    later = ", which is only known later" if column.tells_future else ""
    return Task(
        name=task_name(table, column),
        kind="attribute" if column.tells_future else "completion",
        task_type=task_type,
        description=f"The {name} of {row}{later}.",
        entity_table=table.name,
        entity_col=table.primary_key,
        target_col=column.name,
        remove_columns=tuple(sorted(removed - {(table.name, column.name)})),
        rows=(splits["train"].height, splits["val"].height, splits["test"].height),
        has_labels=has_labels,
    )


def _divided(
    tables: Tables, table: Table, names: list[str], window: Window, min_rows: int
) -> dict[str, pl.DataFrame]:
    """Keys and some columns of a table, by split."""
    import polars as pl

    frame = pl.DataFrame([tables.series(table, name) for name in (table.primary_key, *names)])
    if table.time_column is not None:
        split_of = split_by_time(tables.series(table, table.time_column), window)
    else:
        dealt = split_by_lot(tables.schema, table, min_rows)
        split_of = {split: pl.Series(mask) for split, mask in dealt.items()}
    return {split: frame.filter(mask) for split, mask in split_of.items()}
