"""What makes a folder a RelBench 3 dataset: manifests of it and of its tasks, and scores.

A task is to predict one feature column of a table's rows. The labels are the column; those of a
table without times, which RelBench could not split, are in files as well.
"""

from __future__ import annotations

import json
from typing import Any

from plurel_cli.schema.column import Column
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.storage.dealt import dealt_labels, unsplit
from plurel_cli.storage.layout import (
    MANIFEST_FILE,
    TARGETS,
    has_tasks,
    is_relbench,
    label_files,
    targets,
    task_file,
    task_name,
)
from plurel_cli.storage.ledger import Ledger, write_entered
from plurel_cli.storage.parquet import Stored
from plurel_cli.storage.place import Place, each
from plurel_cli.storage.scores import scores_of, write_scores
from plurel_cli.storage.tasks import write_labels


def manifest(schema: Schema, name: str) -> dict[str, Any]:
    """What `manifest.yaml` says.

    Parameters
    ----------
    schema
        A database with its window.
    name
        Name of the dataset.

    Returns
    -------
    dict
        Split days as whole dates (the Relational Transformer takes no others), and the primary
        key, time column and foreign keys of every table.
    """
    window = schema.window
    assert window is not None  # noqa: S101 (the temporal stage is done)
    return {
        "name": name,
        "val_timestamp": window.val_timestamp.isoformat(),
        "test_timestamp": window.test_timestamp.isoformat(),
        "tables": {
            table.name: {
                "pkey": table.primary_key,
                "time_col": table.time_column,
                "fkeys": {column.name: column.references for column in table.foreign_keys},
            }
            for table in schema.tables
        },
    }


def task_manifest(table: Table, column: Column) -> dict[str, str]:
    """What the manifest of the task of predicting a column says.

    Parameters
    ----------
    table, column
        The column, of a type that can be predicted.

    Returns
    -------
    dict
        Of `kind` autocomplete, as RelBench calls the prediction of a column, with no key besides
        those that the Relational Transformer knows: it refuses others. Where there are label files
        it does not name its `entity_col`, by which the Relational Transformer would link the labels
        to the rows that they are of.
    """
    entity = {} if label_files(table, column) else {"entity_col": table.primary_key}
    return {
        "name": task_name(table, column),
        "kind": "autocomplete",
        "task_type": TARGETS[column.type],
        "entity_table": table.name,
        **entity,
        "target_col": column.name,
    }


def write_dataset(
    folder: Place, schema: Schema, name: str, ledger: Ledger, *, with_tasks: bool = True
) -> None:
    """Write what a database of this layout has besides its tables; nothing for another layout.

    Parameters
    ----------
    folder
        Where its tables are.
    schema
        The database.
    name
        Name of the dataset.
    ledger
        Where its files are noted.
    with_tasks
        Whether to write the manifests of all columns; not where tasks are made.
    """
    write_manifest(folder, schema, name, ledger)
    if has_tasks(schema):
        if with_tasks:
            _write_tasks(folder, schema, ledger)
        write_scores(folder, scores_of(folder, schema), ledger)


def write_manifest(folder: Place, schema: Schema, name: str, ledger: Ledger) -> None:
    """Write the manifest of a dataset; nothing for another layout, or before there are times.

    Parameters
    ----------
    folder
        Where its tables are.
    schema
        The database.
    name
        Name of the dataset.
    ledger
        Where the file is noted.
    """
    if schema.window is None or not is_relbench(schema):
        return
    import yaml

    text = yaml.safe_dump(manifest(schema, name), sort_keys=False)
    write_entered(folder, MANIFEST_FILE, text.encode(), ledger)


def _write_tasks(folder: Place, schema: Schema, ledger: Ledger) -> None:
    """Write the manifest of every task, each in a folder of its own, and labels of some."""
    ledger.unsplit = tuple(unsplit(folder, schema))
    schema = ledger.finished(schema)

    def write(target: tuple[Table, Column]) -> None:
        table, column = target
        write_entered(folder, task_file(*target).as_posix(), task_text(*target).encode(), ledger)
        if label_files(table, column):
            stored = Stored.of(folder, schema, table)
            write_labels(folder, task_name(*target), dealt_labels(stored, schema, column), ledger)

    for _ in each(folder, write, targets(schema)):
        continue


def task_text(table: Table, column: Column) -> str:
    """The text of a task's manifest: there are hundreds, and a general writer of YAML is slow.

    Parameters
    ----------
    table
        The table.
    column
        The column that the task is to predict.

    Returns
    -------
    str
        YAML.
    """
    manifest = task_manifest(table, column)
    return "".join(f"{key}: {json.dumps(value)}\n" for key, value in manifest.items())
