"""Where things lie in a database's folder."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from plurel_cli.lenses.formula import FormulaLens
from plurel_cli.numerics.stream import BLOCK_ROWS
from plurel_cli.schema.column import TIME_TYPES, Attribute, Column, Feature
from plurel_cli.schema.latents import LATENTS_FOLDER, shadows
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.task import SPLITS, Task

SCHEMA_FILE = "schema.json"
MANIFEST_FILE = "manifest.yaml"
SCORES_FILE = "scores.json"
CARD_FILE = "README.md"
PICTURE_FILE = "schema.svg"
TABLES_FOLDER = "db"
TASKS_FOLDER = "tasks"
INDEX_FILE = "completions.json"
"""In the folder of tasks, where one file stands for all completions."""

INNER_FOLDER = ".plurel-new"
"""In a target that is not swapped: what a run that is at work on it writes to."""

INNER_LOCK = ".plurel-lock"

PORTION_NOTE = re.compile(r"portion-([0-9]+)-of-([0-9]+)\.json")
"""What the notes of portions are named."""

ROW_GROUP_BLOCKS = 4
"""Blocks of rows in a frame, and so in a row group."""

ROW_GROUP_ROWS = ROW_GROUP_BLOCKS * BLOCK_ROWS

PARQUET_ROWS = ROW_GROUP_ROWS // 2
"""Rows of Parquet's own row groups: half of one of ours is packed in less time, and smaller."""

PART_NAME = re.compile(r"part-\d{5,}\.parquet")
"""What parts are named."""

TARGETS = {
    "boolean": "binary_classification",
    "int32": "regression",
    "int64": "regression",
    "float32": "regression",
    "float64": "regression",
}
"""Type of the task of predicting a column, by the column's type; labels are no targets."""


def is_relbench(schema: Schema) -> bool:
    """Whether the folder is laid out as a RelBench 3 dataset."""
    output = schema.config.get("output", {})
    return isinstance(output, dict) and output.get("layout") == "relbench"


def has_card(schema: Schema) -> bool:
    """Whether a card belongs to a database at its stage."""
    output = schema.config.get("output", {})
    wants_card = isinstance(output, dict) and output.get("card") is True
    return wants_card and "features" in schema.stages


class Part(NamedTuple):
    """A file of some rows of a table.

    Attributes
    ----------
    file
        Path relative to the database's folder.
    first, rows
        First row, and how many there are.
    """

    file: Path
    first: int
    rows: int


def parts(schema: Schema, table: Table) -> tuple[Part, ...]:
    """The Parquet files of a table, in order.

    One, unless `output.part_rows` is set and less than its rows: then each holds so many, rounded
    up to whole row groups.

    Parameters
    ----------
    schema
        The database.
    table
        A table of it.

    Returns
    -------
    tuple of Part
        At least one.
    """
    if table.name.startswith(f"{LATENTS_FOLDER}/"):
        return (Part(Path(f"{table.name}.parquet"), 0, table.rows),)
    if is_relbench(schema):
        return (Part(Path(TABLES_FOLDER, f"{table.name}.parquet"), 0, table.rows),)
    rows = _part_rows(schema) or table.rows
    if table.rows <= rows:
        return (Part(Path(f"{table.name}.parquet"), 0, table.rows),)
    return tuple(
        Part(Path(table.name, part_name(number)), first, min(rows, table.rows - first))
        for number, first in enumerate(range(0, table.rows, rows))
    )


def stored_tables(schema: Schema) -> tuple[Table, ...]:
    """What has files of rows: all tables, and where they are kept the shadows of some."""
    output = schema.config.get("output", {})
    keeps_latents = isinstance(output, dict) and output.get("latents") is True
    return (*schema.tables, *(shadows(schema) if keeps_latents else ()))


def whole(table: Table) -> Part:
    """All rows of a table, as one part that is no file."""
    return Part(Path(), 0, table.rows)


def part_name(number: int) -> str:
    """Name of a part, in its table's folder.

    Examples
    --------
    >>> part_name(17)
    'part-00017.parquet'
    """
    return f"part-{number:05d}.parquet"


