"""The files of tasks: a manifest each, labels by split, scores, or one index of completions."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from plurel_cli.errors import FolderError, storage_error
from plurel_cli.schema.model import Schema
from plurel_cli.schema.task import Task
from plurel_cli.storage.layout import INDEX_FILE, MANIFEST_FILE, TASKS_FOLDER, has_index
from plurel_cli.storage.ledger import Ledger, write_entered
from plurel_cli.storage.place import Place

if TYPE_CHECKING:
    import polars as pl

BASELINES_FILE = "baselines.json"

_KINDS = {"forecast": "forecast", "link": "forecast"}


def manifest_of(task: Task) -> dict[str, Any]:
    """What the manifest of a task says, with no key that one of the readers does not know.

    Parameters
    ----------
    task
        The task.

    Returns
    -------
    dict
        Of `kind` forecast, or autocomplete for a column.

    Notes
    -----
    A completion with label files does not name its `entity_col`: RelBench takes the primary key,
    and the Relational Transformer would link the labels to the rows that they are of.
    """
    manifest: dict[str, Any] = {
        "name": task.name,
        "kind": _KINDS.get(task.kind, "autocomplete"),
        "task_type": task.task_type,
        "description": task.description,
    }
    if task.other_table is not None:
        manifest |= {
            "src_entity_table": task.entity_table,
            "src_entity_col": task.entity_col,
            "dst_entity_table": task.other_table,
            "dst_entity_col": task.target_col,
            "target_col": task.target_col,
            "eval_k": task.eval_k,
        }
    else:
        manifest["entity_table"] = task.entity_table
        if task.sql is not None or not task.has_labels:
            manifest["entity_col"] = task.entity_col
        manifest["target_col"] = task.target_col
    if task.sql is not None:
        manifest |= {
            "time_col": task.time_col,
            "timedelta": f"{task.horizon_days} days",
            "num_eval_timestamps": task.n_evaluations,
        }
    if task.remove_columns:
        manifest["remove_columns"] = [list(pair) for pair in task.remove_columns]
    if task.sql is not None:
        manifest["sql"] = task.query
    return manifest


def manifest_text(task: Task) -> str:
    """The text of a task's manifest: JSON line by line, which YAML is too, and SQL as a block."""
    lines = []
    for key, value in manifest_of(task).items():
        if key == "sql":
            indented = "".join(f"  {line}\n" if line else "\n" for line in value.splitlines())
            lines.append(f"sql: |\n{indented}")
        else:
            lines.append(f"{key}: {json.dumps(value, ensure_ascii=False)}\n")
    return "".join(lines)


def write_task(
    folder: Place,
    task: Task,
    labels: dict[str, pl.DataFrame],
    scores: dict[str, Any] | None,
    ledger: Ledger,
) -> None:
    """Write the labels and the scores of a task.

    Parameters
    ----------
    folder
        The database.
    task
        The task.
    labels
        By split, if it has label files.
    scores
        What `baselines.json` says, if there is one.
    ledger
        Where the files are noted.
    """
    name = Path(TASKS_FOLDER, task.name)
    write_labels(folder, task.name, labels, ledger)
    if scores is not None:
        text = json.dumps(scores, indent=1) + "\n"
        write_entered(folder, (name / BASELINES_FILE).as_posix(), text.encode(), ledger)


def write_labels(folder: Place, name: str, labels: dict[str, pl.DataFrame], ledger: Ledger) -> None:
    """Write the labels of a task.

    Parameters
    ----------
    folder
        The database.
    name
        Of the task.
    labels
        By split.
    ledger
        Where the files are noted.
    """
    for split, frame in labels.items():
        buffer = io.BytesIO()
        frame.write_parquet(buffer, compression="zstd", statistics=False)
        file = Path(TASKS_FOLDER, name, f"{split}.parquet").as_posix()
        write_entered(folder, file, buffer.getvalue(), ledger)


def write_manifests(folder: Place, schema: Schema, tasks: Sequence[Task], ledger: Ledger) -> None:
    """Write the manifests of tasks, or one index for those that are completions.

    Parameters
    ----------
    folder
        The database.
    schema
        Its schema.
    tasks
        Its tasks.
    ledger
        Where the files are noted.
    """
    completions = [task for task in tasks if task.kind == "completion"]
    if has_index(schema) and completions:
        data = index_text(completions).encode()
        write_entered(folder, f"{TASKS_FOLDER}/{INDEX_FILE}", data, ledger)
    for task in tasks:
        if not (has_index(schema) and task.kind == "completion"):
            name = Path(TASKS_FOLDER, task.name, MANIFEST_FILE).as_posix()
            write_entered(folder, name, manifest_text(task).encode(), ledger)


def index_text(completions: Sequence[Task]) -> str:
    """The index of completions: what their manifests would say, by name."""
    return json.dumps({task.name: manifest_of(task) for task in completions}, indent=1) + "\n"


def read_baselines(folder: Place, task: Task) -> dict[str, Any]:
    """What `baselines.json` says of a task.

    Parameters
    ----------
    folder
        The database.
    task
        A task with scores.

    Returns
    -------
    dict

    Raises
    ------
    FolderError
        If it is missing or broken.
    StorageError
        If it cannot be read.
    """
    path = folder / TASKS_FOLDER / task.name / BASELINES_FILE
    try:
        baselines = json.loads(_content(path))
    except ValueError:
        raise FolderError(path, "is not JSON", remedy="`plurel validate` says more") from None
    if not isinstance(baselines, dict) or "skill" not in baselines:
        raise FolderError(path, "holds no scores", remedy="`plurel validate` says more")
    return baselines


def read_labels(folder: Place, task: Task, split: str) -> pl.DataFrame:
    """What a label file holds.

    Parameters
    ----------
    folder
        The database.
    task
        A task with label files.
    split
        Which one.

    Returns
    -------
    DataFrame

    Raises
    ------
    FolderError
        If it is missing or broken.
    StorageError
        If it cannot be read.
    """
    import polars as pl

    path = folder / TASKS_FOLDER / task.name / f"{split}.parquet"
    try:
        return pl.read_parquet(io.BytesIO(_content(path)))
    except pl.exceptions.PolarsError:
        raise FolderError(path, "is broken", remedy="`plurel validate` says more") from None


def _content(path: Place) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise FolderError(path, "is missing", remedy="`plurel validate` says more") from None
    except OSError as error:
        raise storage_error(path, error) from None
