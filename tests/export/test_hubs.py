"""What hubs' own programs make of datasets that are exported for them."""

from __future__ import annotations

import json
from pathlib import Path

import polars as pl
import pytest
import yaml

from plurel_cli import export_database, generate, generate_to, iter_frames, load
from plurel_cli.cards.card import size_of
from tests.readers.environments import Reader, reader
from tests.storage.samples import contents, large_config, small_config

_DATASETS = """
import json, os, sys
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HOME"] = sys.argv[2]
from datasets import get_dataset_config_names, load_dataset
folder = sys.argv[1]
print(json.dumps({
    name: load_dataset(folder, name, split="train").to_pandas().astype(str).to_dict("list")
    for name in get_dataset_config_names(folder)
}))
"""

_CROISSANT = """
import json, logging, sys
logging.disable()
import mlcroissant
dataset = mlcroissant.Dataset(sys.argv[1])
issues = dataset.metadata.issues
rows = {
    record.name: [
        {k.rpartition("/")[2]: v for k, v in row.items()} for row in dataset.records(record.name)
    ]
    for record in dataset.metadata.record_sets
}
print(json.dumps({"errors": sorted(issues.errors), "rows": rows}, default=str))
"""


@pytest.fixture(scope="module")
def hub() -> Reader:
    return reader("hub")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "shop"
    generate_to(folder, small_config(categorical_as="label"), 1)
    return folder


def test_datasets_loads_each_table(hub: Reader, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "my-shop"
    export_database(folder, "huggingface", str(out), licence="cc0-1.0")
    loaded = hub.run(_DATASETS, out, tmp_path / "cache")
    tables = load(folder).tables
    assert loaded.keys() == tables.keys()
    for name, frame in tables.items():
        assert list(loaded[name]) == frame.columns
        keys = frame.select(pl.selectors.integer())
        for column in keys.columns:
            if not keys[column].null_count():
                assert list(map(int, loaded[name][column])) == keys[column].to_list()


def test_a_card_says_what_is_there_and_how_it_was_made(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "my-shop"
    export_database(folder, "huggingface", str(out), licence="cc0-1.0")
    _, head, text = (out / "README.md").read_text().split("---\n", 2)
    said = yaml.safe_load(head)
    assert (said["license"], said["size_categories"]) == ("cc0-1.0", ["n<1K"])
    assert [entry["config_name"] for entry in said["configs"]] == ["users", "posts", "likes"]
    assert "refers to `users.row_idx`" in text
    generate_to(tmp_path / "again", out / "config.yaml", 1)
    made, again = load(folder).tables, load(tmp_path / "again").tables
    assert all(frame.equals(again[name]) for name, frame in made.items())
    figures = json.loads((out / "STATS" / "likes.json").read_text())
    assert figures["rows"] == 90
    assert figures["columns"]["row_idx"]["max"] == 89
    nulls = {name: column["nulls"] for name, column in figures["columns"].items()}
    assert nulls == made["likes"].null_count().to_dicts()[0]


def test_sizes_are_those_of_the_hub() -> None:
    assert [size_of(10**n) for n in range(2, 13)] == [
        *("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "1M<n<10M", "10M<n<100M"),
        *("100M<n<1B", "1B<n<10B", "10B<n<100B", "100B<n<1T", "n>1T"),
    ]


def test_croissant_is_valid_and_has_every_row(hub: Reader, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "my-shop"
    export_database(folder, "croissant", str(out), licence="https://spdx.org/licenses/CC0-1.0")
    told = hub.run(_CROISSANT, out / "croissant.json")
    assert told["errors"] == []
    for name, frame in load(folder).tables.items():
        rows = told["rows"][name]
        assert [row["row_idx"] for row in rows] == frame["row_idx"].to_list()
        assert [set(row) for row in rows[:1]] == [set(frame.columns)]


def test_relbench_is_what_its_layout_gives(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "relbench"
    export_database(folder, "relbench", str(out))
    (tmp_path / "made").mkdir()
    made = tmp_path / "made" / "relbench"
    generate_to(made, small_config("relbench", categorical_as="label"), 1)
    assert contents(out) == contents(made)


def test_frames_come_in_the_order_of_keys_without_a_disk() -> None:
    whole = generate(large_config(), 3)
    frames: dict[str, list[pl.DataFrame]] = {}
    for table, frame in iter_frames(large_config(), 3):
        assert hasattr(frame, "__arrow_c_stream__")
        frames.setdefault(table.name, []).append(frame)
    assert list(frames) == ["parent", "child"]
    assert [frame.height for frame in frames["child"]] == [1 << 18, 300_000 - (1 << 18)]
    assert all(pl.concat(several).equals(whole.tables[n]) for n, several in frames.items())
