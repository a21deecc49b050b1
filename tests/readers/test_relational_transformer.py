"""The Relational Transformer's engine turns our folders into its training format, and its own code
lists the columns to train on.
"""

from __future__ import annotations

import itertools
import json
from collections import Counter
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from plurel_cli import generate_corpus, generate_to, load, parse_config
from plurel_cli.corpus.select import select
from plurel_cli.report.training import left_out, training_of
from plurel_cli.schema.column import Column
from plurel_cli.storage.layout import TARGETS, label_files, targets, task_name
from plurel_cli.storage.scores import read_scores
from plurel_cli.storage.tallies import ColumnScore
from tests.readers.environments import ROOT, Reader
from tests.storage.samples import small_config

PRESETS = ("default", "broad", "realistic")
N_DATABASES = 1

_PREPROCESS = """
import importlib.util, json, sys
from pathlib import Path

(library,) = Path(sys.prefix).glob("lib/python*/site-packages/rt/rustler.abi3.so")
spec = importlib.util.spec_from_file_location("rustler", library)
rustler = importlib.util.module_from_spec(spec)
spec.loader.exec_module(rustler)
out, seen = Path(sys.argv[1]), {}
for folder in sys.argv[2:]:
    rustler.preprocess(folder, str(out), source="local", skip_tasks=False)
    made = out / Path(folder).name
    seen[Path(folder).name] = {
        "meta": json.loads((made / "meta.json").read_text()),
        "tables": json.loads((made / "table_info.json").read_text()),
        "columns": list(json.loads((made / "column_index.json").read_text())),
    }
print()
print(json.dumps(seen))
"""


def test_engine_preprocesses_databases(relational_transformer: Reader, tmp_path: Path) -> None:
    folders = [tmp_path / f"db-{seed:06}" for seed in range(2)]
    config = parse_config({"output": {"layout": "relbench"}, "schema": {"tables": 6}})
    for seed, folder in enumerate(folders):
        generate_to(folder, config, seed)
    for categorical_as in ("label", "boolean"):
        folders.append(tmp_path / f"db-{len(folders):06}")
        generate_to(folders[-1], small_config("relbench", categorical_as=categorical_as), 1)
    seen = relational_transformer.run(_PREPROCESS, tmp_path / "out", *folders)
    for folder in folders:
        schema = load(folder).schema
        one = seen[folder.name]
        nodes = {name: info["num_nodes"] for name, info in one["tables"].items()}
        of_tables = {f"{table.name}:Db": table.rows for table in schema.tables}
        assert {name: n for name, n in nodes.items() if name.endswith(":Db")} == of_tables
        of_labels = sum(
            pl.read_parquet(folder / file).height
            for table, column in targets(schema)
            for file in label_files(table, column)
        )
        assert one["meta"]["num_nodes"] == sum(nodes.values())
        assert sum(nodes.values()) == sum(of_tables.values()) + of_labels
        keys = {f"{column} of {child}" for _, child, column in schema.edges}
        assert keys <= set(one["columns"])


# The list of tasks.

_RULE = """
import json, sys, types
from pathlib import Path

# Its lists of tasks are made without torch, which the packages around them import.
(package,) = Path(sys.prefix).glob("lib/python*/site-packages/rt")
for name, path in {"rt": package, "rt.data": package / "data"}.items():
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = [str(path)]
sys.modules["torch"] = torch = types.ModuleType("torch")
torch.multiprocessing = types.SimpleNamespace(set_sharing_strategy=lambda name: None)
from rt.data import db_task_list
"""

_LIST = f"""{_RULE}
import importlib.util

spec = importlib.util.spec_from_file_location("rustler", package / "rustler.abi3.so")
rustler = importlib.util.module_from_spec(spec)
spec.loader.exec_module(rustler)
raw, out = Path(sys.argv[1]), Path(sys.argv[2])
tasks = {{}}
databases = sorted(manifest.parent for manifest in raw.glob("*/manifest.yaml"))
for database in databases:
    rustler.preprocess(str(database), str(out), source="local", skip_tasks=False)
    made = out / database.name
    tasks[database.name] = json.loads((made / "meta.json").read_text())["tasks"]
    for path in made.glob("*.rkyv"):  # large, and of no use for the list
        path.unlink()
print()
print(json.dumps({{
    "tasks": tasks,
    "listed": db_task_list.make_plurel_db_task_list(str(out), str(raw), num_dbs=len(databases)),
    "all": db_task_list.make_db_task_list(str(out)),
}}))
"""

