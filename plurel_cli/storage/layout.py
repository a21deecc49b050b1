"""Where things lie in a database's folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from plurel_cli.schema.model import Column, Schema, Table

SCHEMA_FILE = "schema.json"
MANIFEST_FILE = "manifest.yaml"
SCORES_FILE = "scores.json"
TABLES_FOLDER = "db"
TASKS_FOLDER = "tasks"

TARGETS = {
    "boolean": "binary_classification",
    "int32": "regression",
    "float32": "regression",
}
"""Type of the task of predicting a column, by the column's type; labels are no targets."""


def is_relbench(schema: Schema) -> bool:
    """Whether the folder is laid out as a RelBench 3 dataset."""
    output = schema.config.get("output", {})
    return isinstance(output, dict) and output.get("layout") == "relbench"


def table_file(schema: Schema, table: str) -> Path:
    """Path of a table's Parquet file, relative to the folder."""
    name = f"{table}.parquet"
    return Path(TABLES_FOLDER, name) if is_relbench(schema) else Path(name)


def has_tasks(schema: Schema) -> bool:
    """Whether scores and tasks belong to a database at its stage."""
    return is_relbench(schema) and "features" in schema.stages


def targets(schema: Schema) -> Iterator[tuple[Table, Column]]:
    """Feature columns that are to be predicted, each with its table."""
    for table in schema.tables:
        for column in table.features:
            if column.type in TARGETS:
                yield table, column


def task_name(table: Table, column: Column) -> str:
    """Name of the task of predicting a column; no two are the same, as no name has a hyphen."""
    return f"{table.name}-{column.name}"


def task_file(table: Table, column: Column) -> Path:
    """Path of a task's manifest, relative to the folder."""
    return Path(TASKS_FOLDER, task_name(table, column), MANIFEST_FILE)


def files(schema: Schema) -> set[Path]:
    """Every file of a database at its stage, relative to the folder."""
    found = {Path(SCHEMA_FILE)}
    if schema.stages != ("schema",):
        found |= {table_file(schema, table.name) for table in schema.tables}
    if schema.window is not None and is_relbench(schema):
        found.add(Path(MANIFEST_FILE))
    if has_tasks(schema):
        found.add(Path(SCORES_FILE))
        found |= {task_file(table, column) for table, column in targets(schema)}
    return found
