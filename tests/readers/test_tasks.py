"""RelBench 3 loads every task and makes the same labels; the Relational Transformer lists them."""

from __future__ import annotations

from pathlib import Path

import pytest

from plurel_cli import generate_to, validate
from plurel_cli.schema.model import Schema
from plurel_cli.storage.layout import targets, task_name
from tests.readers.environments import ROOT, Reader, reader
from tests.readers.test_relational_transformer import _LIST
from tests.tasks.samples import ALL, shop

_LOAD = """
import json, sys
import relbench

dataset = relbench.load_dataset(sys.argv[1])
seen = {}
for name in dataset.get_task_names():
    task = dataset.load_task(name)
    tables = {s: task.get_table(s, mask_input_cols=False).df for s in ("train", "val", "test")}
    same = None
    if task.kind == "forecast":
        again, same = dataset.load_task(name, regenerate=True), True
        for split, labels in tables.items():
            made = again.get_table(split, mask_input_cols=False).df.reset_index(drop=True)
            one, other = labels[task.target_col], made[task.target_col]
            if task.task_type.value == "recommendation":
                one, other = one.map(list), other.map(list)
            if task.task_type.value == "regression":
                same &= len(one) == len(other) and bool((abs(one - other) < 1e-6).all())
            else:
                same &= one.tolist() == other.tolist()
            same &= labels[task.time_col].tolist() == made[task.time_col].tolist()
    hidden = task.get_db().table_dict
    removed = all(c not in hidden[t].df for t, c in task.hidden_columns())
    rows = [len(frame) for frame in tables.values()]
    seen[name] = [task.kind, task.task_type.value, rows, same, removed]
print(json.dumps(seen))
"""


@pytest.fixture(scope="module")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("raw")


@pytest.fixture(scope="module")
def schema(raw: Path) -> Schema:
    return generate_to(raw / "db-000001", shop(kinds=list(ALL), max=14), 1)


def test_relbench_3_loads_every_task(relbench_3: Reader, raw: Path, schema: Schema) -> None:
    seen = relbench_3.run(_LOAD, raw / "db-000001")
    tasks = {task.name: task for task in schema.tasks or ()}
    assert seen.keys() == tasks.keys()
    for name, task in tasks.items():
        kind, task_type, rows, same, removed = seen[name]
        assert kind == ("autocomplete" if task.horizon_days is None else "forecast")
        assert task_type == task.task_type
        assert rows == list(task.rows)
        assert same is (None if task.horizon_days is None else True), name
        assert removed, name
    kinds = {task.kind for task in tasks.values()}
    assert kinds == set(ALL)
    untimed = [task for task in tasks.values() if task.kind == "completion" and task.has_labels]
    assert len(untimed) >= 3


def test_relbench_3_loads_every_manifest_of_a_database_without_tasks(
    relbench_3: Reader, tmp_path: Path
) -> None:
    """Also those of tables without times, and of few rows, which may all lie in one split."""
    config = {
        "schema": {"layout": "explicit", "columns": 3},
        "tables": {
            "place": {"rows": 40},
            "pair": {"rows": 2},
            "visit": {"rows": 900, "parents": ["place"]},
            "closure": {"rows": 3, "parents": ["place"]},
        },
        "features": {"categorical_as": "boolean"},
        "output": {"layout": "relbench"},
    }
    schema = generate_to(tmp_path / "db", config, 1)
    assert list(validate(tmp_path / "db")) == []
    seen = relbench_3.run(_LOAD, tmp_path / "db")
    assert seen.keys() == {task_name(*target) for target in targets(schema)}
    assert all(min(rows) > 0 for _, _, rows, _, _ in seen.values())
    assert {name.partition("-")[0] for name in seen} == {"place", "visit"}
    assert {table for table, _ in schema.unsplit} == {"pair", "closure"}


def test_engine_lists_forecasts_and_completions(
    relational_transformer: Reader, raw: Path, tmp_path: Path, schema: Schema
) -> None:
    seen = relational_transformer.run(_LIST, raw, tmp_path / "out")
    known = {"binary_classification", "regression"}
    wanted = {task.name for task in schema.tasks or () if task.task_type in known}
    assert {name for _, name in seen["all"]} == wanted
    assert {name for _, name in seen["listed"]} == wanted
    listed = {its["name"]: its for its in seen["tasks"]["db-000001"]}
    for task in schema.tasks or ():
        if task.kind == "forecast":
            assert listed[task.name]["splits"] == ["train", "val", "test"]
            removed = [list(pair) for pair in task.remove_columns]
            assert listed[task.name]["remove_columns"] == removed