_KEEP = f"""{_RULE}
cases = json.loads(Path(sys.argv[1]).read_text())
print(json.dumps([db_task_list._keep_plurel_column(*case, 0.99, 1e-4) for case in cases]))
"""


def _preset(name: str) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "configs" / f"{name}.yaml").read_text())
    return config | {"output": {"layout": "relbench"}}


@pytest.mark.parametrize("name", PRESETS)
def test_engine_lists_the_columns_of_every_preset(
    relational_transformer: Reader, tmp_path: Path, name: str
) -> None:
    """No column of a type that it predicts is left out but for a reason that `describe` gives.

    Its list holds no other database than those with at most five keys a table: it makes sure that
    it has found as many as it was asked for.
    """
    raw = tmp_path / "raw"
    generate_corpus(raw, parse_config(_preset(name)), range(N_DATABASES), jobs=1)
    seen = relational_transformer.run(_LIST, raw, tmp_path / "out")
    columns: list[Column] = []
    kept, most_keys, n_targets = set(), 0, 0
    for folder in sorted(raw.glob("db-*")):
        schema, scores = load(folder).schema, read_scores(folder)
        assert {
            its["name"]: (its["entity_table"], its["target_col"], its["task_type"], its["kind"])
            for its in seen["tasks"][folder.name]
        } == {
            task_name(table, column): (
                *(table.name, column.name),
                *(TARGETS[column.type], "autocomplete"),
            )
            for table, column in targets(schema)
        }
        its_kept = {
            (folder.name, task_name(table, column))
            for table, column in targets(schema)
            if left_out(scores[table.name][column.name], TARGETS[column.type]) is None
        }
        n_targets += len(list(targets(schema)))
        told = training_of(folder, schema)
        assert told is not None
        assert told.kept == len(its_kept)
        kept |= its_kept
        columns += [column for table in schema.tables for column in table.features]
        most_keys = max(most_keys, *(len(table.foreign_keys) for table in schema.tables))
    listed = set(map(tuple, seen["listed"]))
    assert listed == kept
    assert listed <= set(map(tuple, seen["all"]))  # none of them did the engine drop
    assert most_keys <= 5
    if name == "realistic":
        n_labels = sum(column.type == "string" for column in columns)  # never predicted
        assert 0 < n_labels < len(columns) / 2
        assert len(listed) >= 0.95 * n_targets  # of those of a type that it predicts


def test_engine_lists_the_databases_of_two_corpora(
    relational_transformer: Reader, tmp_path: Path
) -> None:
    """Of the same seeds: it writes to a folder, and lists by it, what the manifest is named."""
    rows = {"entity": {"min": 40, "max": 60}, "activity": {"min": 200, "max": 400}}
    config = {"output": {"layout": "relbench"}, "schema": {"tables": 5, "rows": rows}}
    for prefix in ("left", "right-2"):
        generate_corpus(tmp_path / prefix, config, range(2), prefix=prefix, jobs=1)
        select(tmp_path / prefix, "seed >= 0").copy_to(tmp_path / "both")
    seen = relational_transformer.run(_LIST, tmp_path / "both", tmp_path / "out")
    names = {f"{prefix}-{seed:06d}" for prefix in ("left", "right-2") for seed in range(2)}
    assert seen["tasks"].keys() == names
    assert {name for name, _ in seen["listed"]} == names
    n_listed = Counter(name.rpartition("-")[0] for name, _ in seen["listed"])
    assert n_listed["left"] == n_listed["right-2"] > 0


def test_rule_of_describe_is_that_of_the_engine(
    relational_transformer: Reader, tmp_path: Path
) -> None:
    fields = {
        "is_source_node": (False, True),
        "n_unique": (0, 1, 2, 50),
        "majority_frac": (0.0, 0.5, 0.99, 0.990001, 1.0),
        "std": (0.0, 0.99e-4, 1e-4, 1.0),
    }
    cases: list[tuple[dict[str, Any] | None, str]] = [(None, its) for its in TARGETS.values()]
    for values in itertools.product(*fields.values(), sorted(set(TARGETS.values()))):
        score = dict(zip(fields, values, strict=False))
        cases.append((score | {"n_classes": score["n_unique"]}, str(values[-1])))
    (tmp_path / "cases.json").write_text(json.dumps(cases))
    kept = relational_transformer.run(_KEEP, tmp_path / "cases.json")
    ours = [
        left_out(None if score is None else ColumnScore.model_validate(score), its) is None
        for score, its in cases
    ]
    assert ours == kept
    assert 0 < sum(ours) < len(ours)
