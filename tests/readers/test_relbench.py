"""RelBench 1 and 3 open our folders and see what we wrote."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import polars as pl
import pytest

from plurel_cli import load
from plurel_cli.storage.layout import TARGETS
from tests.readers.environments import Reader
from tests.storage.samples import json_table, small_config, write_database

_SHOW = """
import json, sys

def shown(series):
    if str(series.dtype).startswith("datetime64"):
        assert str(series.dtype) == "datetime64[ns]", series.dtype
        return series.astype("int64").tolist()
    return series.tolist()

def show(database):
    return {
        name: {
            "pkey": table.pkey_col,
            "fkeys": table.fkey_col_to_pkey_table,
            "time": table.time_col,
            "values": {column: shown(table.df[column]) for column in table.df},
        }
        for name, table in database.table_dict.items()
    }
"""

_RELBENCH_1 = f"""{_SHOW}
from relbench.base import Database
database = Database.load(sys.argv[1])
before = show(database)
database.reindex_pkeys_and_fkeys()
assert show(database)["likes"]["fkeys"] == before["likes"]["fkeys"]
timed = any(table.time_col for table in database.table_dict.values())
print(json.dumps([before, str(database.max_timestamp.date()) if timed else None]))
"""

_RELBENCH_3 = f"""{_SHOW}
import relbench
dataset = relbench.load_dataset(sys.argv[1])
whole, part = dataset.get_db(upto_test_timestamp=False), dataset.get_db()
print(json.dumps({{
    "tables": show(whole),
    "rows_up_to_test": {{name: len(table.df) for name, table in part.table_dict.items()}},
    "val": str(dataset.val_timestamp),
    "test": str(dataset.test_timestamp),
    "name": dataset.manifest.name,
}}))
"""


def _expected(folder: Path) -> dict[str, object]:
    database = load(folder)
    return {
        table.name: {
            "pkey": table.primary_key,
            "fkeys": {column.name: column.references for column in table.foreign_keys},
            "time": "date"
            if table.kind == "activity" and "temporal" in database.schema.stages
            else None,
            "values": json_table(database.tables[table.name]),
        }
        for table in database.schema.tables
    }


@pytest.mark.parametrize("stage", ["fk", "temporal"])
@pytest.mark.parametrize("categorical_as", ["integer", "label", "boolean"])
def test_relbench_1_loads_a_flat_folder(
    relbench_1: Reader, tmp_path: Path, stage: str, categorical_as: str
) -> None:
    config = small_config(categorical_as=categorical_as)
    folder = write_database(tmp_path / "db", config, stage)
    tables, last_day = relbench_1.run(_RELBENCH_1, folder)
    assert tables == _expected(folder)
    window = load(folder).schema.window
    assert last_day == (None if window is None else str(window.end))


def test_relbench_3_loads_a_dataset(relbench_3: Reader, tmp_path: Path) -> None:
    folder = write_database(tmp_path / "db-000001", small_config("relbench"))
    seen = relbench_3.run(_RELBENCH_3, folder)
    database = load(folder)
    window = database.schema.window
    assert window is not None
    assert seen["tables"] == _expected(folder)
    assert seen["val"] == f"{window.val_timestamp} 00:00:00"
    assert seen["test"] == f"{window.test_timestamp} 00:00:00"
    assert seen["name"] == "db-000001"
    likes = database.tables["likes"]
    midnight = datetime.combine(window.test_timestamp, time())
    up_to_test = likes.select(pl.col("date") <= midnight).to_series()
    assert seen["rows_up_to_test"] == {
        "users": 30,
        "posts": 50,
        "likes": int(up_to_test.sum()),
    }
    assert 0 < up_to_test.sum() < 90


_TASKS = """
import json, sys
from pathlib import Path
import relbench
from relbench.manifest import DatasetManifest, TaskManifest, validate_dataset_manifest

folder = Path(sys.argv[1])
validate_dataset_manifest(DatasetManifest.load(folder / "manifest.yaml"), folder / "db")
for path in folder.glob("tasks/*/manifest.yaml"):
    TaskManifest.load(path).validate()
dataset = relbench.load_dataset(folder)
seen = {}
for name in sys.argv[2:]:
    task = dataset.load_task(name)
    seen[name] = {
        "of": [task.entity_table, task.entity_col, task.target_col, task.task_type.value],
        "labels": {
            split: task.get_table(split, mask_input_cols=False).df[task.target_col].tolist()
            for split in ("train", "val", "test")
        },
        "hidden": task.target_col not in task.get_db().table_dict[task.entity_table].df,
    }
print(json.dumps({"names": sorted(dataset.get_task_names()), "tasks": seen}))
"""


@pytest.mark.parametrize("categorical_as", ["integer", "boolean"])
def test_relbench_3_opens_the_tasks(
    relbench_3: Reader, tmp_path: Path, categorical_as: str
) -> None:
    """Those of a table without times it cannot split, as any such task."""
    config = small_config("relbench", model="scm", categorical_as=categorical_as)
    folder = write_database(tmp_path / "db-000001", config)
    database = load(folder)
    likes = database.schema.by_name["likes"]
    columns = {f"likes-{column.name}": column for column in likes.features}
    seen = relbench_3.run(_TASKS, folder, *columns)
    assert seen["names"] == sorted(
        f"{table.name}-{column.name}"
        for table in database.schema.tables
        for column in table.features
    )
    window = database.schema.window
    assert window is not None
    val, test = (
        datetime.combine(day, time()) for day in (window.val_timestamp, window.test_timestamp)
    )
    frame = database.tables["likes"]
    splits = {
        "train": frame.filter(pl.col("date") <= val),
        "val": frame.filter(pl.col("date").is_between(val, test, closed="right")),
        "test": frame.filter(pl.col("date") > test),
    }
    for name, column in columns.items():
        its = seen["tasks"][name]
        assert its["of"] == ["likes", "row_idx", column.name, TARGETS[column.type]]
        assert its["hidden"]
        assert its["labels"] == {
            split: rows[column.name].drop_nulls().to_list() for split, rows in splits.items()
        }
