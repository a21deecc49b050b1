"""Check what a folder has besides its tables against its `schema.json`: manifests and scores."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from plurel_cli.errors import PlurelError, Problem
from plurel_cli.schema.column import Column
from plurel_cli.schema.model import Schema
from plurel_cli.schema.table import Table
from plurel_cli.schema.task import Task
from plurel_cli.storage.layout import (
    CARD_FILE,
    INDEX_FILE,
    MANIFEST_FILE,
    PICTURE_FILE,
    SCHEMA_FILE,
    SCORES_FILE,
    TASKS_FOLDER,
    has_card,
    has_index,
    has_tasks,
    is_relbench,
    label_files,
    targets,
    task_file,
)
from plurel_cli.storage.parquet import Stored
from plurel_cli.storage.place import Place, each
from plurel_cli.storage.relbench import manifest, task_manifest
from plurel_cli.storage.scores import read_scores, table_scores
from plurel_cli.storage.tasks import manifest_of


def dataset_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    """Faults of the manifest, the tasks and the scores of a RelBench dataset, and of a card.

    Parameters
    ----------
    root
        Folder of the database.
    schema
        The database.

    Yields
    ------
    Problem
    """
    yield from _card_faults(root, schema)
    yield from _manifest_faults(root, schema)
    yield from _task_faults(root, schema)
    yield from _score_faults(root, schema)


def _card_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    for name in (CARD_FILE, PICTURE_FILE) if has_card(schema) else ():
        if not (root / name).is_file():
            yield Problem(name, "is missing")


def _manifest_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    if schema.window is not None and is_relbench(schema):
        expected = manifest(schema, "")
        del expected["name"]  # that of the folder when it was written
        yield from _yaml_faults(root, Path(MANIFEST_FILE), expected)


def _task_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    def faults(target: tuple[Table, Column]) -> list[Problem]:
        missing = [name for name in sorted(label_files(*target)) if not (root / name).is_file()]
        return [
            *_yaml_faults(root, task_file(*target), task_manifest(*target)),
            *(Problem(str(name), "is missing") for name in missing),
        ]

    if schema.tasks is not None:
        yield from _made_task_faults(root, schema, schema.tasks)
    elif has_tasks(schema):
        for several in each(root, faults, targets(schema)):
            yield from several


def _made_task_faults(root: Place, schema: Schema, tasks: Sequence[Task]) -> Iterator[Problem]:
    """Faults of the files of tasks that `schema.json` records; digests tell the rest."""
    if any(task.kind == "completion" for task in tasks) and has_index(schema):
        completions = [task for task in tasks if task.kind == "completion"]
        expected = {task.name: manifest_of(task) for task in completions}
        yield from _yaml_faults(root, Path(TASKS_FOLDER, INDEX_FILE), expected)
        tasks = [task for task in tasks if task.kind != "completion"]
    for task in tasks:
        folder = Path(TASKS_FOLDER, task.name)
        yield from _yaml_faults(root, folder / MANIFEST_FILE, manifest_of(task))
        for name in sorted(task.files(folder)):
            if not (root / name).is_file():
                yield Problem(str(name), "is missing")


def _yaml_faults(root: Place, name: Path, expected: dict[str, Any]) -> Iterator[Problem]:
    import yaml

    try:
        manifest = yaml.safe_load((root / name).read_bytes())
    except FileNotFoundError:
        yield Problem(str(name), "is missing")
        return
    except (OSError, yaml.YAMLError) as error:
        yield Problem(str(name), f"cannot be read: {' '.join(str(error).split())}")
        return
    for key, value in expected.items():
        if not isinstance(manifest, dict) or manifest.get(key) != value:
            yield Problem(str(name), f"{key} must agree with {SCHEMA_FILE}")


def _score_faults(root: Place, schema: Schema) -> Iterator[Problem]:
    if not has_tasks(schema):
        return
    try:
        scores = read_scores(root)
    except PlurelError as error:
        yield Problem(SCORES_FILE, error.rule)
        return
    tables = [table.name for table in schema.tables]
    if sorted(scores) != sorted(tables):
        yield Problem(SCORES_FILE, f"must have the tables {', '.join(tables)}", ", ".join(scores))
    for table in schema.tables:
        try:
            expected = table_scores(Stored.of(root, schema, table))
        except PlurelError:
            continue  # told where that table is looked at
        there = scores.get(table.name, expected)
        if sorted(there) != sorted(expected):
            place, names = f"{SCORES_FILE}: {table.name}", ", ".join(expected) or "none"
            yield Problem(place, f"must have the columns {names}", ", ".join(there) or "none")
        for name in filter(there.__contains__, expected):
            for key, value in expected[name]:
                if not _is_about(got := getattr(there[name], key), value):
                    place = f"{SCORES_FILE}: {table.name}.{name}"
                    yield Problem(place, f"{key} must be {value}", got)


def _is_about(one: float, other: float) -> bool:
    """Whether two figures are the same but for their last digits."""
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
