"""Readers open themed databases, with every type that lenses write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from plurel_cli import Config, generate_corpus, generate_to, load, load_config
from plurel_cli.storage.layout import targets, task_name
from tests.readers.environments import ROOT, Reader
from tests.readers.test_relational_transformer import _LIST

N_DATABASES = 6

_SHOW = """
import json, sys

def show(database):
    return {
        name: {
            "pkey": table.pkey_col,
            "fkeys": table.fkey_col_to_pkey_table,
            "time": table.time_col,
            "rows": len(table.df),
            "columns": list(table.df),
            "times": [c for c in table.df if str(table.df[c].dtype) == "datetime64[ns]"],
        }
        for name, table in database.table_dict.items()
    }
"""

_RELBENCH_1 = f"""{_SHOW}
from relbench.base import Database
seen = []
for folder in sys.argv[1:]:
    database = Database.load(folder)
    before = show(database)
    database.reindex_pkeys_and_fkeys()
    seen.append(before)
print(json.dumps(seen))
"""

_RELBENCH_3 = f"""{_SHOW}
import relbench
seen = [
    show(relbench.load_dataset(folder).get_db(upto_test_timestamp=False))
    for folder in sys.argv[1:]
]
print(json.dumps(seen))
"""

_DATASETS = """
import json, os, sys
from pathlib import Path
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = sys.argv[1]
from datasets import disable_progress_bars, load_dataset
disable_progress_bars()

def show(path):
    table = load_dataset("parquet", data_files=str(path), split="train")
    types = {name: str(value.dtype) for name, value in table.features.items()}
    return {"rows": len(table.to_pandas()), "types": types}

print(json.dumps([
    {path.stem: show(path) for path in Path(folder).glob("*.parquet")} for folder in sys.argv[2:]
]))
"""

_DATASETS_TYPES = {
    "int64": "int64",
    "float64": "float64",
    "string": "large_string",
    "boolean": "bool",
    "date": "date32",
    "datetime[ns]": "timestamp[ns]",
}


def _themed() -> Config:
    raw = load_config(ROOT / "configs" / "realistic.yaml").resolved()
    raw["schema"] |= {
        "naming": "themed",
        "rows": {name: {"min": 200, "max": 400} for name in raw["schema"]["rows"]},
        "tables": {"min": 4, "max": 7},
    }
    raw["output"] |= {"layout": "relbench", "latents": True}
    return Config.model_validate(raw)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("themed") / "raw"
    generate_corpus(folder, _themed(), range(6, 6 + N_DATABASES), jobs=1)
    return folder


def _expected(folder: Path) -> dict[str, Any]:
    schema = load(folder).schema
    return {
        table.name: {
            "pkey": table.primary_key,
            "fkeys": {key.name: key.references for key in table.foreign_keys},
            "time": table.time_column,
            "rows": table.rows,
            "columns": [column.name for column in table.columns],
            "times": [c.name for c in table.columns if c.type == "datetime[ns]"],
        }
        for table in schema.tables
    }


def test_relbench_1_loads_them(relbench_1: Reader, corpus: Path) -> None:
    folders = sorted(corpus.glob("db-*"))
    seen = relbench_1.run(_RELBENCH_1, *(folder / "db" for folder in folders))
    assert seen == [_expected(folder) for folder in folders]


def test_relbench_3_loads_them(relbench_3: Reader, corpus: Path) -> None:
    folders = sorted(corpus.glob("db-*"))
    seen = relbench_3.run(_RELBENCH_3, *folders)
    assert seen == [_expected(folder) for folder in folders]
    assert sum(len(table["times"]) > 1 for one in seen for table in one.values()) > 0


def test_datasets_loads_their_tables(hub: Reader, corpus: Path, tmp_path: Path) -> None:
    """Those of a folder of the format, and those of the `relbench` layout."""
    plain = _themed().resolved()
    plain["output"] = {**plain["output"], "layout": "flat"}
    generate_to(tmp_path / "plain", Config.model_validate(plain), N_DATABASES)
    folders = [*sorted(corpus.glob("db-*")), tmp_path / "plain"]
    places = [*(folder / "db" for folder in folders[:-1]), folders[-1]]
    assert hub.run(_DATASETS, tmp_path / "cache", *places) == [
        {
            table.name: {
                "rows": table.rows,
                "types": {column.name: _DATASETS_TYPES[column.type] for column in table.columns},
            }
            for table in load(folder).schema.tables
        }
        for folder in folders
    ]


def test_the_relational_transformer_keeps_what_it_can_use(
    relational_transformer: Reader, corpus: Path, tmp_path: Path
) -> None:
    """Of ten databases of `realistic.yaml` as it is it kept 99.2 % of its targets."""
    seen = relational_transformer.run(_LIST, corpus, tmp_path / "out")
    wanted = {
        (folder.name, task_name(table, column))
        for folder in corpus.glob("db-*")
        for table, column in targets(load(folder).schema)
    }
    listed = set(map(tuple, seen["listed"]))
    assert listed <= wanted
    assert len(listed) >= 0.95 * len(wanted)
