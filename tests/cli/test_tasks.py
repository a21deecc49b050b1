"""`plurel tasks` adds tasks to a database or a corpus that is there, and sums up their scores."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pytest

from plurel_cli import add_tasks, generate_corpus, generate_to, load, run_stage, validate
from plurel_cli.corpus.check import validate_corpus
from plurel_cli.errors import FolderError, StageError
from plurel_cli.storage.layout import TASKS_FOLDER
from plurel_cli.tasks.add import add_to_corpus
from tests.cli.conftest import Run
from tests.storage.samples import small_config, write_database
from tests.tasks.samples import shop


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "shop"
    generate_to(folder, shop(), 1)
    return folder


def _names(folder: Path) -> set[str]:
    return {path.name for path in (folder / TASKS_FOLDER).iterdir()}


def test_tasks_are_added_and_replaced(run: Run, database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    done = run("tasks", database, "--out", out, "--max", "3", "--json", "--quiet")
    shown = json.loads(done.out)
    assert _names(out) == {task["name"] for task in shown}
    assert validate(out) == []
    assert load(out).tables["visit"].equals(load(database).tables["visit"])
    before = load(database).schema
    assert before.tasks is None
    run("tasks", out, "--kinds", "forecast", "--max", "2", "--set", "dials.noise=0.1", "--quiet")
    assert len(_names(out)) == 2
    assert validate(out) == []
    tasks = load(out).schema.tasks or ()
    assert [task.dials is not None and task.dials.noise == 0.1 for task in tasks] == [True, True]


def test_index_is_one_file(database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    tasks = add_tasks(database, out, kinds=["completion"], completion="index")
    assert _names(out) == {"completions.json"}
    index = json.loads((out / TASKS_FOLDER / "completions.json").read_text())
    assert index.keys() == {task.name for task in tasks}
    assert validate(out) == []
    (out / TASKS_FOLDER / "completions.json").write_text("{}")
    assert any("completions.json" in str(fault) for fault in validate(out))


def test_same_seed_gives_the_same_tasks(database: Path, tmp_path: Path) -> None:
    one, other = (add_tasks(database, tmp_path / name, max=4) for name in ("one", "other"))
    assert one == other
    made = generate_to(
        tmp_path / "made", shop(kinds=["completion", "attribute", "forecast", "link"], max=4), 1
    )
    assert made.tasks == one


def test_scores_are_told(run: Run, database: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    tasks = add_tasks(database, out, kinds=["forecast"], max=2, score="full", hopeless=1.0)
    assert all(task.has_scores for task in tasks)
    assert validate(out) == []
    lines = json.loads(run("tasks", out, "--report", "--json").out)
    assert lines[-1]["form"] == "all forecasts"
    assert lines[-1]["tasks"] == 2
    assert list(lines[-1]["added"]) == ["row", "parents", "children", "history"]
    assert "lift of keys" in run("tasks", out, "--report").out
    assert "lift of keys" in run("describe", out).out


def test_tasks_of_a_corpus_are_noted_in_its_index(run: Run, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    generate_corpus(corpus, small_config("relbench", model="scm"), range(2), jobs=1)
    run("tasks", corpus, "--kinds", "completion", "--set", "min_rows=5", "--quiet")
    assert list(validate_corpus(corpus)) == []
    assert all(load(corpus / f"db-00000{n}").schema.tasks is not None for n in range(2))


def test_tasks_of_a_corpus_go_on_where_they_were_interrupted(tmp_path: Path) -> None:
    """Also of one whose tasks were made before the index could say so."""
    corpus = tmp_path / "corpus"
    generate_corpus(corpus, shop(), range(3), jobs=1)
    asked = {"kinds": ["completion", "forecast"], "max": 1, "score": "fast", "hopeless": 1.0}
    assert len(list(itertools.islice(add_to_corpus(corpus, **asked), 1))) == 1
    add_tasks(corpus / "db-000001", **asked)
    made = [(corpus / f"db-00000{n}" / "schema.json").stat().st_mtime_ns for n in range(3)]
    whole = list(add_to_corpus(corpus, resume=True, **asked))
    now = [(corpus / f"db-00000{n}" / "schema.json").stat().st_mtime_ns for n in range(3)]
    assert [before == after for before, after in zip(made, now, strict=True)] == [True, True, False]
    assert list(validate_corpus(corpus)) == []
    assert all(tasks == load(folder).schema.tasks for folder, tasks in whole)
    others = list(add_to_corpus(corpus, resume=True, **asked | {"max": 2}))
    assert sum(len(tasks) for _, tasks in others) > sum(len(tasks) for _, tasks in whole)


def test_the_report_of_a_corpus_is_of_all_databases(run: Run, tmp_path: Path) -> None:
    corpus = tmp_path / "corpus"
    generate_corpus(corpus, shop(), range(3), jobs=1)
    asked = {"kinds": ["forecast"], "max": 2, "score": "full", "hopeless": 1.0}
    tasks = [task for _, several in add_to_corpus(corpus, **asked) for task in several]
    lines = json.loads(run("tasks", corpus, "--report", "--json").out)
    assert lines[-1]["tasks"] == len(tasks) > 3
    parts = ["row", "parents", "children", "history"]
    assert list(lines[-1]["added"]) == list(lines[-1]["shares"]) == parts
    assert sum(lines[-1]["shares"].values()) == pytest.approx(1, abs=0.001)
    text = run("tasks", corpus, "--report").out
    assert all(f"{part} +" in text.splitlines()[-2] for part in parts)
    assert all(part in text.splitlines()[-1] for part in parts)
    (corpus / "db-000002" / "schema.json").unlink()  # as one that is being made
    shown = json.loads(run("tasks", corpus, "--report", "--json").out)
    assert 0 < shown[-1]["tasks"] < len(tasks)


def test_a_stage_that_runs_again_makes_them_anew(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config("relbench", model="scm"))
    add_tasks(folder, kinds=["completion"], min_rows=1, min_class_rows=1)
    assert load(folder).schema.tasks
    run_stage("features", folder, force=True)
    assert load(folder).schema.tasks
    run_stage("temporal", folder, force=True)
    assert load(folder).schema.tasks is None
    assert not (folder / TASKS_FOLDER).exists()
    assert validate(folder) == []


def test_without_features_there_are_none(tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db", small_config("relbench"), "temporal")
    with pytest.raises(StageError, match="lacks the features stage"):
        add_tasks(folder)


def test_a_bucket_is_refused() -> None:
    with pytest.raises(FolderError, match="is in a bucket"):
        add_tasks("s3://bucket/db")