_INDEXED = """
import json, sys
from pathlib import Path

page = Path(sys.argv[1]).read_text()
(program,) = [block for block in page.split("```") if "def preprocess(database, out)" in block]
code = program.partition("\\n")[2].partition("for database in")[0]
space = {}
exec(code, space)
engine, raw, out = space["engine"], Path(sys.argv[2]), sys.argv[3]
engine.preprocess(str(raw / "manifests"), f"{out}/manifests", source="local", skip_tasks=False)
(made,) = Path(out, "manifests").glob("*/meta.json")
seen = [json.loads(made.read_text()), space["preprocess"](raw / "index", f"{out}/index")]
print()
print(json.dumps(seen))
"""


def test_engine_trains_on_an_index_as_on_manifests(
    relational_transformer: Reader, tmp_path: Path
) -> None:
    """By what the page on training does: nothing but the list of tasks differs, and then not."""
    for completion in ("manifests", "index"):
        config = shop(kinds=["completion"], completion=completion)
        generate_to(tmp_path / completion, config, 1)
    page = ROOT / "docs" / "training.md"
    manifests, index = relational_transformer.run(_INDEXED, page, tmp_path, tmp_path / "out")
    assert (manifests.pop("name"), index.pop("name")) == ("manifests", "index")
    by_name = [
        sorted(one.pop("tasks"), key=lambda task: task["name"]) for one in (manifests, index)
    ]
    assert by_name[0] == by_name[1]
    assert len(by_name[0]) >= 3
    assert manifests == index


_OF_PAGE = """
import json, sys
from pathlib import Path

import pandas as pd

page, raw = Path(sys.argv[1]).read_text(), sys.argv[2]
(program,) = [block for block in page.split("```") if "def relbench_task(folder, task)" in block]
space = {}
exec(program.partition("\\n")[2].partition("for name, task in")[0], space)
seen = {}
for name, task in space["relbench_tasks"](raw).items():
    target = task.dst_entity_col if hasattr(task, "eval_k") else task.target_col
    entity = task.src_entity_col if hasattr(task, "eval_k") else task.entity_col
    same = {}
    for split in ("train", "val", "test"):
        file = pd.read_parquet(f"{raw}/tasks/{name}/{split}.parquet")
        made = task.get_table(split, mask_input_cols=False).df
        sides = []
        for frame in (file, made):
            frame = frame.sort_values([task.time_col, entity])
            times = pd.to_datetime(frame[task.time_col]).astype("datetime64[ns]").astype(str)
            labels = [
                list(map(int, label)) if hasattr(label, "__len__") and not isinstance(label, str)
                else label if isinstance(label, str) else round(float(label), 6)
                for label in frame[target]
            ]
            sides.append([times.tolist(), frame[entity].tolist(), labels])
        same[split] = sides[0] == sides[1] and len(made) > 0
    kept = task.dataset.get_db().table_dict
    seen[name] = [str(task.task_type.value), same, [list(kept[t].df) for t in sorted(kept)]]
print(json.dumps(seen))
"""


@pytest.mark.parametrize("environment", ["relbench_1", "relbench_2"])
@pytest.mark.parametrize("layout", ["relbench", "flat"])
def test_older_relbench_makes_the_same_labels_by_the_page(
    environment: str, tmp_path: Path, layout: str
) -> None:
    schema = generate_to(tmp_path / "db", shop(layout, kinds=["forecast", "link"], max=10), 1)
    seen = reader(environment).run(_OF_PAGE, ROOT / "docs" / "tasks.md", tmp_path / "db")
    tasks = {task.name: task for task in schema.tasks or ()}
    assert seen.keys() == tasks.keys()
    assert {task.kind for task in tasks.values()} == {"forecast", "link"}
    for name, task in tasks.items():
        task_type, same, columns = seen[name]
        link_types = ("link_prediction", "recommendation")
        assert task_type == task.task_type or (task.kind == "link" and task_type in link_types)
        assert same == {"train": True, "val": True, "test": True}, name
        assert not any("refunded" in of for of in columns)  # which tells of the future
