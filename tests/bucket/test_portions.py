"""Portions of a database lie in a bucket as in a folder, and become one there."""

from __future__ import annotations

from pathlib import Path

import pytest

from plurel_cli import Config, generate_portion, generate_to, merge_portions, parse_config, validate
from plurel_cli.errors import FolderError
from plurel_cli.storage.layout import ROW_GROUP_ROWS
from tests.bucket.store import Bucket
from tests.storage.samples import contents, small_config


def _cut() -> Config:
    return parse_config(
        {
            "schema": {"layout": "explicit"},
            "tables": {"a": {"rows": 100}, "b": {"rows": ROW_GROUP_ROWS + 9, "parents": ["a"]}},
            "features": {"model": "none"},
            "output": {"part_rows": ROW_GROUP_ROWS},
        }
    )


@pytest.mark.parametrize("config", [_cut(), small_config("relbench", model="scm")])
def test_files_are_those_of_a_folder(bucket: Bucket, tmp_path: Path, config: Config) -> None:
    place = bucket.url("data/db")
    for number in (1, 0):
        generate_portion(place, config, 1, portion=(number, 2))
    merge_portions(place)
    generate_to(tmp_path / "db", config, 1)
    assert bucket.contents("data/db") == contents(tmp_path / "db")
    assert validate(place) == []
    with pytest.raises(FolderError, match="there is a database already"):
        generate_portion(place, config, 1, portion=(0, 2))


def test_a_run_goes_on(bucket: Bucket, tmp_path: Path) -> None:
    place = bucket.url("data/db")
    generate_portion(place, _cut(), 1, portion=(0, 1))
    bucket.put("data/db/b/part-00001.parquet", b"half")
    before = bucket.tags("data/db")
    with pytest.raises(FolderError, match=r"b/part-00001\.parquet: is missing or has changed"):
        merge_portions(place)
    generate_portion(place, _cut(), 1, portion=(0, 1))
    after = bucket.tags("data/db")
    changed = {name for name in before if before[name] != after[name]}
    assert changed - {"data/db/portion-0-of-1.json"} == {"data/db/b/part-00001.parquet"}
    bucket.put("data/db/notes.txt", b"mine")
    with pytest.raises(FolderError, match=r"holds notes\.txt"):
        merge_portions(place)
    bucket.delete("data/db/notes.txt")
    merge_portions(place)
    generate_to(tmp_path / "db", _cut(), 1)
    assert bucket.contents("data/db") == contents(tmp_path / "db")