def _part_rows(schema: Schema) -> int | None:
    """Rows of each part of a table but the last; none where tables are not cut."""
    output = schema.config.get("output", {})
    rows = output.get("part_rows") if isinstance(output, dict) else None
    if type(rows) is not int or rows < 1:
        return None
    return -(-rows // ROW_GROUP_ROWS) * ROW_GROUP_ROWS


def has_tasks(schema: Schema) -> bool:
    """Whether scores and tasks belong to a database at its stage."""
    return is_relbench(schema) and "features" in schema.stages


def is_scored(column: Column) -> bool:
    """Whether there may be something to learn of a column: a variable, or what a formula gives."""
    if isinstance(column, Feature):
        return column.type not in ("date", *TIME_TYPES)
    return isinstance(column, Attribute) and isinstance(column.lens, FormulaLens)


def targets(schema: Schema) -> Iterator[tuple[Table, Column]]:
    """Feature columns that are to be predicted, each with its table.

    Not those of which some split has no value: RelBench cannot load their tasks.
    """
    unsplit = set(schema.unsplit)
    for table in schema.tables:
        for column in table.contents:
            is_target = is_scored(column) and column.type in TARGETS
            if is_target and (table.name, column.name) not in unsplit:
                yield table, column


def label_files(table: Table, column: Column) -> set[Path]:
    """Label files of the task of predicting a column: a table without times has some.

    Parameters
    ----------
    table, column
        The column.

    Returns
    -------
    set of Path
        Relative to the folder.
    """
    if table.time_column is not None:
        return set()
    folder = Path(TASKS_FOLDER, task_name(table, column))
    return {folder / f"{split}.parquet" for split in SPLITS}


def task_name(table: Table, column: Column) -> str:
    """Name of the task of predicting a column; no two are the same, as no name has a hyphen.

    Parameters
    ----------
    table
        The table.
    column
        The column.

    Returns
    -------
    str
        As `users-feature_0`.
    """
    return f"{table.name}-{column.name}"


def task_file(table: Table, column: Column) -> Path:
    """Path of a task's manifest, relative to the folder.

    Parameters
    ----------
    table
        The table.
    column
        The column that the task is to predict.

    Returns
    -------
    Path
    """
    return Path(TASKS_FOLDER, task_name(table, column), MANIFEST_FILE)


def files(schema: Schema) -> set[Path]:
    """Every file of a database at its stage, relative to the folder."""
    paths = {Path(SCHEMA_FILE)}
    if schema.stages != ("schema",):
        paths |= {part.file for table in stored_tables(schema) for part in parts(schema, table)}
    if schema.window is not None and is_relbench(schema):
        paths.add(Path(MANIFEST_FILE))
    if has_tasks(schema):
        paths.add(Path(SCORES_FILE))
    if has_card(schema):
        paths |= {Path(CARD_FILE), Path(PICTURE_FILE)}
    if schema.tasks is not None:
        paths |= task_files(schema, schema.tasks)
    elif has_tasks(schema):
        for table, column in targets(schema):
            paths |= {task_file(table, column), *label_files(table, column)}
    return paths


def has_index(schema: Schema) -> bool:
    """Whether one file stands for the manifests of all completions."""
    tasks = schema.config.get("tasks", {})
    return isinstance(tasks, dict) and tasks.get("completion") == "index"


def task_files(schema: Schema, tasks: Iterable[Task]) -> set[Path]:
    """Files of tasks, relative to the folder.

    Parameters
    ----------
    schema
        The database.
    tasks
        Its tasks.

    Returns
    -------
    set of Path
        A manifest each, or the index for all completions; labels and scores where there are some.
    """
    paths = set()
    for task in tasks:
        folder = Path(TASKS_FOLDER, task.name)
        paths |= task.files(folder)
        is_indexed = task.kind == "completion" and has_index(schema)
        paths.add(Path(TASKS_FOLDER, INDEX_FILE) if is_indexed else folder / MANIFEST_FILE)
    return paths
