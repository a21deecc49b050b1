"""Tasks by name: labels are the same whether they are written down or taken from the column."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from plurel_cli import add_tasks, generate_to, load, load_tasks
from plurel_cli.errors import FolderError, UsageError
from plurel_cli.schema.task import SPLITS
from plurel_cli.storage.tasks import BASELINES_FILE
from tests.tasks.samples import ALL, shop


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("stored")
    generate_to(folder / "labels", shop(kinds=list(ALL), max=6), 1)
    for completion in ("manifests", "index"):
        add_tasks(folder / "labels", folder / completion, completion=completion)
    return folder


def test_every_form_gives_the_same_tasks_and_labels(place: Path) -> None:
    written, *others = (load_tasks(place / name) for name in ("labels", "manifests", "index"))
    assert {stored.task.kind for stored in written.values()} == set(ALL)
    n_without_files = 0
    for tasks in others:
        assert tasks.keys() == written.keys()
        for name, stored in tasks.items():
            one = written[name]
            n_without_files += one.task.has_labels and not stored.task.has_labels
            for split, rows in zip(SPLITS, stored.task.rows, strict=True):
                labels = stored.labels(split)
                assert labels.height == rows
                assert labels.equals(one.labels(split)), name
            assert set(stored.manifest) - {"entity_col"} == set(one.manifest) - {"entity_col"}
    assert n_without_files >= 6


def test_labels_are_the_values_of_the_column(place: Path) -> None:
    schema = load(place / "index").schema
    database = load(place / "index")
    completions = [one for one in load_tasks(place / "index").values() if one.task.sql is None]
    assert completions
    for stored in completions:
        task, table = stored.task, schema.by_name[stored.task.entity_table]
        labels = pl.concat([stored.labels(split) for split in SPLITS])
        values = database.tables[table.name].select(table.primary_key, task.target_col)
        assert labels.sort(table.primary_key).equals(values.drop_nulls())


def test_scores_come_with_the_task(place: Path, tmp_path: Path) -> None:
    assert all(stored.baselines is None for stored in load_tasks(place / "labels").values())
    options = {"kinds": ["forecast"], "max": 1, "score": "fast", "hopeless": 1.0}
    add_tasks(place / "labels", tmp_path / "db", **options)
    ((name, stored),) = load_tasks(tmp_path / "db").items()
    assert stored.baselines is not None
    assert "trees" in stored.baselines["skill"]
    (tmp_path / "db" / "tasks" / name / BASELINES_FILE).unlink()
    (tmp_path / "db" / "tasks" / name / "val.parquet").unlink()
    with pytest.raises(FolderError, match=r"baselines\.json: is missing"):
        _ = stored.baselines
    with pytest.raises(FolderError, match=r"val\.parquet: is missing"):
        stored.labels("val")
    (tmp_path / "db" / "tasks" / name / "test.parquet").write_bytes(b"PAR1")
    with pytest.raises(FolderError, match=r"test\.parquet: is broken"):
        stored.labels("test")


def test_other_splits_are_refused(place: Path) -> None:
    stored = next(iter(load_tasks(place / "labels").values()))
    with pytest.raises(UsageError, match="split: must be one of train, val, test, got 'dev'"):
        stored.labels("dev")
