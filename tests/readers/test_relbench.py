"""RelBench 1 and 3 open our folders and see what we wrote."""

from __future__ import annotations

from datetime import datetime, time
from pathlib import Path

import polars as pl
import pytest

from plurel_cli import load
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
